//! On mode: one counter for each length up to a limit, and one for each power of two above.

use core::any;
use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::STRUCT_BYTES;
use super::advice::{Counts, Element, SizeAdvice};

/// Lengths up to this one are told apart.
pub(super) const EXACT: usize = 256;
/// Of the powers of two above; the first is shared with `EXACT`.
pub(super) const POWERS: usize = (usize::BITS - EXACT.ilog2()) as usize;

#[doc = include_str!("../../docs/size_profile.md")]
pub struct SizeProfile<T> {
    exact: [AtomicU64; EXACT + 1],
    powers: [AtomicU64; POWERS],
    longest: AtomicUsize,
    max_struct_bytes: usize,
    /// It has no `T`, and is `Sync` whatever `T` is.
    element: PhantomData<fn() -> T>,
}

impl<T> SizeProfile<T> {
    /// Has seen no length yet.
    ///
    /// ```
    /// use alloc_kit::SizeProfile;
    ///
    /// static FIELDS: SizeProfile<&str> = SizeProfile::new();
    /// assert_eq!(FIELDS.advice().samples(), 0);
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {
            exact: [const { AtomicU64::new(0) }; EXACT + 1],
            powers: [const { AtomicU64::new(0) }; POWERS],
            longest: AtomicUsize::new(0),
            max_struct_bytes: STRUCT_BYTES,
            element: PhantomData,
        }
    }

    /// Advises no struct that is larger; 256 bytes unless told.
    ///
    /// ```
    /// use alloc_kit::{SizeChoice, SizeProfile};
    ///
    /// let lengths = [SizeProfile::<u64>::new(), SizeProfile::new().max_struct_bytes(1024)];
    /// lengths.iter().for_each(|lengths| lengths.record(100)); // 800 bytes
    /// assert_eq!(lengths[0].advice().choice(), SizeChoice::Vec);
    /// assert!(matches!(lengths[1].advice().choice(), SizeChoice::SmallVec(100..)));
    /// ```
    #[must_use]
    pub const fn max_struct_bytes(self, max_struct_bytes: usize) -> Self {
        let Self { exact, powers, longest, max_struct_bytes: _, element } = self;
        Self { exact, powers, longest, max_struct_bytes, element }
    }

    /// Counts a length, where a value has got its last element. Never allocates or locks.
    ///
    /// Costs an atomic addition.
    ///
    /// ```
    /// use alloc_kit::SizeProfile;
    ///
    /// static FIELDS: SizeProfile<&str> = SizeProfile::new();
    ///
    /// fn fields(line: &str) -> Vec<&str> {
    ///     let fields: Vec<_> = line.split(',').collect();
    ///     FIELDS.record(fields.len());
    ///     fields
    /// }
    /// fields("a,b,c");
    /// assert_eq!(FIELDS.advice().longest(), 3);
    /// ```
    #[inline]
    pub fn record(&self, len: usize) {
        let counter = if len <= EXACT {
            &self.exact[len]
        } else {
            &self.powers[(len.ilog2() - EXACT.ilog2()) as usize]
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if len > self.longest.load(Ordering::Relaxed) {
            self.longest.fetch_max(len, Ordering::Relaxed);
        }
    }

    /// What the lengths that were recorded until now say.
    ///
    /// Without the feature `audit` it is a compile error that names the feature.
    ///
    /// Allocates a few vectors, however many lengths there were.
    ///
    /// ```
    /// let lengths = alloc_kit::SizeProfile::<u64>::new();
    /// (0..100).for_each(|n| lengths.record(n % 3));
    /// let text = lengths.advice().to_string();
    /// assert!(text.contains("advice: take `SmallVec<u64, 2>`"), "{text}");
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "audit")))]
    #[must_use]
    pub fn advice(&self) -> SizeAdvice
    where
        T: 'static,
    {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counts = Counts {
            exact: self.exact.iter().map(load).collect(),
            powers: self.powers.iter().map(load).collect(),
            longest: self.longest.load(Ordering::Relaxed),
        };
        SizeAdvice::of(Element::of::<T>(), counts, self.max_struct_bytes)
    }
}

#[cfg_attr(docsrs, doc(auto_cfg = false))]
impl<T> Default for SizeProfile<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg_attr(docsrs, doc(auto_cfg = false))]
impl<T> fmt::Debug for SizeProfile<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counters = self.exact.iter().chain(&self.powers);
        let samples: u64 = counters.map(|counter| counter.load(Ordering::Relaxed)).sum();
        f.debug_struct("SizeProfile")
            .field("element", &any::type_name::<T>())
            .field("samples", &samples)
            .finish_non_exhaustive()
    }
}
