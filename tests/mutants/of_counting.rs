//! Mutants of what is counted: the hook, the words of a line, and `measure`.

use super::list::Mutant;

const HOOK: &str = "alloc-kit/src/on/hook.rs";
const LINE: &str = "alloc-kit/src/on/line.rs";
const MEASURE: &str = "alloc-kit/src/on/measure.rs";

pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "hook-alloc-not-counted",
        file: HOOK,
        text: "\n    if runs_out!(line.allocations_left, 1) {",
        instead: "\n    if false {",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-alloc-zeroed-not-counted",
        file: HOOK,
        text: "\n    if runs_out!(line.allocations_left, 1) {",
        instead: "\n    if !ZEROED && runs_out!(line.allocations_left, 1) {",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-realloc-not-counted",
        file: HOOK,
        text: "\n        if runs_out!(line.allocations_left, 1) {",
        instead: "\n        if false {",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-bytes-not-counted",
        file: HOOK,
        text: "runs_out!(line.bytes_left, size)",
        instead: "runs_out!(line.bytes_left, 0)",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-realloc-counts-the-difference",
        file: HOOK,
        text: "runs_out!(line.bytes_left, new)",
        instead: "runs_out!(line.bytes_left, new - old)",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-live-bytes-not-counted",
        file: HOOK,
        text: "if runs_out!(line.room, size) {",
        instead: "if runs_out!(line.room, 0) {",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-frees-not-counted",
        file: HOOK,
        text: "runs_out!(line.deallocations_left, 1)",
        instead: "runs_out!(line.deallocations_left, 0)",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-frees-give-nothing-back",
        file: HOOK,
        text: "count!(line.room, bytes!(layout.size()).wrapping_neg());",
        instead: "count!(line.room, 0);",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-shrinking-counted",
        file: HOOK,
        text: "            count!(line.room, new - old);",
        instead: "            count!(line.room, new - old); count!(line.allocations_left, 1);",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-shrinking-frees-nothing",
        file: HOOK,
        text: "            count!(line.room, new - old);",
        instead: "",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-failed-alloc-counted",
        file: HOOK,
        text: "count!(line.allocations_left, -1);\n        count!(line.bytes_left, -size);",
        instead: "count!(line.bytes_left, -size);",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-failed-realloc-counted",
        file: HOOK,
        text: "if DONE >= COUNT {",
        instead: "if false {",
        tests: &["counting"],
    },
    Mutant {
        name: "hook-checked-alloc-not-counted",
        file: HOOK,
        text: "    let block = if plan::fails(Event::Allocation",
        instead: "    if DONE < COUNT { count!(line.allocations_left, -1); }\n    let block = if plan::fails(Event::Allocation",
        // Without optimisation no request takes that path uncounted.
        tests: &["counting --release"],
    },
    Mutant {
        name: "hook-peak-not-raised",
        file: LINE,
        text: "        if raised {\n            self.shift_peak(self.room.wrapping_neg());\n        }\n",
        instead: "",
        tests: &["counting"],
    },
    Mutant {
        name: "line-total-lost-when-trap-is-set",
        file: LINE,
        text: "shift(&mut self.bytes_base, by);",
        instead: "",
        tests: &["counting"],
    },
    Mutant {
        name: "line-what-is-apart-counted-after-all",
        file: LINE,
        text: "self.replace(&apart, Line { allowed: self.allowed, registered: self.registered, ..*before });",
        instead: "let allocations_left = before.allocations_left - self.totals().allocations;\n        self.replace(&apart, Line { allocations_left, allowed: self.allowed, registered: self.registered, ..*before });",
        tests: &["exceptions"],
    },
    Mutant {
        name: "line-box-of-this-crate-counted",
        file: LINE,
        text: "shift(&mut self.deallocations_left, 1);",
        instead: "",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "measure-outer-peak-lost",
        file: MEASURE,
        text: "line::change().end_peak(self.outer_peak);",
        instead: "",
        tests: &["counting"],
    },
    Mutant {
        name: "measure-inner-peak-lowers-the-outer",
        file: LINE,
        text: "self.shift_peak(ended.max(outer).wrapping_sub(ended));",
        instead: "let _ = outer;",
        tests: &["counting"],
    },
    Mutant {
        name: "measure-future-forgets-polls",
        file: MEASURE,
        text: "used += now;",
        instead: "used = now;",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "measure-without-the-allocator",
        file: MEASURE,
        text: "mode::require(\"measure\");",
        instead: "",
        tests: &["other_allocators"],
    },
];
