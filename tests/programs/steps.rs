//! What a program is made of: steps, as a tree.

/// How many names steps have.
pub(crate) const NAMES: usize = 30;

/// No limit on a key.
pub(crate) const NONE: u64 = u64::MAX;

/// What runs one after the other.
pub(crate) type Steps = Vec<Step>;

/// One step. A block is the n-th of those that live, modulo their number; where none lives nothing happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Allocate {
        bytes: usize,
        align: usize,
        zeroed: bool,
    },
    Grow {
        block: usize,
        by: usize,
    },
    Shrink {
        block: usize,
        by: usize,
    },
    SameSize {
        block: usize,
    },
    Free {
        block: usize,
    },
    /// So many times allocated and freed.
    Churn {
        times: usize,
        bytes: usize,
    },
    /// A request that no allocator can serve.
    Refused {
        block: Option<usize>,
    },
    Guard {
        kind: Kind,
        site: usize,
        limits: Limits,
        steps: Steps,
    },
    Measure(Steps),
    Allow(Steps),
    /// A panic is caught here.
    Catch(Steps),
    /// With this allocation failing.
    FailNth {
        nth: u64,
        steps: Steps,
    },
    /// On another thread, which is waited for.
    Thread {
        spawned: bool,
        attached: bool,
        steps: Steps,
    },
    /// On two threads at the same time.
    Both {
        attached: bool,
        left: Steps,
        right: Steps,
    },
    Future {
        kind: Wait,
        site: usize,
        limits: Limits,
        turns: Vec<Turn>,
        dropped: bool,
    },
    Panic,
    /// Out of the innermost guard.
    Return,
}

/// How a budget is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    NoAlloc,
    Count,
    Keys,
    AssertNoAlloc,
    AssertCount,
    AssertKeys,
    Process,
}

/// What a future is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wait {
    Count,
    Keys,
    Measure,
    Allow,
}

/// One poll of a future, and what happens before it outside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) before: Steps,
    /// Polled on another thread.
    pub(crate) away: bool,
    pub(crate) steps: Steps,
}

/// What a budget allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
    pub(crate) peak_bytes: u64,
    pub(crate) live_bytes: u64,
    pub(crate) deallocations: u64,
}

impl Limits {
    pub(crate) const NONE: Limits =
        Limits { allocations: NONE, bytes: NONE, peak_bytes: NONE, live_bytes: NONE, deallocations: NONE };

    /// By their keys, the most important first.
    pub(crate) fn keys(&self) -> [(&'static str, u64); 5] {
        let Self { allocations, bytes, peak_bytes, live_bytes, deallocations } = *self;
        [
            ("allocations", allocations),
            ("bytes", bytes),
            ("peak_bytes", peak_bytes),
            ("live_bytes", live_bytes),
            ("deallocations", deallocations),
        ]
    }

    pub(crate) fn values_mut(&mut self) -> [&mut u64; 5] {
        let Self { allocations, bytes, peak_bytes, live_bytes, deallocations } = self;
        [allocations, bytes, peak_bytes, live_bytes, deallocations]
    }
}

impl Kind {
    pub(crate) const ALL: [Kind; 7] = [
        Kind::NoAlloc,
        Kind::Count,
        Kind::Keys,
        Kind::AssertNoAlloc,
        Kind::AssertCount,
        Kind::AssertKeys,
        Kind::Process,
    ];

    /// Of these limits, those that a budget of this kind has.
    pub(crate) fn of(self, limits: Limits) -> Limits {
        match self {
            Kind::NoAlloc | Kind::AssertNoAlloc => Limits { allocations: 0, ..Limits::NONE },
            Kind::Count | Kind::AssertCount => Limits { allocations: limits.allocations, ..Limits::NONE },
            Kind::Keys | Kind::AssertKeys => limits,
            Kind::Process => Limits { peak_bytes: NONE, ..limits },
        }
    }
}

/// A whole program, as an indented listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program(pub(crate) Steps);

impl Program {
    pub(crate) fn has_budget_of_process(&self) -> bool {
        fn has(steps: &[Step]) -> bool {
            steps.iter().any(|step| {
                matches!(step, Step::Guard { kind: Kind::Process, .. })
                    || step.inside().into_iter().any(|steps| has(steps))
            })
        }
        has(&self.0)
    }
}

impl Step {
    /// The steps that are in this one.
    pub(crate) fn inside(&self) -> Vec<&Steps> {
        match self {
            Step::Guard { steps, .. }
            | Step::Measure(steps)
            | Step::Allow(steps)
            | Step::Catch(steps)
            | Step::FailNth { steps, .. }
            | Step::Thread { steps, .. } => vec![steps],
            Step::Both { left, right, .. } => vec![left, right],
            Step::Future { turns, .. } => turns.iter().flat_map(|turn| [&turn.before, &turn.steps]).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn inside_mut(&mut self) -> Vec<&mut Steps> {
        match self {
            Step::Guard { steps, .. }
            | Step::Measure(steps)
            | Step::Allow(steps)
            | Step::Catch(steps)
            | Step::FailNth { steps, .. }
            | Step::Thread { steps, .. } => vec![steps],
            Step::Both { left, right, .. } => vec![left, right],
            Step::Future { turns, .. } => {
                turns.iter_mut().flat_map(|turn| [&mut turn.before, &mut turn.steps]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What kind of step it is, for the table of what programs are made of.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Step::Allocate { align: 2.., .. } => "allocate, aligned",
            Step::Allocate { zeroed: true, .. } => "allocate, zeroed",
            Step::Allocate { .. } => "allocate",
            Step::Grow { .. } => "realloc that grows",
            Step::Shrink { .. } => "realloc that shrinks",
            Step::SameSize { .. } => "realloc to the same size",
            Step::Free { .. } => "free",
            Step::Churn { .. } => "allocate and free, several times",
            Step::Refused { .. } => "request that fails",
            Step::Guard { kind: Kind::NoAlloc, .. } => "`#[no_alloc]`",
            Step::Guard { kind: Kind::Count, .. } => "`#[alloc_budget(n)]`",
            Step::Guard { kind: Kind::Keys, .. } => "`#[alloc_budget(key = n, ..)]`",
            Step::Guard { kind: Kind::AssertNoAlloc, .. } => "`assert_no_alloc!`",
            Step::Guard { kind: Kind::AssertCount, .. } => "`assert_alloc_budget!(n, ..)`",
            Step::Guard { kind: Kind::AssertKeys, .. } => "`assert_alloc_budget!(key = n, ..)`",
            Step::Guard { kind: Kind::Process, .. } => "`scope = process`",
            Step::Measure(_) => "`measure`",
            Step::Allow(_) => "`allow_alloc!`",
            Step::Catch(_) => "`catch_unwind`",
            Step::FailNth { .. } => "`fail_nth`",
            Step::Thread { attached: true, .. } => "other thread, attached",
            Step::Thread { .. } => "other thread",
            Step::Both { attached: true, .. } => "two threads at once, attached",
            Step::Both { .. } => "two threads at once",
            Step::Future { kind: Wait::Count, .. } => "`async fn` with `n`",
            Step::Future { kind: Wait::Keys, .. } => "`async fn` with keys",
            Step::Future { kind: Wait::Measure, .. } => "`measure_future`",
            Step::Future { kind: Wait::Allow, .. } => "`allow_alloc!` with an `.await`",
            Step::Panic => "panic",
            Step::Return => "early return",
        }
    }
}

impl Wait {
    /// Of these limits, those that a future of this kind has.
    pub(crate) fn of(self, limits: Limits) -> Limits {
        match self {
            Wait::Count => Limits { allocations: limits.allocations, ..Limits::NONE },
            Wait::Keys => limits,
            Wait::Measure | Wait::Allow => Limits::NONE,
        }
    }
}
