//! Mutants of work on other threads: attached to a region by a `Handle`, or of a budget with `scope = process`.

use super::list::Mutant;

const ALL: &str = "alloc-kit/src/on/all.rs";
const CONTEXT: &str = "alloc-kit/src/on/context.rs";
const FREE: &str = "alloc-kit/src/on/free.rs";
const HANDLE: &str = "alloc-kit/src/on/handle.rs";
const LINE: &str = "alloc-kit/src/on/line.rs";
const JUDGE: &str = "alloc-kit/src/on/judge.rs";
const PLAIN: &str = "alloc-kit/src/on/plain.rs";
const PLACES: &str = "alloc-kit/src/on/places.rs";
const REGION: &str = "alloc-kit/src/on/region.rs";
const REPORT: &str = "alloc-kit/src/on/report.rs";
const SITE: &str = "alloc-kit/src/on/site.rs";
const THREADS: &str = "alloc-kit/src/on/threads.rs";
const VERSIONS: &str = "alloc-kit/src/on/versions.rs";

pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "handle-sum-not-added",
        file: JUDGE,
        text: "Usage::of(self.own + attached, self.usage.peak_bytes.max(peak))",
        instead: "{ let _ = attached; Usage::of(self.own, self.usage.peak_bytes.max(peak)) }",
        tests: &["handles"],
    },
    Mutant {
        name: "handle-peak-not-added",
        file: JUDGE,
        text: "Usage::of(self.own + attached, self.usage.peak_bytes.max(peak))",
        instead: "{ let _ = peak; Usage::of(self.own + attached, self.usage.peak_bytes) }",
        tests: &["handles"],
    },
    Mutant {
        name: "handle-region-left-the-fast-way",
        file: HANDLE,
        text: "        self.exit = Exit::InFull;\n",
        instead: "        let _ = Exit::InFull;\n",
        tests: &["handles"],
    },
    Mutant {
        name: "handle-attach-does-nothing",
        file: HANDLE,
        text: "let _attached = self.shared.as_ref().and_then(Attachment::begin);",
        instead: "let _attached = None::<Attachment<'_>>;",
        tests: &["handles"],
    },
    Mutant {
        name: "handle-attached-future-does-nothing",
        file: HANDLE,
        text: "let attached = handle.shared.as_ref().and_then(Attachment::begin);",
        instead: "let attached = None::<Attachment<'_>>;",
        tests: &["handles"],
    },
    Mutant {
        name: "handle-counted-twice-on-its-own-thread",
        file: HANDLE,
        text: "if context.regions().iter().any(is_here) {",
        instead: "if false && context.regions().iter().any(is_here) {",
        tests: &["handles"],
    },
    Mutant {
        name: "handle-not-handed-on-to-the-regions-around",
        file: JUDGE,
        text: "shared.hand_on(outer);",
        instead: "let _ = (shared, outer);",
        tests: &["handles"],
    },
    Mutant {
        name: "handle-traces-not-added",
        file: JUDGE,
        text: "traces.extend(shared.traces());",
        instead: "",
        tests: &["handles"],
    },
    Mutant {
        name: "handle-use-before-it-not-known-to-threads",
        file: HANDLE,
        text: "let before = sum.before + sum.totals;",
        instead: "let before = Totals::NONE;",
        tests: &["handles"],
    },
    Mutant {
        name: "handle-still-attached-passes",
        file: HANDLE,
        text: "Arc::strong_count(self) > 1",
        instead: "false",
        tests: &["report"],
    },
    Mutant {
        name: "handle-closed-not-noticed",
        file: HANDLE,
        text: "if shared.closed.load(Ordering::Relaxed) {",
        instead: "if false {",
        tests: &["handles", "report"],
    },
    Mutant {
        name: "process-key-goes-the-plain-way",
        file: PLAIN,
        text: "if limits.warmup > 0 || limits.process {",
        instead: "if limits.warmup > 0 {",
        tests: &["budgets"],
    },
    Mutant {
        name: "process-key-goes-the-lean-way",
        file: SITE,
        text: "warmup == 0 && !process",
        instead: "warmup == 0 && (!process || true)",
        tests: &["budgets"],
    },
    Mutant {
        name: "process-threads-not-summed",
        file: JUDGE,
        text: "self.usage = Usage::of(now - start, self.usage.peak_bytes);",
        instead: "let _ = (now, start);",
        tests: &["budgets"],
    },
    Mutant {
        name: "process-gone-threads-forgotten",
        file: ALL,
        text: "Some(totals) => list.gone += totals,",
        instead: "Some(_) => {}",
        tests: &["threads_loom", "report"],
    },
    Mutant {
        name: "process-threads-not-taken-up",
        file: CONTEXT,
        text: "NODE.with(|node| unsafe { threads::enter(node, line::line()) });",
        instead: "",
        tests: &["budgets"],
    },
    Mutant {
        name: "process-use-before-not-subtracted",
        file: REGION,
        text: "Process::Since(now + hidden - used, generation)",
        instead: "Process::Since(Totals::NONE + hidden - used, generation)",
        tests: &["report"],
    },
    Mutant {
        name: "process-sees-what-is-excepted",
        file: LINE,
        text: "if self.apart > 0 { self.published } else { self.totals() }",
        instead: "self.totals()",
        tests: &["unit"],
    },
    Mutant {
        name: "process-sees-what-is-excepted-in-an-exception",
        file: LINE,
        text: "published: before.public_totals(),",
        instead: "published: before.totals(),",
        tests: &["unit"],
    },
    Mutant {
        name: "process-version-lost-with-the-line",
        file: LINE,
        text: "        self.plan = by.plan;\n",
        instead: "        self.plan = by.plan;\n        self.version = by.version;\n",
        tests: &["budgets"],
    },
    Mutant {
        name: "process-incomplete-list-is-believed",
        file: ALL,
        text: "let result = self.is_complete().then(|| unsafe",
        instead: "let result = Some(()).map(|()| unsafe",
        tests: &["unit"],
    },
    Mutant {
        name: "process-lock-lets-go-without-an-order",
        file: ALL,
        text: "self.locked.store(false, Release);",
        instead: "self.locked.store(false, Relaxed);",
        tests: &["threads_loom"],
    },
    Mutant {
        name: "process-line-read-while-it-is-changed",
        file: VERSIONS,
        text: "if !before.is_multiple_of(2) {",
        instead: "if false && !before.is_multiple_of(2) {",
        tests: &["threads_loom"],
    },
    Mutant {
        name: "place-given-back-without-an-order",
        file: FREE,
        text: "self.bits.fetch_or(1 << place, Release);",
        instead: "self.bits.fetch_or(1 << place, Relaxed);",
        tests: &["threads_loom"],
    },
    Mutant {
        name: "place-never-given-back",
        file: PLACES,
        text: "Home::Static(index) => FREE.give_back(index),",
        instead: "Home::Static(_) => {}",
        tests: &["referee"],
    },
    Mutant {
        name: "place-always-allocated",
        file: CONTEXT,
        text: "if let Some(context) = places::take() {",
        instead: "if let Some(context) = places::take().filter(|_| false) {",
        tests: &["referee"],
    },
    Mutant {
        name: "mode-not-found-before-main",
        file: REPORT,
        text: "    mode::find_early();\n",
        instead: "",
        tests: &["referee"],
    },
    Mutant {
        name: "exceptions-have-no-room",
        file: REPORT,
        text: "        allow::make_room();\n",
        instead: "",
        tests: &["referee"],
    },
    Mutant {
        name: "process-child-of-a-fork-keeps-the-list",
        file: THREADS,
        text: "let _ = pthread_atfork(Some(prepare), Some(parent), Some(child));",
        instead: "let _ = (prepare as extern \"C\" fn(), parent as extern \"C\" fn(), child as extern \"C\" fn());",
        tests: &["report"],
    },
    Mutant {
        name: "process-forgotten-over-an-await",
        file: JUDGE,
        text: "self.region.process = Process::Since(now - start, generation);",
        instead: "self.region.process = Process::Since(Totals::NONE, generation);",
        tests: &["budgets"],
    },
    Mutant {
        name: "handle-in-a-handle-counted-twice",
        file: HANDLE,
        text: "ptr::eq(self, other) || self.outer.as_ref().is_some_and(|outer| outer.is_within(other))",
        instead: "ptr::eq(self, other)",
        tests: &["handles"],
    },
    Mutant {
        name: "handle-peak-of-an-attached-thread-from-nothing",
        file: HANDLE,
        text: "let peak = ended.peak.wrapping_sub(self.before.live_bytes).max(0).cast_unsigned();",
        instead: "let peak = ended.usage.peak_bytes.saturating_add_signed(self.before.live_bytes.saturating_neg());",
        tests: &["programs"],
    },
    Mutant {
        name: "process-own-in-an-exception-not-seen-at-the-end",
        file: JUDGE,
        text: "let now = now + hidden;",
        instead: "let _ = hidden;",
        tests: &["programs"],
    },
    Mutant {
        name: "process-own-in-an-exception-not-seen-at-the-start",
        file: REGION,
        text: "Process::Since(now + hidden - used, generation)",
        instead: "Process::Since({ let _ = hidden; now } - used, generation)",
        tests: &["programs"],
    },
    Mutant {
        name: "place-taken-by-two",
        file: FREE,
        text: "bits & !(1 << first)",
        instead: "bits & !(0 << first)",
        tests: &["threads_loom"],
    },
    Mutant {
        name: "place-all-in-the-first",
        file: PLACES,
        text: ".wrapping_add(index as usize)",
        instead: ".wrapping_add(index as usize * 0)",
        tests: &["handles", "threads", "programs"],
    },
];
