//! [`Budget`]: what one run of a benchmark may allocate, and what of it was too much.

use alloc_kit::Usage;

use crate::figures::{self, Figure};

/// What one run of a benchmark may allocate. What has no limit may be any number.
///
/// The limits are those of [`#[alloc_budget]`](https://docs.rs/alloc-kit/latest/alloc_kit/attr.alloc_budget.html), and are judged against the most that any counted
/// run used, but for the first, which may fill caches and grow buffers.
///
/// ```
/// # alloc_kit::install!();
/// use alloc_kit_bench::{Budget, record};
///
/// record("parse", Budget::allocations(0), || "42".parse::<u32>());
/// let small = Budget::allocations(2).bytes(4096).peak_bytes(1024).live_bytes(0);
/// record("length", small, || ["alpha", "beta"].join(",").to_uppercase().len());
/// let however_many = Budget::new().peak_bytes(64 * 1024);
/// let counts = record("lines", however_many, || (0..9).map(|n| n.to_string()).all(|line| line.len() == 1));
/// assert_eq!(counts.most.allocations, 9);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "a budget limits nothing until a benchmark has it"]
pub struct Budget {
    allocations: Option<u64>,
    bytes: Option<u64>,
    peak_bytes: Option<u64>,
    live_bytes: Option<i64>,
    deallocations: Option<u64>,
}

impl Budget {
    /// No limits.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{Budget, record};
    ///
    /// let any = Budget::new();
    /// assert_eq!(record("line/grown", any, || ["alpha"; 100].concat()).most.allocations, 1);
    /// ```
    pub const fn new() -> Self {
        Self { allocations: None, bytes: None, peak_bytes: None, live_bytes: None, deallocations: None }
    }

    /// At most so many allocations, reallocations that grow among them.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{Budget, record};
    ///
    /// let counts = record("line/joined", Budget::allocations(1), || ["alpha", "beta"].join(","));
    /// assert_eq!(counts.most.allocations, 1);
    /// ```
    pub const fn allocations(most: u64) -> Self {
        let mut budget = Self::new();
        budget.allocations = Some(most);
        budget
    }

    /// At most so many bytes requested in all.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{Budget, record};
    ///
    /// let budget = Budget::allocations(1).bytes(64);
    /// assert_eq!(record("line/made", budget, || String::with_capacity(64)).most.bytes_allocated, 64);
    /// ```
    pub const fn bytes(mut self, most: u64) -> Self {
        self.bytes = Some(most);
        self
    }

    /// At most so many bytes live at once, above what was live before.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{Budget, record};
    ///
    /// // However many lines, never more than one at a time.
    /// let budget = Budget::new().peak_bytes(64);
    /// let counts = record("lines", budget, || (0..100).map(|_| String::with_capacity(64)).all(|line| line.is_empty()));
    /// assert_eq!((counts.most.allocations, counts.most.peak_bytes), (100, 64));
    /// ```
    pub const fn peak_bytes(mut self, most: u64) -> Self {
        self.peak_bytes = Some(most);
        self
    }

    /// At most so many bytes kept when the run ends. What the routine returns is kept where its harness drops it outside of
    /// the timed part.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{Budget, record};
    ///
    /// let budget = Budget::allocations(1).live_bytes(0);
    /// assert_eq!(record("length", budget, || "alpha".to_uppercase().len()).most.live_bytes, 0);
    /// ```
    pub const fn live_bytes(mut self, most: i64) -> Self {
        self.live_bytes = Some(most);
        self
    }

    /// At most so many blocks freed: 0 for real-time code.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{Budget, record};
    ///
    /// let mut queue = vec![0.5_f32; 64];
    /// let budget = Budget::allocations(0).deallocations(0);
    /// assert_eq!(record("callback", budget, || queue.rotate_left(1)).most.deallocations, 0);
    /// ```
    pub const fn deallocations(mut self, most: u64) -> Self {
        self.deallocations = Some(most);
        self
    }

    /// The limits that are set, with the figure that each is for.
    fn limits(&self) -> impl Iterator<Item = (&'static Figure, i64)> {
        let Self { allocations, bytes, peak_bytes, live_bytes, deallocations } = *self;
        let signed = |limit: Option<u64>| limit.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX));
        [
            (&figures::ALLOCATIONS, signed(allocations)),
            (&figures::BYTES, signed(bytes)),
            (&figures::PEAK_BYTES, signed(peak_bytes)),
            (&figures::LIVE_BYTES, live_bytes),
            (&figures::DEALLOCATIONS, signed(deallocations)),
        ]
        .into_iter()
        .filter_map(|(figure, limit)| Some((figure, limit?)))
    }

    /// What is over a limit, in words: `3 allocations, the budget is 2`.
    pub(crate) fn over(&self, most: &Usage) -> Vec<String> {
        let over = self.limits().filter(|(figure, limit)| figure.of(most) > *limit);
        over.map(|(figure, limit)| format!("{}, the budget is {limit}", figure.say(figure.of(most))))
            .collect()
    }

    /// The budget as an attribute has it: `#[alloc_budget(2, bytes = 4096)]`.
    pub(crate) fn attribute(&self) -> String {
        let limits = self.limits().map(|(figure, limit)| match figure.key {
            "" => limit.to_string(),
            key => format!("{key} = {limit}"),
        });
        format!("#[alloc_kit::alloc_budget({})]", limits.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(allocations: u64, bytes: u64, peak_bytes: u64, live_bytes: i64, deallocations: u64) -> Usage {
        let mut usage = Usage::default();
        usage.allocations = allocations;
        usage.bytes_allocated = bytes;
        usage.peak_bytes = peak_bytes;
        usage.live_bytes = live_bytes;
        usage.deallocations = deallocations;
        usage
    }

    #[test]
    fn what_is_at_its_limit_is_within_it() {
        let budget = Budget::allocations(2).bytes(96).peak_bytes(64).live_bytes(-8).deallocations(1);
        assert_eq!(budget.over(&used(2, 96, 64, -8, 1)), Vec::<String>::new());
        assert_eq!(
            budget.over(&used(3, 97, 65, -7, 2)),
            [
                "3 allocations, the budget is 2",
                "97 bytes, the budget is 96",
                "peak 65 bytes, the budget is 64",
                "live -7 bytes, the budget is -8",
                "2 deallocations, the budget is 1",
            ]
        );
    }

    #[test]
    fn what_has_no_limit_is_not_judged() {
        assert_eq!(Budget::new().over(&used(u64::MAX >> 1, 9, 9, 9, 9)), Vec::<String>::new());
        assert_eq!(Budget::allocations(0).over(&used(1, 9, 9, 9, 9)), ["1 allocation, the budget is 0"]);
        assert_eq!(Budget::allocations(u64::MAX).over(&used(5, 9, 9, 9, 9)), Vec::<String>::new());
    }

    #[test]
    fn it_is_shown_as_the_attribute_that_finds_the_line() {
        assert_eq!(Budget::allocations(2).attribute(), "#[alloc_kit::alloc_budget(2)]");
        let budget = Budget::new().bytes(96).peak_bytes(64).live_bytes(0).deallocations(1);
        assert_eq!(
            budget.attribute(),
            "#[alloc_kit::alloc_budget(bytes = 96, peak_bytes = 64, live_bytes = 0, deallocations = 1)]"
        );
    }
}
