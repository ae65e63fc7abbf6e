//! `upsert`: words are counted in a map that owns its keys.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use alloc_kit::upsert;
use hashbrown::HashMap as Hashbrown;

use crate::harness::{Inputs, LINES, Meter, Side, Work, Workload};

pub(crate) const UPSERT: Workload = Workload {
    name: "upsert",
    title: "`upsert`",
    operation: "a word counted",
    operations: 4_096,
    warm_up: LINES,
    sides: &[
        Side::naive("`entry(word.to_owned())`", Work::One(entry)),
        Side::hand("`get_mut`, else `insert`", Work::One(by_hand)),
        Side::ours("`upsert`", Work::One(ours)),
        Side::peer("hashbrown, `entry_ref`", Work::One(entry_ref)),
    ],
};

/// std's, but with the same seed in each process.
type Hasher = BuildHasherDefault<DefaultHasher>;
type Counts = HashMap<String, u64, Hasher>;

fn entry(inputs: &Inputs, meter: &mut Meter) {
    let mut counts: Counts = HashMap::default();
    meter.words(inputs, |word| {
        let count = counts.entry(word.to_owned()).or_insert(0);
        *count += 1;
        *count
    });
}

fn by_hand(inputs: &Inputs, meter: &mut Meter) {
    let mut counts: Counts = HashMap::default();
    meter.words(inputs, |word| {
        if let Some(count) = counts.get_mut(word) {
            *count += 1;
            *count
        } else {
            counts.insert(word.to_owned(), 1);
            1
        }
    });
}

fn entry_ref(inputs: &Inputs, meter: &mut Meter) {
    let mut counts: Hashbrown<String, u64, Hasher> = Hashbrown::default();
    meter.words(inputs, |word| {
        let count = counts.entry_ref(word).or_insert(0);
        *count += 1;
        *count
    });
}

fn ours(inputs: &Inputs, meter: &mut Meter) {
    let mut counts: Counts = HashMap::default();
    meter.words(inputs, |word| {
        upsert(
            &mut counts,
            word,
            || 0,
            |count| {
                *count += 1;
                *count
            },
        )
    });
}
