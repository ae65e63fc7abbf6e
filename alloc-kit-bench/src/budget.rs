//! [`Budget`]: what one run of a benchmark may allocate, and what of it was too much.

use alloc_kit::Usage;

use crate::figures::{self, Figure};

/// What one run of a benchmark may allocate. What has no limit may be any number.
///
/// The limits are those of [`#[alloc_budget]`](alloc_kit::alloc_budget), and are judged against the most that any counted
/// run used, but for the first, which may fill caches and grow buffers.
///
/// ```
/// use alloc_kit_bench::Budget;
///
/// let none = Budget::allocations(0);
/// let small = Budget::allocations(2).bytes(4096).peak_bytes(1024).live_bytes(0);
/// let short = Budget::new().peak_bytes(64 * 1024); // however many
/// # let _ = (none, small, short);
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
    pub const fn new() -> Self {
        Self { allocations: None, bytes: None, peak_bytes: None, live_bytes: None, deallocations: None }
    }

    /// At most so many allocations, reallocations that grow among them.
    pub const fn allocations(most: u64) -> Self {
        let mut budget = Self::new();
        budget.allocations = Some(most);
        budget
    }

    /// At most so many bytes requested in all.
    pub const fn bytes(mut self, most: u64) -> Self {
        self.bytes = Some(most);
        self
    }

    /// At most so many bytes live at once, above what was live before.
    pub const fn peak_bytes(mut self, most: u64) -> Self {
        self.peak_bytes = Some(most);
        self
    }

    /// At most so many bytes kept when the run ends. What the routine returns is kept where its harness drops it outside of
    /// the timed part.
    pub const fn live_bytes(mut self, most: i64) -> Self {
        self.live_bytes = Some(most);
        self
    }

    /// At most so many blocks freed: 0 for real-time code.
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
