//! `refill`: the fields of a line, in one `Vec` for all lines of a text that is there as a whole.

use alloc_kit::Reuse;

use super::of_fields;
use crate::harness::{Inputs, LINES, Meter, Side, Work, Workload};

pub(crate) const REFILL: Workload = Workload {
    name: "refill",
    title: "`refill`",
    operation: "the fields of a line",
    operations: 4_096,
    warm_up: LINES,
    sides: &[
        Side::naive("`collect`", Work::One(collect)),
        Side::hand("`clear`, `extend`", Work::One(by_hand)),
        Side::ours("`refill`", Work::One(ours)),
    ],
};

fn collect(inputs: &Inputs, meter: &mut Meter) {
    meter.kept_lines(inputs, |line| {
        let fields: Vec<&str> = line.split(',').collect();
        of_fields(&fields)
    });
}

fn by_hand(inputs: &Inputs, meter: &mut Meter) {
    let mut fields = Vec::new();
    meter.kept_lines(inputs, |line| {
        fields.clear();
        fields.extend(line.split(','));
        of_fields(&fields)
    });
}

fn ours(inputs: &Inputs, meter: &mut Meter) {
    let mut fields = Vec::new();
    meter.kept_lines(inputs, |line| {
        fields.refill(line.split(','));
        of_fields(&fields)
    });
}
