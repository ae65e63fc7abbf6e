//! `Pool`: a buffer is taken, a line copied into it, and it is given back; on one thread, and on two at one pool.

use std::ops::DerefMut;

use super::of_bytes;
use super::pool_peers::{Lockfree, LockfreeSpin, ObjectPool, Opool, Regex, ThreadLocalCrate};
use super::pool_sides::{ByHand, Nothing, OfThread, Ours, OursCommon, OursOwned};
use crate::harness::memory::{self, Probe};
use crate::harness::{Inputs, LINES, Meter, Outcome, Plan, Side, Work, Workload, pair};

pub(crate) const POOL: Workload = Workload {
    name: "pool",
    title: "`Pool`, one thread",
    operation: "a buffer taken, filled with a line, given back",
    operations: 4_096,
    warm_up: LINES,
    sides: &[
        Side::naive("`Vec::with_capacity`", Work::One(alone::<Nothing>)),
        Side::hand("`Mutex<Vec<Vec<u8>>>`", Work::One(alone::<ByHand>)).large(large::<ByHand>),
        Side::ours("`Pool`", Work::One(alone::<Ours>)).large(large::<Ours>),
        Side::ours("`Pool`, `lease_arc`", Work::One(alone::<OursOwned>)),
        Side::ours("`Pool`, `own_values(0)`", Work::One(alone::<OursCommon>)),
        Side::peer("object-pool", Work::One(alone::<ObjectPool>)).large(large::<ObjectPool>),
        Side::peer("opool", Work::One(alone::<Opool>)).large(large::<Opool>),
        Side::peer("lockfree-object-pool, linear", Work::One(alone::<Lockfree>)).large(large::<Lockfree>),
        Side::peer("lockfree-object-pool, spin", Work::One(alone::<LockfreeSpin>))
            .large(large::<LockfreeSpin>),
        Side::peer("regex-automata's", Work::One(alone::<Regex>)).large(large::<Regex>),
        Side::reference("`lend`, a thread-local", Work::One(alone::<OfThread>)).large(large::<OfThread>),
        Side::reference("`thread_local`, a `RefCell`", Work::One(alone::<ThreadLocalCrate>))
            .large(large::<ThreadLocalCrate>),
    ],
};

pub(crate) const POOL_2: Workload = Workload {
    name: "pool_2",
    title: "`Pool`, two threads",
    operation: "the same, on each of two threads at one pool",
    sides: &[
        Side::naive("`Vec::with_capacity`", Work::Two(hammered::<Nothing>)),
        Side::hand("`Mutex<Vec<Vec<u8>>>`", Work::Two(hammered::<ByHand>)),
        // The two may meet for the first time.
        Side::ours("`Pool`", Work::Two(hammered::<Ours>)).may_allocate(0.01),
        Side::ours("`Pool`, `lease_arc`", Work::Two(hammered::<OursOwned>)).may_allocate(0.01),
        Side::ours("`Pool`, `own_values(0)`", Work::Two(hammered::<OursCommon>)).may_allocate(0.01),
        Side::peer("object-pool", Work::Two(hammered::<ObjectPool>)),
        Side::peer("opool", Work::Two(hammered::<Opool>)),
        Side::peer("lockfree-object-pool, linear", Work::Two(hammered::<Lockfree>)),
        Side::peer("lockfree-object-pool, spin", Work::Two(hammered::<LockfreeSpin>)),
        Side::peer("regex-automata's", Work::Two(hammered::<Regex>)),
        Side::reference("`lend`, a thread-local", Work::Two(hammered::<OfThread>)),
        Side::reference("`thread_local`, a `RefCell`", Work::Two(hammered::<ThreadLocalCrate>)),
    ],
    ..POOL
};

/// Where threads get their buffers.
pub(crate) trait Buffers: Sync {
    fn new() -> Self;
    /// Does something with an empty buffer.
    fn with<R>(&self, work: impl FnOnce(&mut Vec<u8>) -> R) -> R;
}

/// The same, where a buffer comes as a value that gives it back when dropped.
pub(crate) trait Leases: Sync {
    type Lease<'p>: DerefMut<Target = Vec<u8>>
    where
        Self: 'p;
    fn new() -> Self;
    /// An empty buffer.
    fn lease(&self) -> Self::Lease<'_>;
}

impl<P: Leases> Buffers for P {
    fn new() -> Self {
        Leases::new()
    }

    #[inline]
    fn with<R>(&self, work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        work(&mut self.lease())
    }
}

#[inline]
fn fill(buffer: &mut Vec<u8>, line: &str) -> u64 {
    buffer.extend_from_slice(line.as_bytes());
    of_bytes(buffer)
}

fn alone<P: Buffers>(inputs: &Inputs, meter: &mut Meter) {
    let pool = P::new();
    meter.lines(inputs, |line| pool.with(|buffer| fill(buffer, line)));
}

fn hammered<P: Buffers>(inputs: &Inputs, plan: &Plan) -> Outcome {
    let pool = P::new();
    let work = || inputs.each_line(plan.operations, |line| pool.with(|buffer| fill(buffer, line)));
    pair::run(plan, work, work)
}

fn large<P: Buffers>(bytes: usize, probe: &mut Probe<'_>) {
    let pool = P::new();
    pool.with(|buffer| memory::fill(buffer, 1_000));
    probe();
    pool.with(|buffer| {
        memory::fill(buffer, bytes);
        probe();
    });
    probe();
}
