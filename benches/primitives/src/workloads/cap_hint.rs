//! `CapHint`: lists of lengths that are alike, each of which is given away.

use std::hint::black_box;

use alloc_kit::CapHint;

use crate::harness::{Inputs, LINES, Meter, Side, Work, Workload};

/// What somebody found out, and wrote down: no line has more.
const MOST: usize = 64;

pub(crate) const CAP_HINT: Workload = Workload {
    name: "cap_hint",
    title: "`CapHint`",
    operation: "a list of 20 to 50 pushed to",
    operations: 4_096,
    warm_up: LINES,
    sides: &[
        Side::naive("`Vec::new()`", Work::One(new)),
        Side::hand("`with_capacity(64)`", Work::One(by_hand)),
        // One list in five is longer than was usual lately.
        Side::ours("`CapHint`", Work::One(ours)).may_allocate(1.25),
    ],
};

/// The places of all letters, which go to somebody who keeps them.
#[inline]
fn push(mut places: Vec<u32>, line: &str) -> Vec<u32> {
    for (place, byte) in line.bytes().enumerate() {
        if byte.is_ascii_lowercase() {
            places.push(u32::try_from(place).expect("a short line"));
        }
    }
    places
}

#[inline(never)]
fn keep(places: &[u32]) -> u64 {
    black_box(places).len() as u64
}

fn new(inputs: &Inputs, meter: &mut Meter) {
    meter.lines(inputs, |line| keep(&push(Vec::new(), line)));
}

fn by_hand(inputs: &Inputs, meter: &mut Meter) {
    meter.lines(inputs, |line| keep(&push(Vec::with_capacity(MOST), line)));
}

fn ours(inputs: &Inputs, meter: &mut Meter) {
    static PLACES: CapHint = CapHint::new();
    meter.lines(inputs, |line| {
        let places = push(PLACES.vec(), line);
        PLACES.observe(places.len());
        keep(&places)
    });
}
