//! The rows of the table: which program and guard each is, and what must be known to compare it.

/// Whether alloc-kit's attributes are put on `async fn`s, by the feature `async_forms` of the programs.
pub(crate) const ASYNC_FORMS: bool = true;

/// One row.
#[derive(Debug)]
pub(crate) struct Row {
    /// For `--only`.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) program: &'static str,
    /// Whether alloc-kit installs its allocator itself, which needs a build of its own.
    pub(crate) enforced: bool,
    /// Whether it needs the package's feature `extras`, and may therefore be missing.
    pub(crate) extra: bool,
    /// What the program calls the guard.
    pub(crate) guard: &'static str,
    /// Whether it can guard a future, poll by poll.
    pub(crate) polls: bool,
    /// What the guard must say when the function in it makes an allocation of 128 bytes and frees it.
    pub(crate) proof: &'static str,
    /// What it counts or judges, for the table.
    pub(crate) judges: &'static str,
    /// What makes the comparison uneven, if anything does.
    pub(crate) note: Option<&'static str>,
}

const COUNTED: &str = "Allocations(1)";
const REFUSED: &str = "Refused";

const PLAIN: Row = Row {
    name: "",
    title: "",
    program: "",
    enforced: false,
    extra: false,
    guard: "measure",
    polls: false,
    proof: COUNTED,
    judges: "",
    note: None,
};

const OURS: Row = Row { program: "with_alloc_kit", polls: ASYNC_FORMS, ..PLAIN };

pub(crate) const ALL: &[Row] = &[
    // The first is what all others are compared with.
    Row {
        name: "no_alloc",
        title: "alloc-kit `#[no_alloc]`",
        guard: "no_alloc",
        proof: REFUSED,
        judges: "judges 5 limits, names the line",
        note: Some("also tells recursion and forgotten guards apart, and nests"),
        ..OURS
    },
    Row {
        name: "enforced",
        title: "alloc-kit `#[no_alloc]`, `enforce`",
        enforced: true,
        guard: "no_alloc",
        proof: REFUSED,
        judges: "the same",
        ..OURS
    },
    Row {
        name: "alloc_budget",
        title: "alloc-kit `#[alloc_budget(3, bytes = 100)]`",
        guard: "alloc_budget",
        proof: REFUSED,
        judges: "the same",
        ..OURS
    },
    Row {
        name: "measure",
        title: "alloc-kit `measure`",
        polls: false,
        judges: "7 figures, peak among them",
        ..OURS
    },
    Row {
        name: "alloc_counter",
        title: "`alloc_counter`, `#[no_alloc]`",
        program: "with_alloc_counter",
        guard: "no_alloc",
        polls: true,
        proof: REFUSED,
        judges: "forbids 3 counts, no line",
        note: Some("around a future, what it sets for the thread stays set between the polls"),
        ..PLAIN
    },
    Row {
        name: "count_alloc",
        title: "`alloc_counter`, `count_alloc`",
        program: "with_alloc_counter",
        guard: "count_alloc",
        polls: true,
        judges: "3 counts, no bytes",
        ..PLAIN
    },
    Row {
        name: "assert_no_alloc",
        title: "`assert_no_alloc`",
        program: "with_assert_no_alloc",
        guard: "assert_no_alloc",
        proof: "Calls(2)",
        judges: "forbids any call, no line",
        note: Some("counting violations (`warn_release`) instead of ending the process at the first"),
        ..PLAIN
    },
    Row {
        name: "hotpath",
        title: "hotpath `measure`",
        program: "with_hotpath",
        extra: true,
        polls: true,
        judges: "count and bytes, exclusive; time",
        note: Some(
            "with `hotpath-alloc`, its metrics server off, its threads running: each call is sent to them, for a \
             report; its polls are counted one by one, and sent when the future is dropped",
        ),
        ..PLAIN
    },
    Row {
        name: "allocation-counter",
        title: "allocation-counter `measure`",
        program: "with_allocation_counter",
        judges: "6 figures, peak among them",
        note: Some("at most 64 deep; a panic inside leaves it entered"),
        ..PLAIN
    },
    Row {
        name: "mockalloc",
        title: "mockalloc `record_allocs`",
        program: "with_mockalloc",
        guard: "record_allocs",
        judges: "6 figures, bad frees; does not nest",
        ..PLAIN
    },
    Row {
        name: "alloc_tracker",
        title: "`alloc_tracker`, a span",
        program: "with_alloc_tracker",
        extra: true,
        guard: "span",
        judges: "count, bytes and peak; a report",
        ..PLAIN
    },
    Row {
        name: "stats_alloc",
        title: "`stats_alloc`, `Region`",
        program: "with_stats_alloc",
        guard: "region",
        judges: "6 figures of the process, no peak",
        note: Some("reads what other threads allocate as well"),
        ..PLAIN
    },
    Row {
        name: "dhat",
        title: "dhat `HeapStats`",
        program: "with_dhat",
        guard: "stats",
        judges: "6 figures of the process",
        note: Some("the statistics before and after, with a profiler in its mode for tests; under a lock"),
        ..PLAIN
    },
];

impl Row {
    /// Whether the others are compared with this one.
    pub(crate) fn is_baseline(&self) -> bool {
        self.name == ALL[0].name
    }
}
