//! The rows of the table: which program and mode each is, and what must be known to compare it.

use crate::build::Profile::{self, Dev, Release};

/// One row.
#[derive(Debug)]
pub(crate) struct Allocator {
    /// For `--only`.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) program: &'static str,
    /// How the program is built.
    pub(crate) variant: Variant,
    /// Whether it needs the package's feature `extras`, and may therefore be missing.
    pub(crate) extra: bool,
    /// What the program is to do, in its own words.
    pub(crate) mode: &'static str,
    /// The profiles in which it is compared.
    pub(crate) profiles: &'static [Profile],
    /// What makes the comparison uneven, if anything does.
    pub(crate) note: Option<&'static str>,
}

/// A way to build the programs that needs a build of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// As users get it.
    Plain,
    /// alloc-kit installs its allocator itself.
    Enforced,
    /// The same, and alloc-kit is optimised in a dev build.
    EnforcedOptimised,
    /// alloc-kit is optimised in a dev build.
    Optimised,
}

const BOTH: &[Profile] = &[Release, Dev];

const PLAIN: Allocator = Allocator {
    name: "",
    title: "",
    program: "",
    variant: Variant::Plain,
    extra: false,
    mode: "active",
    profiles: &[Release],
    note: None,
};

const OURS: Allocator = Allocator { program: "with_alloc_kit", profiles: BOTH, ..PLAIN };

pub(crate) const ALL: &[Allocator] = &[
    Allocator {
        name: "system",
        title: "System",
        program: "with_system",
        mode: "idle",
        profiles: BOTH,
        ..PLAIN
    },
    Allocator {
        name: "passthrough",
        title: "passthrough",
        program: "with_passthrough",
        mode: "idle",
        profiles: BOTH,
        ..PLAIN
    },
    Allocator { name: "measure", title: "alloc-kit, in `measure`", mode: "measure", ..OURS },
    Allocator { name: "budget", title: "alloc-kit, in a budget", mode: "budget", ..OURS },
    Allocator { name: "idle", title: "alloc-kit, idle", mode: "idle", ..OURS },
    Allocator {
        name: "enforced",
        title: "alloc-kit, `enforce`",
        program: "with_alloc_kit_enforced",
        variant: Variant::Enforced,
        mode: "measure",
        note: Some("measuring, with the allocator that the feature `enforce` installs"),
        ..OURS
    },
    Allocator {
        name: "measure-optimised",
        title: "alloc-kit at opt-level 3, in `measure`",
        variant: Variant::Optimised,
        mode: "measure",
        profiles: &[Dev],
        note: Some("with `[profile.dev.package.alloc-kit] opt-level = 3`"),
        ..OURS
    },
    Allocator {
        name: "idle-optimised",
        title: "alloc-kit at opt-level 3, idle",
        variant: Variant::Optimised,
        mode: "idle",
        profiles: &[Dev],
        ..OURS
    },
    Allocator {
        name: "enforced-optimised",
        title: "alloc-kit at opt-level 3, `enforce`",
        program: "with_alloc_kit_enforced",
        variant: Variant::EnforcedOptimised,
        mode: "measure",
        profiles: &[Dev],
        ..OURS
    },
    Allocator {
        name: "stats_alloc",
        title: "stats_alloc",
        program: "with_stats_alloc",
        profiles: BOTH,
        note: Some("always on; counts for the process, in shared atomics"),
        ..PLAIN
    },
    Allocator {
        name: "alloc_counter",
        title: "alloc_counter",
        program: "with_alloc_counter",
        profiles: BOTH,
        note: Some("in `count_alloc`; three counts, no bytes; `alloc_zeroed` is not handed on"),
        ..PLAIN
    },
    Allocator {
        name: "divan",
        title: "divan",
        program: "with_divan",
        profiles: BOTH,
        note: Some(
            "its `AllocProfiler` counts always, on each thread; the work runs outside its runner, which alone can \
             read the counts (one allocation in the runner was seen to be counted)",
        ),
        ..PLAIN
    },
    Allocator {
        name: "hotpath",
        title: "hotpath, in a measured block",
        program: "with_hotpath",
        extra: true,
        note: Some("with `hotpath-alloc`, its metrics server off, its threads running"),
        ..PLAIN
    },
    Allocator {
        name: "assert_no_alloc",
        title: "assert_no_alloc",
        program: "with_assert_no_alloc",
        profiles: BOTH,
        note: Some(
            "in `assert_no_alloc`, counting violations (`warn_release`); one count, no bytes; `realloc` and \
             `alloc_zeroed` are not handed on",
        ),
        ..PLAIN
    },
    Allocator {
        name: "cap",
        title: "cap",
        program: "with_cap",
        note: Some("always on; live bytes of the process only, default features"),
        ..PLAIN
    },
    Allocator {
        name: "peak_alloc",
        title: "peak_alloc",
        program: "with_peak_alloc",
        note: Some(
            "always on; live and peak bytes of the process; `realloc` and `alloc_zeroed` are not handed on",
        ),
        ..PLAIN
    },
    Allocator {
        name: "alloc_tracker",
        title: "alloc_tracker",
        program: "with_alloc_tracker",
        extra: true,
        note: Some("in a thread span"),
        ..PLAIN
    },
    Allocator {
        name: "allocation-counter",
        title: "allocation-counter",
        program: "with_allocation_counter",
        profiles: BOTH,
        note: Some("in `measure`; `realloc` and `alloc_zeroed` are not handed on"),
        ..PLAIN
    },
    Allocator {
        name: "tracking-allocator",
        title: "tracking-allocator",
        program: "with_tracking_allocator",
        note: Some(
            "tracking on, a group entered, and the cheapest tracker: four sums in thread-locals; allocates 8 bytes \
             more for each block; `realloc` and `alloc_zeroed` are not handed on",
        ),
        ..PLAIN
    },
    Allocator {
        name: "mockalloc",
        title: "mockalloc, recording",
        program: "with_mockalloc",
        note: Some("in `record_allocs`; also hashes addresses and layouts to find bad frees"),
        ..PLAIN
    },
    Allocator {
        name: "dhat",
        title: "dhat, profiling",
        program: "with_dhat",
        note: Some(
            "with a profiler in its mode for tests: takes a backtrace for each allocation, under a lock",
        ),
        ..PLAIN
    },
];

impl Allocator {
    /// Whether the others are compared with this one.
    pub(crate) fn is_baseline(&self) -> bool {
        self.name == "system"
    }

    /// Whether the program can say what it counted in this mode.
    pub(crate) fn answers(&self) -> bool {
        self.mode != "idle" && self.name != "divan"
    }
}
