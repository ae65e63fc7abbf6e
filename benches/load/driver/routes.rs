//! The handlers, and what a verdict on each has to say. The figures are read from the handlers' source, not measured: what a handler
//! makes for the request in which something is planted, in allocations and bytes, is the same as its budget.

use crate::support::cells::count;

/// What a planted allocation asks for.
const PLANTED_BYTES: u64 = 32;
/// The most that is planted at once, in `counted.lua`.
pub(crate) const MOST: u64 = 5;

/// A function that is over its budget if something is planted in it.
#[derive(Debug)]
pub(crate) struct Judged {
    /// As verdicts call it.
    pub(crate) name: &'static str,
    /// The first part of the path that is asked for.
    pub(crate) route: &'static str,
    /// Which figure is over.
    limited: Limited,
}

#[derive(Debug)]
enum Limited {
    /// Of allocations, so many; and the bytes of them, where the source tells.
    Allocations(u64, Option<u64>),
    /// Of bytes at its peak.
    PeakBytes(u64),
}

use Limited::{Allocations, PeakBytes};

/// All of them. A request for `render` is over two budgets, one inside the other.
pub(crate) const ALL: [Judged; 10] = [
    judged("health", "health", Allocations(0, Some(0))),
    // The body.
    judged("echo", "echo", Allocations(1, Some(256))),
    // The list of ten times 32 bytes, ten names of eight, and the body.
    judged("items", "items", Allocations(12, Some(10 * 32 + 10 * 8 + 1024))),
    // The name.
    judged("user", "user", Allocations(1, Some(16))),
    judged("refuse", "refuse", Allocations(0, Some(0))),
    // 64 rows.
    judged("State::with_buffer", "render", Allocations(1, Some(64 * 16))),
    judged("render", "render", PeakBytes(64 * 16)),
    // The text, and `answered` with its line end.
    judged("slow", "slow", Allocations(2, Some(32 + 9))),
    // How large tokio's task is depends on the platform.
    judged("join", "join", Allocations(2, None)),
    judged("digest", "digest", Allocations(1, None)),
];

const fn judged(name: &'static str, route: &'static str, limited: Limited) -> Judged {
    Judged { name, route, limited }
}

impl Judged {
    /// The first line of the verdict on a call in which so many allocations were planted, in its parts: before the bytes, the bytes if
    /// they are known, and after them.
    pub(crate) fn sentence(&self, planted: u64) -> (String, Option<u64>, String) {
        let Self { name, limited, .. } = self;
        match *limited {
            Allocations(budget, bytes) => {
                let allocations = budget + planted;
                let plural = if allocations == 1 { "" } else { "s" };
                let start = format!("alloc-kit: `{name}` made {allocations} heap allocation{plural} (");
                let bytes = bytes.map(|bytes| bytes + PLANTED_BYTES * planted);
                (start, bytes, format!(" bytes); its budget is {budget}"))
            }
            PeakBytes(budget) => {
                let bytes = budget + PLANTED_BYTES * planted;
                let end = format!(" bytes at its peak; its budget is `peak_bytes = {budget}`");
                (format!("alloc-kit: `{name}` held "), Some(bytes), end)
            }
        }
    }

    /// The bytes of the handler itself, in a verdict that has so many bytes in all.
    pub(crate) fn own_bytes(planted: u64, all: u64) -> u64 {
        all.wrapping_sub(PLANTED_BYTES * planted)
    }

    /// Its path, as the report has it.
    pub(crate) fn path(&self) -> String {
        match self.name.strip_prefix("State::") {
            Some(name) => format!("service::state::{name}"),
            None => format!("service::handlers::{}", self.name),
        }
    }

    /// Whether a verdict on it in the mode that panics leaves it no chance: one inside of it was before.
    pub(crate) fn is_left_by_a_panic(&self) -> bool {
        self.name == "render"
    }
}

/// Which of them, over by how much.
pub(crate) fn describe(judged: usize, planted: u64) -> String {
    format!("`{}` over by {}", ALL[judged].name, count(planted))
}
