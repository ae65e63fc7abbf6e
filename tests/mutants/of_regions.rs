//! Mutants of regions: a guard that is not armed, a limit that is not held against, a trap that does not spring.

use super::list::Mutant;

const CONTEXT: &str = "alloc-kit/src/on/context.rs";
const GUARD: &str = "alloc-kit/src/on/guard.rs";
const JUDGE: &str = "alloc-kit/src/on/judge.rs";
const PLAIN: &str = "alloc-kit/src/on/plain.rs";
const REGION: &str = "alloc-kit/src/on/region.rs";
const SITE: &str = "alloc-kit/src/on/site.rs";
const STATS: &str = "alloc-kit/src/on/stats.rs";
const TRAP: &str = "alloc-kit/src/on/trap.rs";
const VERDICT: &str = "alloc-kit/src/on/verdict.rs";

pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "guard-not-armed",
        file: GUARD,
        text: "Guard { serial, not_send: PhantomData }",
        instead: "{ let _ = serial; Guard { serial: Serial::NONE, not_send: PhantomData } }",
        tests: &["verdicts"],
    },
    Mutant {
        name: "guard-finish-does-not-judge",
        file: GUARD,
        text: "        mem::forget(self);\n        end(serial);",
        instead: "        mem::forget(self);\n        let _ = serial;",
        tests: &["verdicts"],
    },
    Mutant {
        name: "guard-drop-does-not-judge",
        file: GUARD,
        text: "        end(self.serial);",
        instead: "",
        tests: &["attributes"],
    },
    Mutant {
        name: "guard-first-of-a-thread-not-armed",
        file: GUARD,
        text: "region::enter(context, region::begin(site, path, *limits), Totals::NONE, Before::default())",
        instead: "{ let _ = (region::begin(site, path, *limits), Totals::NONE, Before::default()); Serial::NONE }",
        tests: &["verdicts"],
    },
    Mutant {
        name: "guard-inside-a-region-not-armed",
        file: GUARD,
        text: "None => enter_lean_inside(site, path, allocations),",
        instead: "None => { let _ = enter_lean_inside; enter_in_full(site, path, &Limits::NONE) }",
        tests: &["verdicts"],
    },
    Mutant {
        name: "lean-limit-off-by-one",
        file: PLAIN,
        text: "if used.cast_unsigned() > region.limits.allocations {",
        instead: "if used.cast_unsigned() > region.limits.allocations.saturating_add(1) {",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "lean-limit-not-compared",
        file: PLAIN,
        text: "if used.cast_unsigned() > region.limits.allocations {",
        instead: "if false {",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "lean-inner-budget-hides-the-outer",
        file: PLAIN,
        text: "if left < line.allocations_left {",
        instead: "if true {",
        tests: &["verdicts"],
    },
    Mutant {
        name: "lean-outer-trap-not-restored",
        file: PLAIN,
        text: "line.set_allocations_base(region.outer_allocations_base);\n    Some((used,",
        instead: "line.set_allocations_base(total.wrapping_add(i64::MAX));\n    Some((used,",
        tests: &["verdicts"],
    },
    Mutant {
        name: "plain-allocations-not-compared",
        file: PLAIN,
        text: "if is_over(used.allocations, limits.allocations)\n        | is_over",
        instead: "if is_over",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "plain-bytes-not-compared",
        file: PLAIN,
        text: "| is_over(used.bytes_allocated, limits.bytes)",
        instead: "",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "plain-live-bytes-not-compared",
        file: PLAIN,
        text: "| (used.live_bytes > as_signed(limits.live_bytes))",
        instead: "",
        tests: &["verdicts"],
    },
    Mutant {
        name: "plain-deallocations-not-compared",
        file: PLAIN,
        text: "| is_over(used.deallocations, limits.deallocations)",
        instead: "",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "plain-limits-off-by-one",
        file: PLAIN,
        text: "let is_over = |used: i64, limit: u64| used.cast_unsigned() > limit;",
        instead: "let is_over = |used: i64, limit: u64| used.cast_unsigned().saturating_sub(1) > limit;",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "plain-peak-not-watched",
        file: REGION,
        text: "limits.peak_bytes != NO_LIMIT || stats::are_kept() || matches!",
        instead: "stats::are_kept() || matches!",
        tests: &["verdicts"],
    },
    Mutant {
        name: "plain-outer-peak-lost",
        file: PLAIN,
        text: "        line.end_peak(region.outer_peak);",
        instead: "",
        tests: &["verdicts"],
    },
    Mutant {
        name: "plain-inner-peak-limit-hides-the-outer",
        file: REGION,
        text: "line.peak_allowed = line.peak_allowed.min(allowed);",
        instead: "line.peak_allowed = allowed;",
        tests: &["verdicts"],
    },
    Mutant {
        name: "plain-outer-trap-not-restored",
        file: PLAIN,
        text: "line.set_deallocations_base(region.outer_deallocations_base);",
        instead: "line.set_deallocations_base(end.deallocations.wrapping_add(i64::MAX));",
        tests: &["verdicts"],
    },
    Mutant {
        name: "full-limits-off-by-one",
        file: VERDICT,
        text: "self.used(usage) > limit",
        instead: "self.used(usage) - 1 > limit",
        tests: &["budgets", "verdicts"],
    },
    Mutant {
        name: "full-never-broken",
        file: VERDICT,
        text: "KEYS.iter().any(|key| key.is_exceeded(usage, limits))",
        instead: "{ let _ = (limits, usage); false }",
        tests: &["verdicts"],
    },
    Mutant {
        name: "deallocations-are-not-a-limit",
        file: SITE,
        text: "bytes & peak_bytes & live_bytes & deallocations == NO_LIMIT",
        instead: "({ let _ = deallocations; bytes & peak_bytes & live_bytes }) == NO_LIMIT",
        tests: &["verdicts"],
    },
    Mutant {
        name: "recursion-judged-at-each-call",
        file: CONTEXT,
        text: "}) == Some(true)",
        instead: "}) == Some(true) && false",
        tests: &["attributes"],
    },
    Mutant {
        name: "recursion-another-instance-is-one",
        file: CONTEXT,
        text: "(ptr::eq(known, site) && region.path == path)",
        instead: "(ptr::eq(known, site) && (region.path == path || true))",
        tests: &["attributes"],
    },
    Mutant {
        name: "recursion-everything-is-one",
        file: CONTEXT,
        text: "(ptr::eq(known, site) && region.path == path)",
        instead: "(ptr::eq(known, site) || region.path != path)",
        tests: &["verdicts"],
    },
    Mutant {
        name: "trap-over-not-noted",
        file: TRAP,
        text: "context.note_over(left.over, &now, event, size as u64);",
        instead: "",
        tests: &["modes", "report"],
    },
    Mutant {
        name: "trap-no-trace-taken",
        file: TRAP,
        text: "if context.traces.want(left.over) {",
        instead: "if false {",
        tests: &["verdicts"],
    },
    Mutant {
        name: "trap-never-judges",
        file: TRAP,
        text: "if line.is_within_limits(new_peak) {",
        instead: "if line.is_within_limits(new_peak) || true {",
        tests: &["verdicts"],
    },
    Mutant {
        name: "warm-up-never-ends",
        file: STATS,
        text: "(done < calls).then_some(done + 1)",
        instead: "(done < calls).then_some(done)",
        tests: &["budgets"],
    },
    Mutant {
        name: "warm-up-ends-late",
        file: STATS,
        text: "(done < calls).then_some(done + 1)",
        instead: "(done <= calls).then_some(done + 1)",
        tests: &["budgets"],
    },
    Mutant {
        name: "warm-up-ends-early",
        file: STATS,
        text: "(done < calls).then_some(done + 1)",
        instead: "(done + 1 < calls).then_some(done + 1)",
        tests: &["budgets"],
    },
    Mutant {
        name: "warm-up-left-out-of-the-plain-way",
        file: PLAIN,
        text: "if limits.warmup > 0 || limits.process {",
        instead: "if limits.process {",
        tests: &["budgets"],
    },
    Mutant {
        name: "unwinding-judges",
        file: JUDGE,
        text: "if thread::panicking() {",
        instead: "if false {",
        tests: &["threads"],
    },
    Mutant {
        name: "unwinding-leaves-the-region-entered",
        file: GUARD,
        text: "        end(self.serial);",
        instead: "        if !std::thread::panicking() { end(self.serial); }",
        tests: &["threads"],
    },
    Mutant {
        name: "out-of-order-passes",
        file: JUDGE,
        text: "None => Some(Failure { message: OUT_OF_ORDER.to_owned(), site: None }),",
        instead: "None => { let _ = OUT_OF_ORDER; None }",
        tests: &["polls", "async_forms", "async_tokio"],
    },
];
