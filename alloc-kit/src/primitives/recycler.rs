//! [`Recycler`], one allocation for vectors of ever new types and lifetimes, which are [`LeasedVec`]s.
//!
//! Only raw memory is kept, and no `T`. Invariant of a `Recycler`, whose `item` is the layout of the elements last leased:
//!
//! - Where `capacity * item.size()` is not 0, `start` is an allocation of the global allocator, by that size and
//!   `item.align()`, that nothing else refers to.
//! - `start` is not null and aligned by `item.align()`, also where it is none.

#![allow(unsafe_code, reason = "memory goes from one type to another")]

use alloc::vec::Vec;
use core::alloc::Layout;
use core::fmt;
use core::mem::{self, ManuallyDrop};
use core::ptr::NonNull;

use super::{LeasedVec, bounds};

/// The memory of one `Vec`, used again for one of another lifetime or type, such as the `Vec<&'a str>` of each line.
///
/// A `Vec<&'a str>` cannot outlive the line that it points into, and so its memory goes with it; a lease gives the memory to a new
/// `Vec` and takes it back. Where one element type with one lifetime will do, a `Vec` that is
/// [reset](crate::Reuse::reset) is simpler.
///
/// # Replaces
///
/// ```
/// use alloc_kit::Recycler;
///
/// # let lines = ["a,b", "c"];
/// # let lines = lines.map(String::from);
/// // Before: an allocation, and its growth, for each line.
/// for line in &lines {
///     let fields: Vec<&str> = line.split(',').collect();
/// #   assert!(!fields.is_empty());
/// }
/// // After: one for all.
/// let mut recycler = Recycler::new();
/// for line in lines {
///     let mut fields = recycler.lease();
///     fields.extend(line.split(','));
/// #   assert!(!fields.is_empty());
/// }
/// ```
///
/// # Cost
///
/// A lease is some fifteen instructions more than to take a `Vec` of the one type out of a field and to put it back, and the drops of
/// the elements. Memory that a `Vec` of the new type cannot have is freed, and a new allocation begins: it can where the alignments are equal and the length in bytes is a
/// multiple of the new element's size. So `&str`, `&[T]` and `(usize, usize)` share one recycler well, `u8` and `u32` never.
///
/// # When not
///
/// Where `collect` or `to_vec` knows the length, so that there is one allocation and no growth, and much is done with what is in it:
/// medians of windows of a thousand numbers take 1.01 of the time in new vectors
/// (`cargo bench -p alloc-kit-benches --bench wins -- --only windows`). More is under
/// [when reuse does not pay](crate::_no_gain).
///
/// # Bound
///
/// After each lease at most 64 KiB are kept, or what [`max_bytes`](Self::max_bytes) says; memory that has grown beyond is given
/// back. While it is leased there is no bound.
///
/// # Panics
///
/// Never by itself. When the drop of an element panics at the end of a lease, the memory is freed.
///
/// # Thread safety
///
/// It is `Send` and `Sync`, since it holds no values; a lease is what a `Vec<T>` is.
///
/// # In an out-of-memory
///
/// It allocates nothing itself. The leased `Vec` has its own `try_reserve`.
pub struct Recycler {
    start: NonNull<u8>,
    capacity: usize,
    item: Layout,
    max_bytes: usize,
}

// SAFETY: what it owns is memory without values in it, and memory may be used and freed by any thread.
unsafe impl Send for Recycler {}
// SAFETY: a shared reference gives nothing but the sizes, which only a `&mut` changes.
unsafe impl Sync for Recycler {}

impl Recycler {
    /// Holds nothing yet: the first lease allocates.
    ///
    /// ```
    /// use alloc_kit::Recycler;
    ///
    /// let mut recycler = Recycler::new();
    /// assert_eq!(recycler.retained_bytes(), 0);
    /// assert_eq!(recycler.lease::<&str>().capacity(), 0);
    /// ```
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self {
            start: NonNull::dangling(),
            capacity: 0,
            item: Layout::new::<()>(),
            max_bytes: bounds::BUFFER_BYTES,
        }
    }

    /// Keeps memory only if it is at most so many bytes: what comes back at the end of a lease.
    ///
    /// ```
    /// use alloc_kit::Recycler;
    ///
    /// let mut recycler = Recycler::new().max_bytes(1 << 20);
    /// recycler.lease::<u64>().reserve_exact(100_000);
    /// assert_eq!(recycler.retained_bytes(), 800_000);
    /// ```
    #[must_use]
    #[inline]
    pub const fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// An empty `Vec` in the kept memory, which comes back when the lease is dropped.
    ///
    /// The capacity is what it was, in bytes. Zero-sized elements need no memory, and leave what is kept where it is.
    ///
    /// ```
    /// use alloc_kit::Recycler;
    ///
    /// let mut recycler = Recycler::new();
    /// let mut longest = 0;
    /// for request in ["GET / HTTP/1.1", "PUT /log HTTP/1.1"] {
    ///     let mut parts = recycler.lease();
    ///     parts.extend(request.split(' '));
    ///     longest = longest.max(parts[1].len());
    /// }
    /// assert_eq!(longest, 4);
    /// ```
    #[inline]
    pub fn lease<T>(&mut self) -> LeasedVec<'_, T> {
        LeasedVec { items: self.take(), home: self }
    }

    /// How much memory is kept, in bytes: 0 if the last lease took it out for good.
    ///
    /// ```
    /// let mut recycler = alloc_kit::Recycler::new();
    /// recycler.lease::<u64>().reserve_exact(100);
    /// assert_eq!(recycler.retained_bytes(), 800);
    /// ```
    #[must_use]
    #[inline]
    pub const fn retained_bytes(&self) -> usize {
        // No overflow: it is what was allocated.
        self.capacity * self.item.size()
    }

    /// Gives back what is kept.
    ///
    /// ```
    /// let mut recycler = alloc_kit::Recycler::new();
    /// recycler.lease().push("text");
    /// assert!(recycler.retained_bytes() > 0);
    /// recycler.give_back();
    /// assert_eq!(recycler.retained_bytes(), 0);
    /// ```
    pub fn give_back(&mut self) {
        let layout = Layout::from_size_align(self.retained_bytes(), self.item.align());
        self.capacity = 0;
        // There is such a layout: it is what was allocated.
        if let Ok(layout) = layout
            && layout.size() != 0
        {
            // SAFETY:
            // - The block was allocated by the global allocator with this layout (the invariant, as it is not empty).
            // - It is not used again: the capacity is 0 from now on.
            unsafe { alloc::alloc::dealloc(self.start.as_ptr(), layout) };
        }
    }

    /// The kept memory as a `Vec`, or an empty one.
    #[inline]
    fn take<T>(&mut self) -> Vec<T> {
        if size_of::<T>() == 0 {
            return Vec::new();
        }
        if self.item != Layout::new::<T>() {
            self.fit(Layout::new::<T>(), NonNull::<T>::dangling().cast());
        }
        let capacity = mem::take(&mut self.capacity);
        // SAFETY: by the invariant, `item` being the layout of `T`, which is not zero-sized:
        // - Where the capacity is not 0, `start` was allocated by the global allocator, with the alignment of `T` and as many
        //   bytes as its size times the capacity, which are therefore at most `isize::MAX`. It is nobody else's: the capacity
        //   here is 0 from now on.
        // - Where it is 0, `start` is not null and aligned for `T`.
        // - The length is 0: no element needs to be a `T`, and it is at most the capacity.
        unsafe { Vec::from_raw_parts(self.start.cast().as_ptr(), 0, capacity) }
    }

    /// Makes `item` the layout of the elements, if need be by giving the memory back. `dangling` is aligned for it.
    #[cold]
    #[inline(never)]
    fn fit(&mut self, item: Layout, dangling: NonNull<u8>) {
        let bytes = self.retained_bytes();
        if bytes != 0 && item.align() == self.item.align() && bytes.is_multiple_of(item.size()) {
            self.capacity = bytes / item.size();
        } else {
            self.give_back();
            self.start = dangling;
        }
        self.item = item;
    }

    /// Takes back what `take` gave, or another `Vec` of such elements; it is empty.
    #[inline]
    pub(super) fn keep<T>(&mut self, items: &mut Vec<T>) {
        if size_of::<T>() == 0 {
            return;
        }
        if items.capacity() * size_of::<T>() > self.max_bytes {
            return give_back(items);
        }
        debug_assert_eq!((self.capacity, self.item), (0, Layout::new::<T>()), "as `take` leaves it");
        let mut items = ManuallyDrop::new(mem::take(items));
        // The invariant: a `Vec` owns an allocation of its capacity, or its pointer dangles and is aligned; this one is not
        // dropped. `item` is the layout of `T` since `take`.
        self.capacity = items.capacity();
        // SAFETY: the pointer of a `Vec` is never null.
        self.start = unsafe { NonNull::new_unchecked(items.as_mut_ptr()) }.cast();
    }
}

/// Out of line, as it is rare.
#[cold]
#[inline(never)]
fn give_back<T>(items: &mut Vec<T>) {
    drop(mem::take(items));
}

impl Drop for Recycler {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl Default for Recycler {
    fn default() -> Self {
        Self::new()
    }
}

/// An empty one with the same bound: what is kept is not copied.
impl Clone for Recycler {
    fn clone(&self) -> Self {
        Self::new().max_bytes(self.max_bytes)
    }
}

impl fmt::Debug for Recycler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recycler")
            .field("retained_bytes", &self.retained_bytes())
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}
