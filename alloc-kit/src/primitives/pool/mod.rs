//! `Pool`: values for the threads and tasks of a process, a bounded number of bounded size.
//!
//! `slot.rs` is a place for one value and the protocol by which it is held, `slots.rs` all of a pool; `numbers.rs` and
//! `current.rs` tell threads apart, for the slots that are a thread's own; `hold.rs` is which slot a lease gets, `lease.rs`
//! who holds it; `stats.rs` the figures.

mod current;
mod hold;
mod lease;
mod numbers;
mod slot;
mod slots;
mod stats;

/// What `slot.rs`, `slots.rs` and `numbers.rs` are built on: `tests/pool_loom.rs` builds them on loom's.
mod sync {
    pub(super) use core::sync::atomic::{AtomicPtr, AtomicUsize};

    /// In the shape of loom's.
    pub(super) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(super) const fn new(value: T) -> Self {
            Self(core::cell::UnsafeCell::new(value))
        }

        pub(super) fn into_inner(self) -> T {
            self.0.into_inner()
        }

        #[inline]
        pub(super) fn with_mut<R>(&self, work: impl FnOnce(*mut T) -> R) -> R {
            work(self.0.get())
        }
    }
}

use alloc::sync::Arc;
use core::error::Error;
use core::fmt;
use core::mem;
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::ptr;
use core::sync::atomic::AtomicPtr;

pub use self::lease::{ArcLease, Lease};
use self::slot::Slot;
use self::slots::Slots;
use self::stats::Overflows;
pub use self::stats::PoolStats;
use super::bounds::{BUFFER_BYTES, TOTAL_BYTES};
use super::{OutOfMemory, Reuse};

/// As many as the default bounds together allow.
const MAX_VALUES: usize = TOTAL_BYTES / BUFFER_BYTES;
/// The most that can be asked for.
const MOST_VALUES: usize = 1 << 16;

#[doc = include_str!("../../docs/pool.md")]
pub struct Pool<T> {
    slots: Slots<T>,
    /// A thread's own slot has its number, under this, as its index: one of the first `own_mask + 1`, if there are any.
    own_mask: usize,
    /// How many slots may be a thread's own: none, or `own_mask + 1`.
    own_values: usize,
    max_bytes: usize,
    make: fn() -> T,
    overflows: Overflows,
}

// A value that was leased during a panic is not kept, so nobody sees it half-made.
impl<T> UnwindSafe for Pool<T> {}
impl<T> RefUnwindSafe for Pool<T> {}

/// Why there was no value.
///
/// ```
/// use alloc_kit::{LeaseError, Pool};
///
/// static BODIES: Pool<Vec<u8>> = Pool::new().max_values(1);
///
/// fn answer() -> &'static str {
///     match BODIES.try_lease() {
///         Ok(_body) => "200 OK",
///         Err(LeaseError::AllLeased) => "503 Service Unavailable", // another time
///         Err(_) => "507 Insufficient Storage",
///     }
/// }
///
/// assert_eq!(answer(), "200 OK");
/// let _busy = BODIES.lease();
/// assert_eq!(answer(), "503 Service Unavailable");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeaseError {
    /// All of the pool's values are leased, or are another living thread's own ([`Pool::own_values`]).
    AllLeased,
    /// There was no memory for the pool's slots.
    OutOfMemory(OutOfMemory),
}

impl<T> Pool<T> {
    /// A pool whose values are made by `T::default`, with the default bounds; in a `static`, too.
    ///
    /// # Panics
    ///
    /// If a `T` takes some 128 MiB or more, since the slots are 2 GiB at most: box it.
    ///
    /// ```
    /// use alloc_kit::Pool;
    ///
    /// static LINES: Pool<String> = Pool::new();
    /// LINES.lease().push_str("text");
    /// assert_eq!(LINES.stats().values_kept, 1);
    /// ```
    #[must_use]
    pub const fn new() -> Self
    where
        T: Default,
    {
        Self::with(T::default)
    }

    /// A pool whose values are made by a function, with the default bounds.
    ///
    /// ```
    /// use alloc_kit::Pool;
    ///
    /// static PACKETS: Pool<Vec<u8>> = Pool::with(|| Vec::with_capacity(1500));
    /// assert!(PACKETS.lease().capacity() >= 1500);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    #[must_use]
    pub const fn with(make: fn() -> T) -> Self {
        let pool = Self {
            slots: Slots::with(AtomicPtr::new(ptr::null_mut())),
            own_mask: 0,
            own_values: 0,
            max_bytes: BUFFER_BYTES,
            make,
            overflows: Overflows::none(),
        };
        pool.max_values(MAX_VALUES)
    }

    /// At most so many values are kept; 16 unless told. Half of them may be a thread's own, also where
    /// [`own_values`](Self::own_values) said otherwise before: call that one after this.
    ///
    /// 0 is a pool that keeps nothing.
    ///
    /// # Panics
    ///
    /// If it is more than 65,536, or slots for so many values could not be addressed. If there was a lease already.
    ///
    /// ```
    /// use alloc_kit::Pool;
    ///
    /// static LINES: Pool<String> = Pool::new().max_values(2);
    /// let leases = [LINES.lease(), LINES.lease(), LINES.lease()]; // the third is one more, and not kept
    /// drop(leases);
    /// assert_eq!((LINES.stats().values_kept, LINES.stats().overflowed), (2, 1));
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn max_values(mut self, max_values: usize) -> Self {
        self.refuse_if_used();
        assert!(max_values <= MOST_VALUES, "a pool keeps at most 65,536 values");
        let bytes = size_of::<Slot<T>>().checked_mul(max_values);
        assert!(
            matches!(bytes, Some(0..=0x7fff_ffff)),
            "the slots of a pool take at most 2 GiB: box its values"
        );
        self.slots.len = max_values;
        self.own_values(max_values / 2)
    }

    /// A value that retains more than so many bytes when its lease ends is given back; 64 KiB unless told.
    ///
    /// # Panics
    ///
    /// If there was a lease already.
    ///
    /// ```
    /// use alloc_kit::Pool;
    ///
    /// static BODIES: Pool<Vec<u8>> = Pool::new().max_bytes(1 << 20);
    /// BODIES.lease().reserve(100_000);
    /// assert!(BODIES.stats().retained_bytes >= 100_000);
    /// BODIES.lease().reserve(2 << 20);
    /// assert_eq!(BODIES.stats().retained_bytes, 0);
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.refuse_if_used();
        self.max_bytes = max_bytes;
        self
    }

    /// So many of the values, or the next smaller power of two, may be a thread's own; half of all unless told.
    ///
    /// Such a value is leased to its thread without a read-modify-write, and to no other as long as the thread lives,
    /// however long it does not come by. With 0, each lease has its read-modify-write, and each idle value is for all.
    ///
    /// # Panics
    ///
    /// If it is more than `max_values`. If there was a lease already.
    ///
    /// ```
    /// use alloc_kit::Pool;
    /// use std::thread;
    ///
    /// // What the thread has warmed up, this one gets, though that one may still live.
    /// static LINES: Pool<String> = Pool::new().own_values(0);
    /// thread::spawn(|| LINES.lease().push_str("text")).join().unwrap();
    /// assert!(LINES.lease().capacity() >= 4);
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn own_values(mut self, own_values: usize) -> Self {
        self.refuse_if_used();
        assert!(own_values <= self.slots.len, "more values would be a thread's own than there are");
        self.own_values = if own_values == 0 { 0 } else { 1 << own_values.ilog2() };
        self.own_mask = self.own_values.saturating_sub(1);
        self
    }

    /// Slots that are made are so many, and each has its bound.
    #[track_caller]
    const fn refuse_if_used(&mut self) {
        // In place of a load, which a constant cannot have.
        let first = mem::replace(&mut self.slots.first, AtomicPtr::new(ptr::null_mut())).into_inner();
        self.slots.first = AtomicPtr::new(first);
        assert!(first.is_null(), "the bounds of a pool are set before its first lease");
    }
}

impl<T: Reuse> Pool<T> {
    /// Leases a value, empty: one that is kept, or else a new one. If as many as are kept at most are leased already, what this one
    /// held is freed when the lease ends.
    ///
    /// Never waits.
    ///
    /// # Panics
    ///
    /// If the function that makes a value does; the pool is as before.
    ///
    /// ```
    /// let pool = alloc_kit::Pool::<String>::new();
    /// let mut line = pool.lease();
    /// line.push_str("text");
    /// assert_eq!(*line, "text");
    /// drop(line);
    /// assert!(pool.lease().is_empty()); // and has room for as much
    /// ```
    #[inline]
    #[must_use = "the value goes back when the lease ends"]
    pub fn lease(&self) -> Lease<'_, T> {
        Lease::new(self.hold(), self)
    }

    /// `lease` for what has to be `'static`, such as a task or a thread: it keeps the pool alive.
    ///
    /// Costs the two changes of the reference count in addition. Leases of a pool in a `static` are `'static` by themselves.
    ///
    /// ```
    /// use alloc_kit::Pool;
    /// use std::{sync::Arc, thread};
    ///
    /// let pool = Arc::new(Pool::<String>::new());
    /// let mut line = pool.lease_arc();
    /// let length = thread::spawn(move || {
    ///     line.push_str("text");
    ///     line.len()
    /// });
    /// assert_eq!(length.join().unwrap(), 4);
    /// ```
    #[inline]
    #[must_use = "the value goes back when the lease ends"]
    pub fn lease_arc(self: &Arc<Self>) -> ArcLease<T> {
        ArcLease::new(self.hold(), Arc::clone(self))
    }

    /// `lease`, but for never more values than are kept at most: what a server does that refuses work rather than take
    /// more memory.
    ///
    /// # Errors
    ///
    /// If all values are leased, or other living threads' own, or the first lease finds no memory for the slots. (What the
    /// values themselves need is for their own `try_reserve`.)
    ///
    /// ```
    /// use alloc_kit::{LeaseError, Pool};
    ///
    /// static REQUESTS: Pool<Vec<u8>> = Pool::new().max_values(1);
    /// let first = REQUESTS.try_lease();
    /// assert!(first.is_ok());
    /// assert_eq!(REQUESTS.try_lease().unwrap_err(), LeaseError::AllLeased); // answer: busy
    /// ```
    ///
    /// # Panics
    ///
    /// If the function that makes a value does; the pool is as before.
    #[inline]
    pub fn try_lease(&self) -> Result<Lease<'_, T>, LeaseError> {
        Ok(Lease::new(self.try_hold()?, self))
    }

    /// `try_lease` and `lease_arc` in one.
    ///
    /// # Errors
    ///
    /// As of `try_lease`.
    ///
    /// # Panics
    ///
    /// If the function that makes a value does; the pool is as before.
    ///
    /// ```
    /// use alloc_kit::{LeaseError, Pool};
    /// use std::sync::Arc;
    ///
    /// let pool = Arc::new(Pool::<String>::new().max_values(1));
    /// let first = pool.try_lease_arc();
    /// assert!(first.is_ok());
    /// assert_eq!(pool.try_lease_arc().unwrap_err(), LeaseError::AllLeased);
    /// ```
    #[inline]
    pub fn try_lease_arc(self: &Arc<Self>) -> Result<ArcLease<T>, LeaseError> {
        Ok(ArcLease::new(self.try_hold()?, Arc::clone(self)))
    }

    /// Gives back all values that there are, for when memory is short: idle ones at once, leased ones when their lease
    /// ends, and another living thread's own when that thread's next lease ends.
    ///
    /// The slots stay, 128 bytes or more each.
    ///
    /// ```
    /// let pool = alloc_kit::Pool::<String>::new();
    /// pool.lease().push_str("text");
    /// assert_eq!(pool.stats().values_kept, 1);
    /// pool.give_back();
    /// assert_eq!((pool.stats().values_kept, pool.stats().given_back), (0, 1));
    /// ```
    ///
    /// # Panics
    ///
    /// If the drop of a value does; the rest is for another call.
    #[expect(unsafe_code, reason = "a thread's own slots are its own to claim")]
    pub fn give_back(&self) {
        let me = current::number();
        for slot in self.slots.all() {
            // SAFETY: that is the number of this thread, or none.
            if unsafe { slot.claim_own(me) } || slot.claim(&current::NUMBERS) {
                lease::empty(slot, self.max_bytes);
            } else {
                slot.ask_back();
            }
        }
    }
}

impl<T> Pool<T> {
    /// What it keeps and did.
    ///
    /// ```
    /// let pool = alloc_kit::Pool::<String>::new();
    /// for _ in 0..3 {
    ///     pool.lease().push_str("text");
    /// }
    /// let stats = pool.stats();
    /// assert_eq!((stats.made, stats.reused, stats.retained_bytes), (1, 2, 8));
    /// ```
    ///
    /// Takes no lock and holds up nobody, in time in proportion to `max_values`: while other threads lease, each figure is of a moment of
    /// its own.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        PoolStats::of(self.slots.all(), &self.overflows)
    }
}

impl<T: Default> Default for Pool<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Pool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("max_values", &self.slots.len)
            .field("max_bytes", &self.max_bytes)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for LeaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllLeased => f.write_str("all values of the pool are leased"),
            Self::OutOfMemory(error) => write!(f, "no slots for the pool: {error}"),
        }
    }
}

impl Error for LeaseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::AllLeased => None,
            Self::OutOfMemory(error) => Some(error),
        }
    }
}
