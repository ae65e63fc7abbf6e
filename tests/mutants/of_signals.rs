//! Mutants of what holds in a signal handler, and of what it interrupts: no event lost, no total of two moments, no region
//! entered in the middle of another change, and a call that was not judged is named.

use super::list::Mutant;

const APART: &str = "alloc-kit/src/on/apart.rs";
const GUARD: &str = "alloc-kit/src/on/guard.rs";
const LINE: &str = "alloc-kit/src/on/line.rs";
const PLAIN: &str = "alloc-kit/src/on/plain.rs";
const REGION: &str = "alloc-kit/src/on/region.rs";
const THREAD: &str = "alloc-kit/src/on/thread.rs";
const TRAP: &str = "alloc-kit/src/on/trap.rs";

pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "signal-totals-not-looked-at-again",
        file: LINE,
        text: "            if moved == 0 {",
        instead: "            if moved == 0 || true {",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-lost-where-a-line-is-replaced",
        file: LINE,
        text: "shift(word, to.wrapping_sub(*from));",
        instead: "{ let _ = from; *word = *to; }",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-lost-where-a-word-is-shifted",
        file: THREAD,
        text: "\"add qword ptr [{word}], {by}\",\n                word = in(reg) &raw mut *word,\n                by = in(reg) by,",
        instead: "\"add {by}, qword ptr [{word}]\",\n                \"mov qword ptr [{word}], {by}\",\n                word = in(reg) &raw mut *word,\n                by = inout(reg) by => _,",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-lost-in-the-hook",
        file: THREAD,
        text: "\"sub qword ptr [{word}], {by}\",\n                \"sets {below_zero}\",\n                word = in(reg) word,\n                by = in(reg) by,",
        instead: "\"neg {by}\",\n                \"add {by}, qword ptr [{word}]\",\n                \"mov qword ptr [{word}], {by}\",\n                \"sets {below_zero}\",\n                word = in(reg) word,\n                by = inout(reg) by => _,",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-peak-shifted-before-the-room",
        file: LINE,
        text: "shift(&mut self.room, by);\n        shift(&mut self.peak, by);",
        instead: "shift(&mut self.peak, by);\n        shift(&mut self.room, by);",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-interrupts-a-change-and-is-not-told",
        file: LINE,
        text: "self.step == 0",
        instead: "false && self.step == 0",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-trap-in-a-change-is-judged",
        file: TRAP,
        text: "if !interrupts {",
        instead: "if !interrupts || true {",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-enters-a-lean-region-in-a-change",
        file: PLAIN,
        text: "if line.interrupts() {",
        instead: "if false && line.interrupts() {",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-enters-a-region-in-a-change",
        file: REGION,
        text: "if line.interrupts() {",
        instead: "if false && line.interrupts() {",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-makes-a-context-in-a-trap",
        file: APART,
        text: "    line.suspended += 1;\n    Withheld { context: mem::replace(&mut line.context, ptr::null_mut()) }\n}\n\nimpl Drop for Withheld {\n    fn drop(&mut self) {\n        let mut line = change();\n        line.context = self.context;\n        line.suspended -= 1;",
        instead: "    \n    Withheld { context: mem::replace(&mut line.context, ptr::null_mut()) }\n}\n\nimpl Drop for Withheld {\n    fn drop(&mut self) {\n        let mut line = change();\n        line.context = self.context;\n        ",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-in-a-change-is-taken-for-judged",
        file: REGION,
        text: "line.is_suspended() || line.version % 2 == 1",
        instead: "line.is_suspended()",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-not-judged-and-not-named",
        file: GUARD,
        text: "    noted::note(site);\n",
        instead: "    let _ = noted::note;\n",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-not-judged-and-not-counted-so",
        file: GUARD,
        text: "    site.stats.interrupts();\n",
        instead: "",
        tests: &["hostile_programs stepped"],
    },
    Mutant {
        name: "signal-message-made-on-its-small-stack",
        file: "alloc-kit/src/on/breach.rs",
        text: "stack::with_room(|| explain(broken, teller.as_ref()))",
        instead: "explain(broken, teller.as_ref())",
        tests: &["hostile_programs stacks"],
    },
];
