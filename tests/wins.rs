//! The workloads of the benches: all ways of a job come to the same answer, and allocate what they say.

use std::panic::{self, AssertUnwindSafe};

use alloc_kit::{Usage, assert_alloc_budget, assert_no_alloc, measure};
use alloc_kit_benches::threads::SCRATCH;
use alloc_kit_benches::{ALL, Kind, Side, Workload};

/// Sizes at which answers are compared beside the workload's own.
const SIZES: [usize; 4] = [1, 2, 10, 333];

#[test]
fn all_ways_come_to_the_same_answer() {
    for workload in ALL {
        for size in SIZES.into_iter().chain([workload.size]) {
            let mut sides = (workload.sides)(size);
            let (naive, others) = sides.split_first_mut().expect("a workload has sides");
            assert_eq!(naive.kind, Kind::Naive, "{}: the first side is the naive one", workload.id);
            let expected = naive.answer();
            for side in others {
                for time in ["first", "second"] {
                    let same = side.answer() == expected;
                    assert!(same, "{} of {size}: {}, the {time} time", workload.id, side.name);
                }
            }
        }
    }
}

#[test]
fn jobs_allocate_what_they_say() {
    for workload in ALL {
        let mut sides = (workload.sides)(workload.size);
        let said = sides.iter().filter(|side| side.allocations.is_some());
        let kinds: Vec<Kind> = said.map(|side| side.kind).collect();
        let both = kinds.contains(&Kind::Naive) && kinds.contains(&Kind::Kit);
        assert!(both, "{}: the naive way and alloc-kit's say what they allocate", workload.id);
        for side in &mut sides {
            judge(workload, side);
        }
    }
}

/// Figures are the caller's; a budget is about all that it starts.
#[test]
fn the_other_of_two_threads_keeps_the_budget() {
    let mut sides = (SCRATCH.sides)(SCRATCH.size);
    for side in &mut sides {
        side.run();
        match side.kind {
            Kind::Kit | Kind::Hand => assert_no_alloc!(side.run()),
            Kind::Naive => {
                let caller = measure(|| side.run()).1.allocations;
                let both = AssertUnwindSafe(|| assert_alloc_budget!(caller + caller / 2, side.run()));
                assert!(panic::catch_unwind(both).is_err(), "the other thread's were not counted");
            }
            Kind::Std => {}
        }
    }
}

fn judge(workload: &Workload, side: &mut Side) {
    side.run();
    let ((), Usage { allocations, .. }) = measure(|| side.run());
    let (holds, said) = (side.may_allocate(allocations), side.allocations);
    assert!(holds, "{}, {}: {allocations} allocations, said were {said:?}", workload.id, side.name);
}
