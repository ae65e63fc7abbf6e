//! Mutants of the mode and of the report: what is said where nothing was judged.

use super::list::Mutant;

const MESSAGE: &str = "alloc-kit/src/on/message.rs";
const WRAP: &str = "alloc-kit-macros/src/wrap.rs";
const CONTEXT: &str = "alloc-kit/src/on/context.rs";
const JSON: &str = "alloc-kit/src/on/json.rs";
const MODE: &str = "alloc-kit/src/on/mode.rs";
const JUDGE: &str = "alloc-kit/src/on/judge.rs";
const REPORT: &str = "alloc-kit/src/on/report.rs";
const STATS: &str = "alloc-kit/src/on/stats.rs";

pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "mode-off-by-default",
        file: MODE,
        text: "None => Mode::Fail,",
        instead: "None => Mode::Off,",
        tests: &["verdicts"],
    },
    Mutant {
        name: "mode-unknown-value-accepted",
        file: MODE,
        text: "_ => Mode::WrongValue,",
        instead: "_ => Mode::Off,",
        tests: &["modes"],
    },
    Mutant {
        name: "mode-coverage-not-noticed",
        file: MODE,
        text: "} else if instrumented::for_coverage() {",
        instead: "} else if false && instrumented::for_coverage() {",
        tests: &["modes"],
    },
    Mutant {
        name: "mode-coverage-always",
        file: MODE,
        text: "} else if instrumented::for_coverage() {",
        instead: "} else if true || instrumented::for_coverage() {",
        tests: &["verdicts"],
    },
    Mutant {
        name: "mode-not-installed-passes",
        file: MODE,
        text: "..=0 => Mode::NotInstalled,",
        instead: "..=-1 => Mode::NotInstalled,",
        tests: &["other_allocators"],
    },
    Mutant {
        name: "report-broken-is-not-noted",
        file: JUDGE,
        text: "noted::note(site);",
        instead: "",
        tests: &["hostile_plugins"],
    },
    Mutant {
        name: "counted-twice-is-judged",
        file: MODE,
        text: "2.. if counted() > 1 => Mode::CountedTwice,",
        instead: "2.. if counted() < 0 => Mode::CountedTwice,",
        tests: &["hostile_builds"],
    },
    Mutant {
        name: "stripped-is-named-by-whoever-is-outside",
        file: "alloc-kit/src/on/culprit.rs",
        text: "let inside = self.route.inside.first().filter(named).map(function);",
        instead: "let inside = self.route.inside.iter().find(named).map(function);",
        tests: &["hostile_builds"],
    },
    Mutant {
        name: "resolve-entry-points-by-path-alone",
        file: "alloc-kit/src/on/resolve.rs",
        text: "ENTRIES.contains(&function)",
        instead: "ENTRIES.contains(&\"\")",
        tests: &["unit", "hostile_builds"],
    },
    Mutant {
        name: "mode-bench-always",
        file: MODE,
        text: "if env::args_os().any(|argument| argument == \"--bench\") {",
        instead: "if true {",
        tests: &["verdicts"],
    },
    Mutant {
        name: "mode-bench-never",
        file: MODE,
        text: "if env::args_os().any(|argument| argument == \"--bench\") {",
        instead: "if false {",
        tests: &["new_user"],
    },
    Mutant {
        name: "mode-off-is-not-said",
        file: MODE,
        text: "say_not_verified(mode);\n            false",
        instead: "false",
        tests: &["modes"],
    },
    Mutant {
        name: "mode-warn-says-nothing",
        file: JUDGE,
        text: "Mode::Warn => mode::say(&message),",
        instead: "Mode::Warn => {}",
        tests: &["modes"],
    },
    Mutant {
        name: "mode-abort-goes-on",
        file: MODE,
        text: "if known() == Mode::Abort {",
        instead: "if false && known() == Mode::Abort {",
        tests: &["modes"],
    },
    Mutant {
        name: "report-never-exercised-left-out",
        file: REPORT,
        text: "SITES.iter().map(json::of_site)",
        instead: "SITES.iter().filter(|site| site.stats.seen().calls > 0).map(json::of_site)",
        tests: &["report"],
    },
    Mutant {
        name: "report-broken-not-written-at-once",
        file: JUDGE,
        text: "report::write_at_once(site);",
        instead: "",
        tests: &["report"],
    },
    Mutant {
        name: "report-held-when-only-warmed-up",
        file: JSON,
        text: "} else if seen.judged > 0 {",
        instead: "} else if seen.calls > 0 {",
        tests: &["report"],
    },
    Mutant {
        name: "report-broken-is-held",
        file: STATS,
        text: "self.broken.fetch_add(1, Ordering::Relaxed);",
        instead: "",
        tests: &["report"],
    },
    Mutant {
        name: "report-does-not-escape",
        file: JSON,
        text: "'\"' | '\\\\' => self.0.extend(['\\\\', c]),",
        instead: "",
        tests: &["unit", "report"],
    },
    Mutant {
        name: "report-goes-on-in-a-cut-off-line",
        file: REPORT,
        text: "if last == *b\"\\n\" {",
        instead: "if true {",
        tests: &["report"],
    },
    Mutant {
        name: "report-most-room-instead-of-least",
        file: STATS,
        text: "room.fetch_min(limit.saturating_sub(used), Ordering::Relaxed);",
        instead: "room.store(limit.saturating_sub(used), Ordering::Relaxed);",
        tests: &["report"],
    },
    Mutant {
        name: "report-not-judged-not-kept",
        file: STATS,
        text: "self.not_judged.fetch_add(1, Ordering::Relaxed);\n            self.why_not.get_or_init(|| why);",
        instead: "let _ = why;",
        tests: &["report"],
    },
    Mutant {
        name: "report-exceptions-not-noted",
        file: "alloc-kit/src/on/allow.rs",
        text: "note(self.exception, context.innermost().and_then(|region| region.site), used);",
        instead: "let _ = note;",
        tests: &["report"],
    },
    Mutant {
        name: "report-unended-not-told",
        file: REPORT,
        text: "panic::catch_unwind(say_broken).unwrap_or(false)",
        instead: "{ let _ = say_broken; false }",
        tests: &["report"],
    },
    Mutant {
        name: "report-broken-not-told-at-the-end",
        file: REPORT,
        text: "        if broken > 0 {",
        instead: "        if false {",
        tests: &["report"],
    },
    Mutant {
        name: "report-ids-all-alike",
        file: JSON,
        text: "index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1)",
        instead: "index.map_or(-1, |_| 0)",
        tests: &["report"],
    },
    Mutant {
        name: "mode-off-judges-after-a-future",
        file: CONTEXT,
        text: "|| !mode::mode().judges() {",
        instead: "{",
        tests: &["modes"],
    },
    Mutant {
        name: "mode-early-is-not-looked-up",
        file: MODE,
        text: "        let mode = look();\n        // An allocator that",
        instead: "        let mode = Mode::Fail;\n        // An allocator that",
        tests: &["modes"],
    },
    Mutant {
        name: "panic-place-is-the-crates-own",
        file: JUDGE,
        text: "Some(site) => (site.raise)(self.message),",
        instead: "Some(_) => site::raise(self.message),",
        tests: &["panic_place"],
    },
    Mutant {
        name: "panic-place-is-the-function-pointers",
        file: WRAP,
        text: "raise: |message| #private::raise(message),",
        instead: "raise: #private::raise,",
        tests: &["panic_place"],
    },
    Mutant {
        name: "panic-text-counted-where-it-is-freed",
        file: MESSAGE,
        text: "        let _suspended = line::suspend();\n        drop(mem::take(&mut self.0));",
        instead: "        drop(mem::take(&mut self.0));",
        tests: &["caught"],
    },
];
