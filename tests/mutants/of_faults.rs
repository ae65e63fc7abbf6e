//! Mutants of failing allocations: a test in which nothing failed, or the wrong one, and what could not fail.

use super::list::Mutant;

const MESSAGE: &str = "alloc-kit/src/on/message.rs";
const FAULT: &str = "alloc-kit/src/on/fault.rs";
const HOOK: &str = "alloc-kit/src/on/hook.rs";
const PLAN: &str = "alloc-kit/src/on/plan.rs";

pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "fault-none-failed-passes",
        file: FAULT,
        text: "Outcome::Failed(_) => return result,",
        instead: "Outcome::Failed(_) => return result,\n        Outcome::Pending if true => return result,",
        tests: &["faults"],
    },
    Mutant {
        name: "fault-no-run-failed-passes",
        file: FAULT,
        text: "} else if failed == 0 {",
        instead: "} else if false {",
        tests: &["faults"],
    },
    Mutant {
        name: "fault-what-cannot-fail-passes",
        file: FAULT,
        text: "if let Some(broken) = spared.message(nth - 1, ended.home) {",
        instead: "if let Some(broken) = spared.message(nth - 1, ended.home).filter(|_| false) {",
        tests: &["infallible"],
    },
    Mutant {
        name: "fault-the-next-one-fails",
        file: PLAN,
        text: "if made < plan.nth ||",
        instead: "if made <= plan.nth ||",
        tests: &["faults"],
    },
    Mutant {
        name: "fault-never-fails",
        file: PLAN,
        text: "let fails = fallible::may_fail(&trace, plan.home);",
        instead: "let fails = fallible::may_fail(&trace, plan.home) && false;",
        tests: &["faults"],
    },
    Mutant {
        name: "fault-realloc-never-fails",
        file: HOOK,
        text: "if new > old && plan::fails(",
        instead: "if false && plan::fails(",
        tests: &["faults"],
    },
    Mutant {
        name: "fault-in-a-panic",
        file: PLAN,
        text: " || thread::panicking() {",
        instead: " || false && thread::panicking() {",
        tests: &["faults"],
    },
    Mutant {
        name: "fault-plan-forgotten-where-a-budget-traps",
        file: "alloc-kit/src/on/trap.rs",
        text: "left.allocations.min(until_failure)",
        instead: "left.allocations",
        tests: &["faults"],
    },
    Mutant {
        name: "fault-what-was-in-inner-ones-forgotten",
        file: FAULT,
        text: "outer.start = outer.start.wrapping_add(all);",
        instead: "outer.start = outer.start.wrapping_add(made); let _ = all;",
        tests: &["programs"],
    },
    Mutant {
        name: "fault-in-the-panic-of-a-broken-budget",
        file: MESSAGE,
        text: "    let message = OwnText(message);\n    panic!(\"{}\", message.0)",
        instead: "    let counted = message.clone();\n    drop(OwnText(message));\n    std::panic::panic_any(counted)",
        tests: &["programs"],
    },
];
