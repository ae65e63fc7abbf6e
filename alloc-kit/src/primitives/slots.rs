//! [`Slots`], a vector whose `clear` keeps the elements with their buffers; `slots_traits.rs` has what it has in common with `Vec`.
//!
//! `all` holds the live elements, `len` of them, and behind them those that were cleared and are kept. So that `clear` need not
//! look at them, the sum of what they retain is kept up to date, in two parts, and it is exact where it is used:
//!
//! - `kept_bytes`: of the slots from `len` on. Nobody reaches them.
//! - `live_bytes`: of the slots before `counted`. Those from `counted` to `len` are not in it: the last one, which `add` has
//!   handed out and somebody may be filling, and all of them once somebody had the slice to change.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::mem;

use super::Reuse;
use super::bounds;
use super::slots_kept::{HalfMade, smallest, sum};

/// A `Vec` of buffers whose `clear` keeps the buffers: `Slots<String>`, `Slots<Vec<u8>>`, and of records of such.
///
#[doc = include_str!("../docs/slots.md")]
pub struct Slots<T> {
    pub(super) all: Vec<T>,
    pub(super) len: usize,
    counted: usize,
    live_bytes: usize,
    kept_bytes: usize,
    pub(super) max_bytes: usize,
}

impl<T> Slots<T> {
    /// Holds nothing, and allocates nothing yet.
    ///
    /// ```
    /// let mut fields = alloc_kit::Slots::<String>::new();
    /// assert_eq!(fields.retained_bytes(), 0);
    /// fields.add().push_str("alpha");
    /// assert_eq!(fields[..], ["alpha"]);
    /// ```
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        let all = Vec::new();
        Self { all, len: 0, counted: 0, live_bytes: 0, kept_bytes: 0, max_bytes: bounds::TOTAL_BYTES }
    }

    /// Keeps at most so many bytes at a [`clear`](Self::clear): the buffers of all elements and the list of them.
    ///
    /// 1 MiB unless told.
    ///
    /// ```
    /// let mut lines = alloc_kit::Slots::<String>::new().max_bytes(4096);
    /// lines.add().push_str("short");
    /// lines.add().push_str(&"long".repeat(2000));
    /// lines.clear(); // gives the long one's buffer back, and keeps the short one's
    /// assert!(lines.retained_bytes() > 0 && lines.retained_bytes() <= 4096);
    /// ```
    #[must_use]
    #[inline]
    pub const fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// How many elements there are, without those that are kept.
    ///
    /// ```
    /// let mut fields = alloc_kit::Slots::<String>::new();
    /// "a,b,c".split(',').for_each(|field| fields.add().push_str(field));
    /// assert_eq!(fields.len(), 3);
    /// fields.clear(); // three are kept, for the next `add`
    /// assert_eq!(fields.len(), 0);
    /// ```
    #[must_use]
    #[inline]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no element.
    ///
    /// ```
    /// let mut fields = alloc_kit::Slots::<String>::new();
    /// fields.add().push_str("alpha");
    /// fields.clear();
    /// assert!(fields.is_empty() && fields.retained_bytes() > 0);
    /// ```
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The elements, to be changed: what they retain is counted again at the next `clear`.
    #[inline]
    pub(super) fn live_mut(&mut self) -> &mut [T] {
        self.counted = 0;
        self.live_bytes = 0;
        &mut self.all[..self.len]
    }

    /// The memory of the list itself.
    #[inline]
    fn list_bytes(&self) -> usize {
        self.all.capacity() * size_of::<T>()
    }
}

impl<T: Reuse> Slots<T> {
    /// Adds an empty element and gives it, to be filled: a kept one, which is reset, or `T::default()`.
    ///
    /// ```
    /// use alloc_kit::Slots;
    ///
    /// let mut words = Slots::<String>::new();
    /// for word in "to be or".split(' ') {
    ///     words.add().push_str(word);
    /// }
    /// assert_eq!(words[..], ["to", "be", "or"]);
    /// ```
    ///
    /// # Panics
    ///
    /// If the reset does; that slot is given back then. If `T::default` does, or the list would be larger than `isize::MAX` bytes.
    #[inline]
    pub fn add(&mut self) -> &mut T
    where
        T: Default,
    {
        self.count_last();
        if self.len < self.all.len() { self.reuse(T::reset) } else { self.grow(T::default) }
    }

    /// As [`add`](Self::add), and reports where there is no memory for the list: with a `try_reserve` of the element nothing
    /// ends the process.
    ///
    /// # Errors
    ///
    /// If there is no room in the list and none can be had; nothing is changed then.
    ///
    /// ```
    /// use std::collections::TryReserveError;
    ///
    /// fn copy(into: &mut alloc_kit::Slots<Vec<u8>>, message: &[u8]) -> Result<(), TryReserveError> {
    ///     let slot = into.try_add()?;
    ///     slot.try_reserve(message.len())?;
    ///     slot.extend_from_slice(message);
    ///     Ok(())
    /// }
    /// # assert!(copy(&mut alloc_kit::Slots::new(), b"message").is_ok());
    /// ```
    ///
    /// # Panics
    ///
    /// As `add`, except for the size.
    #[inline]
    pub fn try_add(&mut self) -> Result<&mut T, TryReserveError>
    where
        T: Default,
    {
        if self.len == self.all.len() {
            self.all.try_reserve(1)?;
        }
        Ok(self.add())
    }

    /// Adds a copy, by [`clone_from`](Clone::clone_from) into a kept element, and gives it.
    ///
    /// That reuses only where `T` has a `clone_from` of its own, as `String` and `Vec` have; `derive(Clone)` writes none, and
    /// [`derive(CloneFrom)`](macro@crate::CloneFrom) does.
    ///
    /// ```
    /// use alloc_kit::Slots;
    ///
    /// let mut batch = Slots::new();
    /// batch.push_clone(&String::from("first"));
    /// batch.push_clone(&String::from("second")).push('!');
    /// assert_eq!(batch[..], ["first", "second!"]);
    /// ```
    ///
    /// # Panics
    ///
    /// If the clone does; the slot is given back then. If the list would be larger than `isize::MAX` bytes.
    #[inline]
    pub fn push_clone(&mut self, from: &T) -> &mut T
    where
        T: Clone,
    {
        self.count_last();
        if self.len < self.all.len() {
            self.reuse(|slot| slot.clone_from(from))
        } else {
            self.grow(|| from.clone())
        }
    }

    /// Takes the last element off, to be looked at; it is kept, as by [`clear`](Self::clear).
    ///
    /// ```
    /// use alloc_kit::Slots;
    ///
    /// let mut path = Slots::<String>::new();
    /// path.add().push_str("usr");
    /// assert_eq!(path.pop().map(String::as_str), Some("usr"));
    /// assert_eq!(path.pop(), None);
    /// ```
    #[inline]
    pub fn pop(&mut self) -> Option<&T> {
        self.truncate(self.len.checked_sub(1)?);
        self.all.get(self.len)
    }

    /// Shortens it to `len` elements, and keeps the others, as by [`clear`](Self::clear) but for the bound. Costs a look at
    /// each of the others.
    ///
    /// To take one from the middle, bring it to the end before: `slots[n..].rotate_left(1)`.
    ///
    /// ```
    /// let mut path = alloc_kit::Slots::<String>::new();
    /// "usr/share/doc".split('/').for_each(|part| path.add().push_str(part));
    /// path.truncate(1);
    /// assert_eq!(path[..], ["usr"]);
    /// path.add().push_str("lib"); // in the buffer of "share"
    /// assert_eq!(path[..], ["usr", "lib"]);
    /// ```
    #[inline]
    pub fn truncate(&mut self, len: usize) {
        while self.len > len {
            let last = self.len - 1;
            let retained_bytes = self.all[last].retained_bytes();
            if self.counted == self.len {
                self.counted = last;
                self.live_bytes = self.live_bytes.wrapping_sub(retained_bytes);
            }
            self.kept_bytes = self.kept_bytes.wrapping_add(retained_bytes);
            self.len = last;
        }
    }

    /// Removes all elements and keeps them, contents included, until they are used again; then brings it under the bound.
    ///
    /// In constant time, unless the slice was there to be changed, or the bound is exceeded: no element is reset or dropped.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit::{Slots, assert_no_alloc};
    ///
    /// let mut fields = Slots::<String>::new();
    /// let fill = |fields: &mut Slots<String>, line: &str| {
    ///     fields.clear();
    ///     line.split(',').for_each(|field| fields.add().push_str(field));
    /// };
    /// fill(&mut fields, "alpha,beta");
    /// assert_no_alloc!(fill(&mut fields, "omega,phi"));
    /// assert_eq!(fields[..], ["omega", "phi"]);
    /// ```
    ///
    /// # Panics
    ///
    /// If the drop of an element that is given back does. It is empty then all the same.
    #[inline]
    pub fn clear(&mut self) {
        self.kept_bytes = self.kept_bytes.wrapping_add(self.count_live());
        (self.len, self.counted, self.live_bytes) = (0, 0, 0);
        if self.kept_bytes.wrapping_add(self.list_bytes()) > self.max_bytes {
            self.give_back_over(self.max_bytes);
        }
    }

    /// How much heap memory it holds, in bytes: what the elements retain, kept ones included, and the list of them.
    ///
    /// In constant time, but for elements that were there to be changed since the last [`clear`](Self::clear).
    ///
    /// ```
    /// let mut lines = alloc_kit::Slots::<String>::new();
    /// lines.add().reserve_exact(1000);
    /// lines.clear();
    /// assert!(lines.retained_bytes() >= 1000); // the buffer, and the list that it is in
    /// ```
    #[must_use]
    pub fn retained_bytes(&self) -> usize {
        self.count_live().wrapping_add(self.kept_bytes).wrapping_add(self.list_bytes())
    }

    /// Gives back all kept elements; not those that it has.
    ///
    /// ```
    /// let mut secrets = alloc_kit::Slots::<String>::new();
    /// secrets.add().push_str("hunter2");
    /// secrets.clear(); // the text is still in memory
    /// secrets.give_back(); // and now freed
    /// assert_eq!(secrets.retained_bytes(), 0);
    /// ```
    ///
    /// # Panics
    ///
    /// If the drop of an element does.
    pub fn give_back(&mut self) {
        self.shrink_to_bytes(0);
    }

    /// Gives back kept elements, the largest first, until it holds at most so many bytes, or nothing but the elements that
    /// it has.
    ///
    /// ```
    /// use alloc_kit::Slots;
    ///
    /// let mut lines = Slots::<String>::new();
    /// lines.add().push_str(&"x".repeat(1000));
    /// lines.clear();
    /// assert!(lines.retained_bytes() >= 1000);
    /// lines.shrink_to_bytes(100);
    /// assert!(lines.retained_bytes() <= 100);
    /// ```
    ///
    /// # Panics
    ///
    /// If the drop of an element does.
    pub fn shrink_to_bytes(&mut self, bytes: usize) {
        if self.retained_bytes() > bytes {
            self.give_back_over(bytes);
        }
    }

    /// Counts the last element, if it is the only one that is not: nobody fills it any more.
    #[inline]
    fn count_last(&mut self) {
        if self.len.wrapping_sub(self.counted) == 1 {
            self.live_bytes = self.live_bytes.wrapping_add(self.all[self.counted].retained_bytes());
            self.counted = self.len;
        }
    }

    /// What the elements retain.
    #[inline]
    fn count_live(&self) -> usize {
        self.live_bytes.wrapping_add(sum(&self.all[self.counted..self.len]))
    }

    /// Makes the first kept slot the last element, by a call that may panic. It is not kept if it does.
    #[inline]
    fn reuse(&mut self, fill: impl FnOnce(&mut T)) -> &mut T {
        let index = self.len;
        self.kept_bytes = self.kept_bytes.wrapping_sub(self.all[index].retained_bytes());
        let half_made = HalfMade { all: &mut self.all, index };
        fill(&mut half_made.all[index]);
        mem::forget(half_made);
        self.len = index + 1;
        &mut self.all[index]
    }

    /// Makes a new slot the last element.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, make: impl FnOnce() -> T) -> &mut T {
        self.all.push(make());
        self.len += 1;
        &mut self.all[self.len - 1]
    }

    /// Keeps as many of the smallest kept slots as there is room for, and no longer a list than it must be. Counts anew.
    #[cold]
    #[inline(never)]
    fn give_back_over(&mut self, max_bytes: usize) {
        (self.counted, self.live_bytes) = (0, 0);
        self.live_bytes = self.count_live();
        self.counted = self.len;
        let room = max_bytes.saturating_sub(self.live_bytes).saturating_sub(self.len * size_of::<T>());
        let kept;
        (kept, self.kept_bytes) = smallest(&mut self.all[self.len..], room);
        let slots = self.len + kept;
        self.all.truncate(slots);
        if self.retained_bytes() > max_bytes {
            self.all.shrink_to(slots);
        }
    }
}
