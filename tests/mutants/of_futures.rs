//! Mutants of futures and of exceptions: what is carried from poll to poll, when it is judged, and what is left out.

use super::list::Mutant;

const ALLOW: &str = "alloc-kit/src/on/allow.rs";
const REGION: &str = "alloc-kit/src/on/region.rs";
const CONTEXT: &str = "alloc-kit/src/on/context.rs";
const FUTURE: &str = "alloc-kit/src/on/future.rs";
const JUDGE: &str = "alloc-kit/src/on/judge.rs";
const PLAIN: &str = "alloc-kit/src/on/plain.rs";

pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "future-use-not-carried-lean",
        file: FUTURE,
        text: "(used.allocations, used.bytes_allocated) = (allocations, bytes);",
        instead: "let _ = (used, allocations, bytes);",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-use-not-carried-plain",
        file: FUTURE,
        text: "self.budget.carried.used = used;",
        instead: "let _ = used;",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-use-not-carried-in-full",
        file: JUDGE,
        text: "carried.used = self.own;",
        instead: "",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-use-not-gone-on-from",
        file: PLAIN,
        text: "region.start.allocations = total.wrapping_sub(used.0);",
        instead: "region.start.allocations = total;",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-peak-not-carried-in-full",
        file: JUDGE,
        text: "carried.peak = carried.peak.max(self.usage.peak_bytes);",
        instead: "",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-traces-not-carried",
        file: JUDGE,
        text: "rare.traces.extend(context.traces.of(self.depth).copied());",
        instead: "",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-not-judged-when-ready",
        file: FUTURE,
        text: "            drop(stretch);\n        }\n        result",
        instead: "            stretch.pause();\n        }\n        result",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-not-judged-when-dropped",
        file: FUTURE,
        text: "        if future.is_some() {",
        instead: "        if false {",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-making-not-judged",
        file: FUTURE,
        text: "    let poll = budget.enter();\n    let future = make();\n    poll.pause();",
        instead: "    let future = make();",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-panic-leaves-the-region-entered",
        file: FUTURE,
        text: "        if self.serial.is_none() {\n            return;\n        }\n        // The last one,",
        instead: "        if self.serial.is_none() || std::thread::panicking() {\n            return;\n        }\n        // The last one,",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-judged-again-after-a-panic",
        file: FUTURE,
        text: "mem::replace(&mut self.budget.stage, Stage::Unjudged)",
        instead: "self.budget.stage",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "future-of-one-that-warms-up-judged",
        file: FUTURE,
        text: "Stage::Entered(role) => Entry { role, site: Some(site), path, limits: unlimited },",
        instead: "Stage::Entered(_) => Entry { role: Role::Judged, site: Some(site), path, limits },",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "allow-everything-inside-is-allowed",
        file: CONTEXT,
        text: "None => Some(false),",
        instead: "None => Some(true),",
        tests: &["exceptions"],
    },
    Mutant {
        name: "allow-same-function-inside-is-recursion",
        file: CONTEXT,
        text: "None => Some(false),",
        instead: "None => None,",
        tests: &["exceptions"],
    },
    Mutant {
        name: "allow-not-counted-by-itself",
        file: ALLOW,
        text: "            return;\n        }\n        line::change().allowed += used.allocations;",
        instead: "            return;\n        }",
        tests: &["exceptions"],
    },
    Mutant {
        name: "allow-marker-never-left",
        file: ALLOW,
        text: "region::leave(context, self.serial).is_some() && stats::are_kept()",
        instead: "{ let _ = context; stats::are_kept() }",
        tests: &["exceptions"],
    },
    Mutant {
        name: "allow-marker-hides-nothing",
        file: CONTEXT,
        text: "if region.role == Role::Allowed {\n                break;",
        instead: "if false {\n                break;",
        tests: &["exceptions", "modes"],
    },
    Mutant {
        name: "allow-never-ends",
        file: ALLOW,
        text: "if !context.put_back(self.serial) {",
        instead: "if false {",
        tests: &["exceptions"],
    },
    Mutant {
        name: "allow-handle-of-the-region-around",
        file: CONTEXT,
        text: "self.regions().last_mut().filter(|region| region.role != Role::Allowed)",
        instead: "self.regions().iter_mut().rev().find(|region| region.role != Role::Allowed)",
        tests: &["exceptions"],
    },
    Mutant {
        name: "future-polled-inside-of-its-kind-never-judged",
        file: FUTURE,
        text: "            if self.stage == Stage::Ahead {\n                self.stage = Stage::Inside;\n            }",
        instead: "            self.stage = Stage::Unjudged;\n            return Serial::NONE;",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "allow-over-a-hidden-await-spoils-the-line",
        file: REGION,
        text: "        context.put_back(serial);",
        instead: "        let _ = serial;",
        tests: &["exceptions"],
    },
    Mutant {
        name: "future-peak-below-what-it-was",
        file: REGION,
        text: "Usage::of(own, peak.max(0).cast_unsigned())",
        instead: "Usage::of(own, peak.cast_unsigned())",
        tests: &["programs"],
    },
    Mutant {
        name: "future-peak-inside-of-its-kind-not-watched",
        file: REGION,
        text: "matches!(role, Role::Attached | Role::Inside)",
        instead: "matches!(role, Role::Attached)",
        tests: &["programs"],
    },
];
