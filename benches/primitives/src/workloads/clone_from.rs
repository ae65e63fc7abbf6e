//! `#[derive(CloneFrom)]`: a batch of records is copied over the one before.

use super::records::{ByHand, Derived, Plain, Record, batches, of_records, turn};
use crate::harness::{Inputs, Meter, Side, Work, Workload};

pub(crate) const CLONE_FROM: Workload = Workload {
    name: "clone_from",
    title: "`#[derive(CloneFrom)]`",
    operation: "64 records copied over 64",
    operations: 64,
    warm_up: 8,
    sides: &[
        Side::naive("`#[derive(Clone)]`", Work::One(copy::<Plain>)),
        Side::hand("`clone_from` by hand", Work::One(copy::<ByHand>)),
        Side::ours("`#[derive(CloneFrom)]`", Work::One(copy::<Derived>)),
    ],
};

fn copy<R: Record>(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<R>(inputs);
    let mut current: Vec<R> = Vec::new();
    meter.numbers(|number| {
        let batch = turn(&batches, number);
        if current.is_empty() {
            current.extend_from_slice(batch);
        } else {
            current.clone_from_slice(batch);
        }
        of_records(&current)
    });
}
