//! [`Lend`], the method of a [`Scratch`] in a thread-local.

use std::thread::LocalKey;

use super::{Reuse, Scratch};

/// `lend` for a thread-local [`Scratch`]: one buffer for each thread that comes by.
///
/// ```
/// use alloc_kit::{Lend, Scratch};
/// use std::fmt::Write;
///
/// thread_local! {
///     static LINE: Scratch<String> = const { Scratch::new() };
/// }
///
/// fn logged(id: u32, message: &str, mut write: impl FnMut(&str)) {
///     LINE.lend(|line| {
///         _ = write!(line, "[{id}] {message}");
///         write(line);
///     });
/// }
///
/// logged(7, "ready", |line| assert_eq!(line, "[7] ready"));
/// ```
///
/// What else a [`Scratch`] does is reached by `with`: `LINE.with(Scratch::give_back)`.
///
/// # Replaces
///
/// ```
/// # use std::cell::RefCell;
/// use alloc_kit::{Lend, Scratch};
///
/// // Before: panics when entered again, and when a thread ends.
/// thread_local!(static OLD: RefCell<String> = RefCell::default());
/// OLD.with_borrow_mut(|line| line.push_str("once")); // and is cleared where?
/// // After.
/// thread_local!(static LINE: Scratch<String> = const { Scratch::new() });
/// LINE.lend(|line| line.push_str("once"));
/// ```
///
/// # Cost
///
/// What [`Scratch::lend`] costs, and one access to the thread-local, as by `with`.
///
/// # When not
///
/// Where [`Scratch`] is no gain, and where the value has to leave the function: that is for a [`Pool`](crate::Pool).
///
/// # Bound
///
/// 64 KiB for each thread, or what [`max_bytes`](Scratch::max_bytes) says.
///
/// # Thread safety
///
/// Each thread has its own value, and at most [`max_bytes`](Scratch::max_bytes) of memory for it: a program of 100 threads
/// keeps up to 100 times that. Many threads that are seldom busy at once share a [`Pool`](crate::Pool) better.
pub trait Lend: sealed::Sealed {
    /// What is lent.
    type Value;

    /// Calls `f` with an empty value, which the thread keeps for the next call: [`Scratch::lend`].
    ///
    /// Works while the thread's locals are being dropped, too, where the value is a fresh one and not kept.
    ///
    /// ```
    /// use alloc_kit::{Lend, Scratch};
    ///
    /// thread_local!(static SORTED: Scratch<Vec<u64>> = const { Scratch::new() });
    ///
    /// fn median(numbers: &[u64]) -> Option<u64> {
    ///     SORTED.lend(|sorted| {
    ///         sorted.extend(numbers);
    ///         sorted.sort_unstable();
    ///         sorted.get(sorted.len() / 2).copied()
    ///     })
    /// }
    /// assert_eq!(median(&[5, 1, 3]), Some(3));
    /// assert_eq!(median(&[]), None); // it was empty again
    /// ```
    ///
    /// # Panics
    ///
    /// As [`Scratch::lend`]; and if what initialises the thread-local does, which a `const { .. }` cannot.
    ///
    /// # In an out-of-memory
    ///
    /// As [`Scratch::lend`]; where a platform has thread-locals without its linker's help, the first use by a thread allocates.
    fn lend<R>(&'static self, f: impl FnOnce(&mut Self::Value) -> R) -> R;
}

impl<T: Reuse + Default + 'static> Lend for LocalKey<Scratch<T>> {
    type Value = T;

    #[inline]
    fn lend<R>(&'static self, f: impl FnOnce(&mut T) -> R) -> R {
        // One access, not one for taking and one for putting back: `f` is left over only if there was none.
        let mut f = Some(f);
        let lent = self.try_with(|scratch| f.take().map(|f| scratch.lend(f)));
        match (lent, f) {
            (Ok(Some(result)), _) => result,
            (_, Some(f)) => lend_fresh(f),
            (_, None) => unreachable!("`f` is taken where it is called, and then there is a result"),
        }
    }
}

/// For a thread that has dropped its place already.
#[cold]
#[inline(never)]
fn lend_fresh<T: Default, R>(f: impl FnOnce(&mut T) -> R) -> R {
    f(&mut T::default())
}

mod sealed {
    use std::thread::LocalKey;

    pub trait Sealed {}

    impl<T: 'static> Sealed for LocalKey<T> {}
}
