//! `tracking-allocator`: tracking enabled, a group entered, and the cheapest tracker that can be read afterwards,
//! which adds up calls and bytes in a thread-local.

use std::alloc::System;
use std::cell::Cell;
use std::iter;

use counting_bench::{Counted, Mode};
use tracking_allocator::{
    AllocationGroupId, AllocationGroupToken, AllocationRegistry, AllocationTracker, Allocator,
};

#[global_allocator]
static GLOBAL: Allocator<System> = Allocator::system();

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
    static FREES: Cell<u64> = const { Cell::new(0) };
    static BYTES_FREED: Cell<usize> = const { Cell::new(0) };
}

struct Tracker;

impl AllocationTracker for Tracker {
    fn allocated(&self, _address: usize, size: usize, _wrapped_size: usize, _group: AllocationGroupId) {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        BYTES.set(BYTES.get() + size);
    }

    fn deallocated(
        &self,
        _address: usize,
        size: usize,
        _wrapped_size: usize,
        _source: AllocationGroupId,
        _current: AllocationGroupId,
    ) {
        FREES.set(FREES.get() + 1);
        BYTES_FREED.set(BYTES_FREED.get() + size);
    }
}

fn counted(work: &mut dyn FnMut()) -> Counted {
    let before = ALLOCATIONS.get();
    // Of two threads that register at once, one may get none.
    let mut token =
        iter::repeat_with(AllocationGroupToken::register).flatten().next().expect("it is endless");
    let guard = token.enter();
    work();
    drop(guard);
    Counted::Allocations(ALLOCATIONS.get() - before)
}

fn main() {
    AllocationRegistry::set_global_tracker(Tracker).expect("no tracker is set yet");
    AllocationRegistry::enable_tracking();
    counting_bench::main(&[Mode::thread(counted)]);
}
