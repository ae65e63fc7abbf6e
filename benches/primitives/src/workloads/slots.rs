//! `Slots`: batches of records, each copied from what somebody else owns, used and cleared.

use alloc_kit::Slots;

use super::records::{ByHand, Derived, Plain, batches, of_records, turn};
use crate::harness::memory::{self, Probe};
use crate::harness::{Inputs, Meter, Side, Work, Workload};

pub(crate) const SLOTS: Workload = Workload {
    name: "slots",
    title: "`Slots`",
    operation: "64 records copied, used, cleared",
    operations: 64,
    warm_up: 8,
    sides: &[
        Side::naive("`push(r.clone())`, `clear`", Work::One(push)),
        Side::hand("`clone_from` by an index", Work::One(by_index)).large(large_by_index),
        Side::ours("`Slots`", Work::One(ours)).large(large_ours),
    ],
};

fn push(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<Plain>(inputs);
    let mut rows = Vec::new();
    meter.numbers(|number| {
        for record in turn(&batches, number) {
            rows.push(record.clone());
        }
        let found = of_records(&rows);
        rows.clear();
        found
    });
}

fn by_index(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<ByHand>(inputs);
    let mut rows: Vec<ByHand> = Vec::new();
    meter.numbers(|number| {
        let mut used = 0;
        for record in turn(&batches, number) {
            match rows.get_mut(used) {
                Some(row) => row.clone_from(record),
                None => rows.push(record.clone()),
            }
            used += 1;
        }
        of_records(&rows[..used])
    });
}

fn ours(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<Derived>(inputs);
    let mut rows = Slots::new();
    meter.numbers(|number| {
        for record in turn(&batches, number) {
            rows.push_clone(record);
        }
        let found = of_records(&rows);
        rows.clear();
        found
    });
}

fn large_by_index(bytes: usize, probe: &mut Probe<'_>) {
    let mut rows: Vec<Vec<u8>> = vec![Vec::new()];
    memory::fill(&mut rows[0], 1_000);
    probe();
    memory::fill(&mut rows[0], bytes);
    probe();
    rows[0].clear();
    memory::fill(&mut rows[0], 1_000);
    probe();
}

fn large_ours(bytes: usize, probe: &mut Probe<'_>) {
    let mut rows: Slots<Vec<u8>> = Slots::new();
    memory::fill(rows.add(), 1_000);
    rows.clear();
    probe();
    memory::fill(rows.add(), bytes);
    probe();
    rows.clear();
    memory::fill(rows.add(), 1_000);
    probe();
}
