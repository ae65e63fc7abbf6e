//! `Recycler`: the fields of a line, where each line is gone before the next comes.

use alloc_kit::Recycler;
use recycle_vec::VecExt;

use super::of_fields;
use crate::harness::memory::Probe;
use crate::harness::{Inputs, LINES, Meter, Side, Work, Workload};

pub(crate) const RECYCLER: Workload = Workload {
    name: "recycler",
    title: "`Recycler`",
    operation: "the fields of a line",
    operations: 4_096,
    warm_up: LINES,
    sides: &[
        Side::naive("`collect`", Work::One(collect)),
        Side::hand("in-place `collect`", Work::One(in_place)).large(large_in_place),
        Side::ours("`Recycler`", Work::One(ours)).large(large_ours),
        Side::peer("`recycle_vec`", Work::One(recycle_vec)).large(large_recycle_vec),
    ],
};

fn collect(inputs: &Inputs, meter: &mut Meter) {
    meter.lines(inputs, |line| {
        let fields: Vec<&str> = line.split(',').collect();
        of_fields(&fields)
    });
}

/// The same allocation with another lifetime in its type: std's `collect` keeps it where both types are as large.
fn emptied<'to>(mut fields: Vec<&str>) -> Vec<&'to str> {
    fields.clear();
    fields.into_iter().map(|_| unreachable!()).collect()
}

fn in_place(inputs: &Inputs, meter: &mut Meter) {
    let mut kept: Vec<&'static str> = Vec::new();
    meter.lines(inputs, |line| {
        let mut fields = emptied(std::mem::take(&mut kept));
        fields.extend(line.split(','));
        let found = of_fields(&fields);
        kept = emptied(fields);
        found
    });
}

fn recycle_vec(inputs: &Inputs, meter: &mut Meter) {
    let mut kept: Vec<&'static str> = Vec::new();
    meter.lines(inputs, |line| {
        let mut fields: Vec<&str> = VecExt::recycle(std::mem::take(&mut kept));
        fields.extend(line.split(','));
        let found = of_fields(&fields);
        kept = VecExt::recycle(fields);
        found
    });
}

fn ours(inputs: &Inputs, meter: &mut Meter) {
    let mut recycler = Recycler::new();
    meter.lines(inputs, |line| {
        let mut fields = recycler.lease();
        fields.extend(line.split(','));
        of_fields(&fields)
    });
}

/// Adds fields until they take so many bytes.
fn fill<'l>(fields: &mut Vec<&'l str>, line: &'l str, bytes: usize) {
    fields.resize(bytes / size_of::<&str>(), line);
    std::hint::black_box(fields);
}

fn large_in_place(bytes: usize, probe: &mut Probe<'_>) {
    let mut kept: Vec<&'static str> = Vec::new();
    fill(&mut kept, "a", 1_000);
    probe();
    let line = String::from("a");
    let mut fields = emptied(kept);
    fill(&mut fields, &line, bytes);
    probe();
    kept = emptied(fields);
    probe();
    assert!(kept.is_empty());
}

fn large_ours(bytes: usize, probe: &mut Probe<'_>) {
    let mut recycler = Recycler::new();
    fill(&mut recycler.lease(), "a", 1_000);
    probe();
    let line = String::from("a");
    let mut fields = recycler.lease();
    fill(&mut fields, &line, bytes);
    probe();
    drop(fields);
    probe();
    std::hint::black_box(&recycler);
}

fn large_recycle_vec(bytes: usize, probe: &mut Probe<'_>) {
    let mut kept: Vec<&'static str> = Vec::new();
    fill(&mut kept, "a", 1_000);
    probe();
    let line = String::from("a");
    let mut fields = VecExt::recycle(kept);
    fill(&mut fields, &line, bytes);
    probe();
    kept = VecExt::recycle(fields);
    probe();
    assert!(kept.is_empty());
}
