//! A workload, and the ways in which its work is done.

use super::memory::Large;
use super::{Inputs, Meter, Outcome, Plan, Reading};

/// One table: the same work, done in several ways.
#[derive(Debug)]
pub(crate) struct Workload {
    /// For `--only`.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// What one operation is.
    pub(crate) operation: &'static str,
    /// How many operations are done where they are counted or compared.
    pub(crate) operations: u64,
    /// How many it takes until buffers are as large as they will be.
    pub(crate) warm_up: u64,
    pub(crate) sides: &'static [Side],
}

/// One way.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) work: Work,
    /// Puts one large buffer through it, where it keeps buffers.
    pub(crate) large: Option<Large>,
    /// How many allocations an operation may make in the steady state; checked where it is alloc-kit's.
    pub(crate) allocations: f64,
}

/// Whose way it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What one writes first.
    Naive,
    /// The best that is written by hand, or the raw crate.
    Hand,
    /// The first of these is what the others are compared with.
    Ours,
    /// Another crate's.
    Peer,
    /// Something that solves less, for orientation.
    Reference,
}

/// The work, once per operation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    One(fn(&Inputs, &mut Meter)),
    Two(fn(&Inputs, &Plan) -> Outcome),
}

impl Side {
    pub(crate) const fn naive(name: &'static str, work: Work) -> Self {
        Self { name, kind: Kind::Naive, work, large: None, allocations: 0.0 }
    }

    pub(crate) const fn hand(name: &'static str, work: Work) -> Self {
        Self { kind: Kind::Hand, ..Self::naive(name, work) }
    }

    pub(crate) const fn ours(name: &'static str, work: Work) -> Self {
        Self { kind: Kind::Ours, ..Self::naive(name, work) }
    }

    pub(crate) const fn peer(name: &'static str, work: Work) -> Self {
        Self { kind: Kind::Peer, ..Self::naive(name, work) }
    }

    pub(crate) const fn reference(name: &'static str, work: Work) -> Self {
        Self { kind: Kind::Reference, ..Self::naive(name, work) }
    }

    pub(crate) const fn large(self, large: Large) -> Self {
        Self { large: Some(large), ..self }
    }

    pub(crate) const fn may_allocate(self, allocations: f64) -> Self {
        Self { allocations, ..self }
    }

    /// Does the workload's operations once, after the warm-up.
    pub(crate) fn once(&self, inputs: &Inputs, workload: &Workload) -> Reading {
        match self.work {
            Work::One(work) => {
                let mut meter = Meter::new(workload.operations, workload.warm_up);
                work(inputs, &mut meter);
                meter.reading()
            }
            Work::Two(work) => {
                let outcome = work(inputs, &Plan { operations: workload.operations, samples: 4 });
                Reading { sum: outcome.sum, allocations: outcome.allocations, ..Reading::default() }
            }
        }
    }
}
