//! What lengths say of the type that holds them: how many fit where, what that costs, and which to choose.

use core::any::{self, TypeId};
use core::fmt;
use core::iter;
use core::ops::RangeInclusive;

use super::layout;
use super::on::EXACT;

/// The shares that may spill where 5 % of all are too few.
const SPILLS: [f64; 3] = [0.1, 0.2, 0.5];

/// What `SizeProfile::advice` gives: the lengths, the sizes `N` that would hold them, and a choice.
///
/// Its `Display` is for people: a histogram, a line for each `N`, and one sentence of advice. Figures are of this target.
///
/// ```
/// use alloc_kit::{SizeChoice, SizeProfile};
///
/// let fields: SizeProfile<u64> = SizeProfile::new();
/// (0..1000).for_each(|n| fields.record(n % 4));
/// let advice = fields.advice();
/// assert_eq!((advice.samples(), advice.longest(), advice.n_at_spill(0.05)), (1000, 3, Some(3)));
/// assert_eq!(advice.choice(), SizeChoice::SmallVec(3));
/// // A test may hold what was chosen against what is typical.
/// assert!(advice.held(3) > 0.95 && advice.small_vec_bytes(3) <= 32);
/// ```
#[non_exhaustive]
pub struct SizeAdvice {
    pub(super) element: Element,
    counts: Counts,
    pub(super) max_struct_bytes: usize,
}

/// What to hold the elements in.
///
/// ```
/// use alloc_kit::{SizeChoice, SizeProfile};
///
/// let parents: SizeProfile<[u8; 20]> = SizeProfile::new();
/// assert_eq!(parents.advice().choice(), SizeChoice::NoSamples);
/// (0..100).for_each(|_| parents.record(1)); // of 100 commits each has one
/// assert_eq!(parents.advice().choice(), SizeChoice::SmallVec(1));
/// (0..900).for_each(|_| parents.record(50)); // of 900 none has
/// assert_eq!(parents.advice().choice(), SizeChoice::Vec);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeChoice {
    /// No length was recorded.
    NoSamples,
    /// `Vec`, or `String`.
    Vec,
    /// `SmallVec<T, N>` with this `N`.
    SmallVec(usize),
}

/// The type of the elements.
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) bytes: usize,
    pub(super) align: usize,
    /// Whether it may be text.
    pub(super) is_byte: bool,
}

impl Element {
    pub(super) fn of<T: 'static>() -> Self {
        Self {
            name: any::type_name::<T>(),
            bytes: size_of::<T>(),
            align: align_of::<T>(),
            is_byte: TypeId::of::<T>() == TypeId::of::<u8>(),
        }
    }
}

/// What a profile has counted.
pub(super) struct Counts {
    /// By length.
    pub(super) exact: Box<[u64]>,
    /// Of the powers of two above.
    pub(super) powers: Box<[u64]>,
    pub(super) longest: usize,
}

impl SizeAdvice {
    pub(super) fn of(element: Element, counts: Counts, max_struct_bytes: usize) -> Self {
        Self { element, counts, max_struct_bytes }
    }

    /// How many lengths were recorded.
    ///
    /// ```
    /// let lengths = alloc_kit::SizeProfile::<u64>::new();
    /// [2, 2, 3].map(|len| lengths.record(len));
    /// assert_eq!(lengths.advice().samples(), 3);
    /// ```
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.histogram().map(|(_, count)| count).sum()
    }

    /// The longest of them.
    ///
    /// ```
    /// let lengths = alloc_kit::SizeProfile::<u64>::new();
    /// [2, 700, 3].map(|len| lengths.record(len));
    /// assert_eq!(lengths.advice().longest(), 700);
    /// ```
    #[must_use]
    pub fn longest(&self) -> usize {
        self.counts.longest
    }

    /// The lengths, ascending, and how many there were of each: each by itself up to 256, and from one power of two to
    /// the next above. None is empty.
    ///
    /// ```
    /// let lengths = alloc_kit::SizeProfile::<u64>::new();
    /// [0, 2, 2, 700].map(|len| lengths.record(len));
    /// let advice = lengths.advice();
    /// assert!(advice.histogram().eq([(0..=0, 1), (2..=2, 2), (512..=1023, 1)]));
    /// ```
    pub fn histogram(&self) -> impl Iterator<Item = (RangeInclusive<usize>, u64)> + '_ {
        let exact = self.counts.exact.iter().enumerate().map(|(len, count)| (len..=len, *count));
        let powers = self.counts.powers.iter().enumerate().map(|(power, count)| {
            let first = EXACT << power;
            ((first.max(EXACT + 1))..=(first - 1 + first), *count)
        });
        exact.chain(powers).filter(|(_, count)| *count > 0)
    }

    /// The share of the lengths that are at most `n`, from 0 to 1; 0 without samples.
    ///
    /// Above 256 it is at least so much, since only powers of two are known there.
    ///
    /// ```
    /// let lengths = alloc_kit::SizeProfile::<u64>::new();
    /// [1, 2, 3, 9].map(|len| lengths.record(len));
    /// assert_eq!(lengths.advice().held(4), 0.75);
    /// ```
    #[must_use]
    pub fn held(&self, n: usize) -> f64 {
        share(self.held_samples(n), self.samples())
    }

    /// The smallest `N` at which at most such a share of the values spills to the heap: `0.05` is 5 %. None without
    /// samples.
    ///
    /// ```
    /// let lengths = alloc_kit::SizeProfile::<u64>::new();
    /// assert_eq!(lengths.advice().n_at_spill(0.05), None);
    /// (1..=100).for_each(|len| lengths.record(len));
    /// let advice = lengths.advice();
    /// assert_eq!((advice.n_at_spill(0.05), advice.n_at_spill(0.5)), (Some(95), Some(50)));
    /// ```
    #[must_use]
    pub fn n_at_spill(&self, most: f64) -> Option<usize> {
        self.ends().find(|n| share(self.spilled(*n), self.samples()) <= most)
    }

    /// The largest `N` that is free: whose `SmallVec<T, N>` is no larger than a `Vec<T>`. 0 if there is none.
    ///
    /// ```
    /// let lengths = alloc_kit::SizeProfile::<u8>::new();
    /// # #[cfg(target_pointer_width = "64")]
    /// assert_eq!(lengths.advice().n_free(), 16); // 24 bytes, as a `Vec` has
    /// ```
    #[must_use]
    pub fn n_free(&self) -> usize {
        layout::most_in_small_vec(self.element.bytes, self.element.align, layout::VEC_BYTES).unwrap_or(0)
    }

    /// The size of a `SmallVec<T, N>`, in bytes, without what it has on the heap.
    ///
    /// ```
    /// let lengths = alloc_kit::SizeProfile::<u64>::new();
    /// let bytes = lengths.advice().small_vec_bytes(8);
    /// assert_eq!(bytes, size_of::<alloc_kit::SmallVec<u64, 8>>());
    /// ```
    #[must_use]
    pub fn small_vec_bytes(&self, n: usize) -> usize {
        layout::small_vec_bytes(self.element.bytes, self.element.align, n)
    }

    /// The size of an `ArrayVec<T, N>`, in bytes, and for `u8` of an `ArrayString<N>`.
    ///
    /// ```
    /// let lengths = alloc_kit::SizeProfile::<u64>::new();
    /// let bytes = lengths.advice().array_vec_bytes(8);
    /// assert_eq!(bytes, size_of::<alloc_kit::ArrayVec<u64, 8>>());
    /// ```
    #[must_use]
    pub fn array_vec_bytes(&self, n: usize) -> usize {
        layout::array_bytes(self.element.bytes, self.element.align, n)
    }

    /// What to take.
    ///
    /// `SmallVec<T, N>` with the `N` at 5 % spill, or the free one where that is larger, and more if the same bytes hold more. If
    /// it has more than `max_struct_bytes`, then the `N` at which of those that are not empty 10, 20 or 50 % spill, the first that
    /// has not. It is to save at least half of the allocations; else it is `Vec`.
    ///
    /// ```
    /// use alloc_kit::{SizeChoice, SizeProfile};
    ///
    /// // What a test holds about `type Fields<'a> = SmallVec<&'a str, 4>`, with the lines that are typical.
    /// let fields = SizeProfile::<&str>::new();
    /// for line in ["a,b,c", "a,b,c,d", "a"] {
    ///     fields.record(line.split(',').count());
    /// }
    /// assert_eq!(fields.advice().choice(), SizeChoice::SmallVec(4));
    /// ```
    #[must_use]
    pub fn choice(&self) -> SizeChoice {
        let Some(five) = self.n_at_spill(0.05) else { return SizeChoice::NoSamples };
        // Zero-sized elements and empty vectors need no heap.
        if self.element.bytes == 0 || self.allocating() == 0 {
            return SizeChoice::Vec;
        }
        let of_allocating = SPILLS.into_iter().filter_map(|most| self.n_of_allocating(most));
        let mut sizes = iter::once(five).chain(of_allocating).map(|n| self.filled(n.max(self.n_free())));
        match sizes.find(|n| self.small_vec_bytes(*n) <= self.max_struct_bytes) {
            Some(n) if self.saved(n) * 2 >= self.allocating() => SizeChoice::SmallVec(n),
            _ => SizeChoice::Vec,
        }
    }

    /// The smallest `N` at which at most such a share of those that are not empty spills.
    fn n_of_allocating(&self, most: f64) -> Option<usize> {
        self.ends().find(|n| share(self.spilled(*n), self.allocating()) <= most)
    }

    /// How many have more than `n`.
    pub(super) fn spilled(&self, n: usize) -> u64 {
        self.samples() - self.held_samples(n)
    }

    /// What there was, ascending; above 256 the last of each power of two, or what was the longest.
    fn ends(&self) -> impl Iterator<Item = usize> + '_ {
        self.histogram().map(|(lengths, _)| (*lengths.end()).min(self.longest()))
    }

    /// How many would allocate as a `Vec`: those that are not empty.
    pub(super) fn allocating(&self) -> u64 {
        self.samples() - self.counts.exact[0]
    }

    /// How many of those would not, with room for `n`.
    pub(super) fn saved(&self, n: usize) -> u64 {
        self.held_samples(n) - self.counts.exact[0]
    }

    /// The largest `N` that costs no more bytes than this one.
    fn filled(&self, n: usize) -> usize {
        let Element { bytes, align, .. } = self.element;
        layout::most_in_small_vec(bytes, align, self.small_vec_bytes(n)).unwrap_or(n)
    }

    /// How many are known to be at most `n`.
    fn held_samples(&self, n: usize) -> u64 {
        let is_held = |lengths: &RangeInclusive<usize>| (*lengths.end()).min(self.longest()) <= n;
        self.histogram().filter(|(lengths, _)| is_held(lengths)).map(|(_, count)| count).sum()
    }
}

/// As a fraction; of none, none.
#[expect(clippy::cast_precision_loss, reason = "a share")]
pub(super) fn share(part: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

impl fmt::Debug for SizeAdvice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SizeAdvice")
            .field("element", &self.element.name)
            .field("samples", &self.samples())
            .field("longest", &self.longest())
            .field("choice", &self.choice())
            .finish_non_exhaustive()
    }
}
