//! `Scratch`: a buffer behind `&self` in a field, and one in a thread-local.

use std::cell::{Cell, RefCell};

use alloc_kit::{Lend, Scratch};

use super::of_bytes;
use crate::harness::memory::{self, Probe};
use crate::harness::{Inputs, LINES, Meter, Side, Work, Workload};

pub(crate) const SCRATCH: Workload = Workload {
    name: "scratch",
    title: "`Scratch`, a field",
    operation: "a line copied into a buffer",
    operations: 4_096,
    warm_up: LINES,
    sides: &[
        Side::naive("`Vec::new()`", Work::One(new)),
        Side::hand("`Cell`, `take` and `set`", Work::One(of_field::<TakeAndSet>)).large(large::<TakeAndSet>),
        Side::hand("`RefCell`", Work::One(of_field::<Borrow>)).large(large::<Borrow>),
        Side::ours("`Scratch`", Work::One(of_field::<Ours>)).large(large::<Ours>),
    ],
};

pub(crate) const LEND: Workload = Workload {
    name: "lend",
    title: "`lend`, thread-local",
    sides: &[
        Side::naive("`Vec::new()`", Work::One(new)),
        Side::hand("`Cell`, `take` and `set`", Work::One(of_thread::<TakeAndSet>))
            .large(large_of_thread::<TakeAndSet>),
        Side::hand("`RefCell`", Work::One(of_thread::<Borrow>)).large(large_of_thread::<Borrow>),
        Side::ours("`lend`", Work::One(of_thread::<Ours>)).large(large_of_thread::<Ours>),
    ],
    ..SCRATCH
};

/// A place for a buffer.
trait Place {
    fn new() -> Self;
    /// Uses a buffer that is empty.
    fn with<R>(&self, work: impl FnOnce(&mut Vec<u8>) -> R) -> R;
    /// The same with the thread's.
    fn with_of_thread<R>(work: impl FnOnce(&mut Vec<u8>) -> R) -> R;
}

type Borrow = RefCell<Vec<u8>>;
type TakeAndSet = Cell<Vec<u8>>;
type Ours = Scratch<Vec<u8>>;

thread_local! {
    static BORROW: Borrow = const { RefCell::new(Vec::new()) };
    static TAKE_AND_SET: TakeAndSet = const { Cell::new(Vec::new()) };
    static OURS: Ours = const { Scratch::new() };
}

/// Panics when entered again.
impl Place for Borrow {
    fn new() -> Self {
        Self::default()
    }

    #[inline]
    fn with<R>(&self, work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut buffer = self.borrow_mut();
        buffer.clear();
        work(&mut buffer)
    }

    #[inline]
    fn with_of_thread<R>(work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        BORROW.with(|place| place.with(work))
    }
}

/// Keeps whatever it was.
impl Place for TakeAndSet {
    fn new() -> Self {
        Self::default()
    }

    #[inline]
    fn with<R>(&self, work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut buffer = self.take();
        buffer.clear();
        let result = work(&mut buffer);
        self.set(buffer);
        result
    }

    #[inline]
    fn with_of_thread<R>(work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        TAKE_AND_SET.with(|place| place.with(work))
    }
}

impl Place for Ours {
    fn new() -> Self {
        Scratch::new()
    }

    #[inline]
    fn with<R>(&self, work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        self.lend(work)
    }

    #[inline]
    fn with_of_thread<R>(work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        OURS.lend(work)
    }
}

#[inline]
fn fill(buffer: &mut Vec<u8>, line: &str) -> u64 {
    buffer.extend_from_slice(line.as_bytes());
    of_bytes(buffer)
}

fn new(inputs: &Inputs, meter: &mut Meter) {
    meter.lines(inputs, |line| fill(&mut Vec::new(), line));
}

fn of_field<P: Place>(inputs: &Inputs, meter: &mut Meter) {
    let place = P::new();
    // Others may refer to the place, as they may to a field: the buffer cannot be kept in registers.
    let place = std::hint::black_box(&place);
    meter.lines(inputs, |line| place.with(|buffer| fill(buffer, line)));
}

fn of_thread<P: Place>(inputs: &Inputs, meter: &mut Meter) {
    meter.lines(inputs, |line| P::with_of_thread(|buffer| fill(buffer, line)));
}

fn large<P: Place>(bytes: usize, probe: &mut Probe<'_>) {
    let place = P::new();
    place.with(|buffer| memory::fill(buffer, 1_000));
    probe();
    place.with(|buffer| {
        memory::fill(buffer, bytes);
        probe();
    });
    probe();
}

fn large_of_thread<P: Place>(bytes: usize, probe: &mut Probe<'_>) {
    P::with_of_thread(|buffer| memory::fill(buffer, 1_000));
    probe();
    P::with_of_thread(|buffer| {
        memory::fill(buffer, bytes);
        probe();
    });
    probe();
}
