//! `Pool`: one thread takes buffers and fills them, another reads them and gives them back.

use crossbeam_queue::ArrayQueue;

use super::of_bytes;
use super::pool::{Leases, POOL};
use super::pool_peers::{Lockfree, LockfreeSpin, ObjectPool, Opool, Regex};
use super::pool_sides::{ByHand, Nothing, Ours, OursOwned};
use crate::harness::pair::{self, spin};
use crate::harness::{Inputs, Outcome, Plan, Side, Work, Workload};

pub(crate) const HAND_OVER: Workload = Workload {
    name: "hand_over",
    title: "`Pool`, handed over",
    operation: "a buffer taken and filled by one thread, read and given back by another",
    sides: &[
        Side::naive("`Vec::with_capacity`", Work::Two(handed_over::<Nothing>)),
        Side::hand("`Mutex<Vec<Vec<u8>>>`", Work::Two(handed_over::<ByHand>)),
        // As many as are on their way at once may be a new record.
        Side::ours("`Pool`", Work::Two(handed_over::<Ours>)).may_allocate(0.01),
        Side::ours("`Pool`, `lease_arc`", Work::Two(handed_over::<OursOwned>)).may_allocate(0.01),
        Side::peer("object-pool", Work::Two(handed_over::<ObjectPool>)),
        Side::peer("opool", Work::Two(handed_over::<Opool>)),
        Side::peer("lockfree-object-pool, linear", Work::Two(handed_over::<Lockfree>)),
        Side::peer("lockfree-object-pool, spin", Work::Two(handed_over::<LockfreeSpin>)),
        Side::peer("regex-automata's", Work::Two(handed_over::<Regex>)),
    ],
    ..POOL
};

/// How many may be on their way: fewer than a pool keeps by default. The queue costs all sides the same.
const ON_THE_WAY: usize = 8;

fn handed_over<P: Leases>(inputs: &Inputs, plan: &Plan) -> Outcome
where
    for<'p> P::Lease<'p>: Send,
{
    let pool = P::new();
    let queue = ArrayQueue::new(ON_THE_WAY);
    let send = || {
        inputs.each_line(plan.operations, |line| {
            let mut buffer = pool.lease();
            buffer.extend_from_slice(line.as_bytes());
            let (mut buffer, mut spins) = (buffer, 0);
            while let Err(full) = queue.push(buffer) {
                buffer = full;
                spin(&mut spins);
            }
            0
        })
    };
    let receive = || {
        inputs.each_line(plan.operations, |_line| {
            let mut spins = 0;
            loop {
                match queue.pop() {
                    Some(buffer) => return of_bytes(&buffer),
                    None => spin(&mut spins),
                }
            }
        })
    };
    pair::run(plan, send, receive)
}
