//! Values, slices and text into the arena, in bumpalo's grid of names.

#![allow(unsafe_code, reason = "values are written to bumpalo's raw memory")]
#![expect(
    clippy::inline_always,
    reason = "as bumpalo's: a value is made in its place only where all of it is inlined"
)]
#![expect(clippy::mut_from_ref, reason = "each is of memory that nobody else has")]

use core::alloc::Layout;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};
use core::{slice, str};

use super::Arena;
use crate::primitives::OutOfMemory;

/// A type with a destructor does not compile. Only in the function that the user calls, so that it is one error, and shows
/// the call.
macro_rules! refuse_drop {
    ($type:ty) => {
        const {
            assert!(
                !core::mem::needs_drop::<$type>(),
                "an `Arena` runs no destructor, and this type has one: put in what borrows (`alloc_str` for a `String`, \
                 `alloc_slice_copy` or `alloc_from_iter` for a `Vec`), or keep the value outside as a \
                 `bumpalo::boxed::Box::new_in(value, arena.bump())`, which drops it"
            );
        }
    };
}
pub(super) use refuse_drop;

impl Arena {
    /// Puts a value in.
    ///
    /// # Panics
    ///
    /// In an out-of-memory.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// let point: &mut [i32; 2] = arena.alloc([3, 4]);
    /// point[0] += 1;
    /// assert_eq!(*point, [4, 4]);
    /// ```
    #[inline(always)]
    pub fn alloc<T>(&self, value: T) -> &mut T {
        refuse_drop!(T);
        or_panic(self.put(|| value))
    }

    /// Puts a value in, unless there is no memory.
    ///
    /// # Errors
    ///
    /// In an out-of-memory.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// assert_eq!(arena.try_alloc(7)?, &7);
    /// # Ok::<(), alloc_kit::OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn try_alloc<T>(&self, value: T) -> Result<&mut T, OutOfMemory> {
        refuse_drop!(T);
        self.put(|| value)
    }

    /// Puts in what the closure makes: a large value then need not be on the stack first.
    ///
    /// # Panics
    ///
    /// In an out-of-memory, before the closure is called; and when that does, which leaves its place taken until the reset.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// let page: &mut [u8; 4096] = arena.alloc_with(|| [0; 4096]);
    /// assert_eq!(page.len(), 4096);
    /// ```
    #[inline(always)]
    pub fn alloc_with<T>(&self, make: impl FnOnce() -> T) -> &mut T {
        refuse_drop!(T);
        or_panic(self.put(make))
    }

    /// Puts in what the closure makes, unless there is no memory: then it isn't called.
    ///
    /// # Errors
    ///
    /// In an out-of-memory.
    ///
    /// # Panics
    ///
    /// When the closure does.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// let page: &mut [u8; 4096] = arena.try_alloc_with(|| [0; 4096])?;
    /// assert_eq!(page.len(), 4096);
    /// # Ok::<(), alloc_kit::OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn try_alloc_with<T>(&self, make: impl FnOnce() -> T) -> Result<&mut T, OutOfMemory> {
        refuse_drop!(T);
        self.put(make)
    }

    /// Copies a text in.
    ///
    /// # Panics
    ///
    /// In an out-of-memory.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// let name = arena.alloc_str("name");
    /// name.make_ascii_uppercase();
    /// assert_eq!(name, "NAME");
    /// ```
    #[inline(always)]
    pub fn alloc_str(&self, text: &str) -> &mut str {
        or_panic(self.try_alloc_str(text))
    }

    /// Copies a text in, unless there is no memory.
    ///
    /// # Errors
    ///
    /// In an out-of-memory.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// assert_eq!(arena.try_alloc_str("name")?, "name");
    /// # Ok::<(), alloc_kit::OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn try_alloc_str(&self, text: &str) -> Result<&mut str, OutOfMemory> {
        let bytes = self.try_alloc_slice_copy(text.as_bytes())?;
        // SAFETY:
        // - The bytes are those of a `str`.
        Ok(unsafe { str::from_utf8_unchecked_mut(bytes) })
    }

    /// Copies a slice in.
    ///
    /// # Panics
    ///
    /// In an out-of-memory.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// let numbers = arena.alloc_slice_copy(&[3, 1, 2]);
    /// numbers.sort_unstable();
    /// assert_eq!(numbers, [1, 2, 3]);
    /// ```
    #[inline(always)]
    pub fn alloc_slice_copy<T: Copy>(&self, values: &[T]) -> &mut [T] {
        or_panic(self.try_alloc_slice_copy(values))
    }

    /// Copies a slice in, unless there is no memory.
    ///
    /// # Errors
    ///
    /// In an out-of-memory.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// assert_eq!(arena.try_alloc_slice_copy(&[1, 2])?, [1, 2]);
    /// # Ok::<(), alloc_kit::OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn try_alloc_slice_copy<T: Copy>(&self, values: &[T]) -> Result<&mut [T], OutOfMemory> {
        let places = self.places_of::<T>(values.len())?;
        // SAFETY:
        // - The source is a slice of `values.len()` values, which are read.
        // - The destination has as many places, aligned for them, and is written through `&mut`.
        // - They don't overlap: the places are new.
        unsafe { ptr::copy_nonoverlapping(values.as_ptr(), places.as_mut_ptr().cast::<T>(), values.len()) };
        // SAFETY:
        // - All places were written to.
        Ok(unsafe { written(places) })
    }

    /// Clones a slice into it, value by value.
    ///
    /// # Panics
    ///
    /// In an out-of-memory, and when a `clone` does.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// let ranges = arena.alloc_slice_clone(&[0..2, 2..5]);
    /// ranges.reverse();
    /// assert_eq!(ranges, [2..5, 0..2]);
    /// ```
    #[inline(always)]
    pub fn alloc_slice_clone<T: Clone>(&self, values: &[T]) -> &mut [T] {
        refuse_drop!(T);
        or_panic(self.put_clones(values))
    }

    /// Clones a slice into it, unless there is no memory.
    ///
    /// # Errors
    ///
    /// In an out-of-memory.
    ///
    /// # Panics
    ///
    /// When a `clone` does.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// assert_eq!(arena.try_alloc_slice_clone(&[0..2])?, [0..2]);
    /// # Ok::<(), alloc_kit::OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn try_alloc_slice_clone<T: Clone>(&self, values: &[T]) -> Result<&mut [T], OutOfMemory> {
        refuse_drop!(T);
        self.put_clones(values)
    }

    /// Puts in so many values, each made of its index.
    ///
    /// # Panics
    ///
    /// In an out-of-memory, if `len` values are more than memory can be, and when the closure does.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// assert_eq!(arena.alloc_slice_fill_with(4, |at| at * at), [0, 1, 4, 9]);
    /// ```
    #[inline(always)]
    pub fn alloc_slice_fill_with<T>(&self, len: usize, make: impl FnMut(usize) -> T) -> &mut [T] {
        refuse_drop!(T);
        or_panic(self.put_each(len, make))
    }

    /// Puts in so many values, unless there is no memory.
    ///
    /// # Errors
    ///
    /// In an out-of-memory, and if they are more than memory can be.
    ///
    /// # Panics
    ///
    /// When the closure does.
    ///
    /// ```
    /// let arena = alloc_kit::Arena::new();
    /// assert_eq!(arena.try_alloc_slice_fill_with(3, |at| at * 2)?, [0, 2, 4]);
    /// # Ok::<(), alloc_kit::OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn try_alloc_slice_fill_with<T>(
        &self,
        len: usize,
        make: impl FnMut(usize) -> T,
    ) -> Result<&mut [T], OutOfMemory> {
        refuse_drop!(T);
        self.put_each(len, make)
    }

    #[inline(always)]
    fn put<T>(&self, make: impl FnOnce() -> T) -> Result<&mut T, OutOfMemory> {
        Ok(self.place_of::<T>()?.write(make()))
    }

    #[inline(always)]
    fn put_clones<T: Clone>(&self, values: &[T]) -> Result<&mut [T], OutOfMemory> {
        let places = self.places_of::<T>(values.len())?;
        for (place, value) in places.iter_mut().zip(values) {
            place.write(value.clone());
        }
        // SAFETY:
        // - All places were written to: there are as many as values.
        Ok(unsafe { written(places) })
    }

    #[inline(always)]
    fn put_each<T>(&self, len: usize, mut make: impl FnMut(usize) -> T) -> Result<&mut [T], OutOfMemory> {
        let places = self.places_of::<T>(len)?;
        for (at, place) in places.iter_mut().enumerate() {
            place.write(make(at));
        }
        // SAFETY:
        // - All places were written to.
        Ok(unsafe { written(places) })
    }

    /// A new place for a value.
    #[inline(always)]
    fn place_of<T>(&self) -> Result<&mut MaybeUninit<T>, OutOfMemory> {
        let place = self.place(Layout::new::<T>())?;
        // SAFETY:
        // - It is aligned for a `T`, and has its size.
        // - It may be uninitialised.
        // - It is the arena's until that is reset or dropped, for which this borrow must have ended.
        // - Nobody else has it: the arena gives each place once.
        Ok(unsafe { place.cast::<MaybeUninit<T>>().as_mut() })
    }

    /// New places for so many values.
    #[inline(always)]
    pub(super) fn places_of<T>(&self, len: usize) -> Result<&mut [MaybeUninit<T>], OutOfMemory> {
        let start = self.place(OutOfMemory::or_array::<T>(len)?)?;
        // SAFETY:
        // - As of one place, for `len` of them: the layout was that of an array.
        // - They are no more than `isize::MAX` bytes, as a layout is.
        Ok(unsafe { slice::from_raw_parts_mut(start.cast::<MaybeUninit<T>>().as_ptr(), len) })
    }

    #[inline(always)]
    fn place(&self, layout: Layout) -> Result<NonNull<u8>, OutOfMemory> {
        match self.bump.try_alloc_layout(layout) {
            Ok(place) => Ok(place),
            Err(_) => self.place_after_all(layout).ok_or(OutOfMemory { bytes: layout.size() }),
        }
    }
}

/// # Safety
///
/// All of the places were written to.
#[inline(always)]
pub(super) unsafe fn written<T>(places: &mut [MaybeUninit<T>]) -> &mut [T] {
    // SAFETY:
    // - The pointer and the length are those of a slice that is borrowed mutably for as long.
    // - Its values are initialised, says the caller.
    unsafe { slice::from_raw_parts_mut(places.as_mut_ptr().cast::<T>(), places.len()) }
}

#[inline(always)]
pub(super) fn or_panic<T>(placed: Result<T, OutOfMemory>) -> T {
    match placed {
        Ok(placed) => placed,
        Err(error) => error.panic(),
    }
}
