//! Two lists of figures of which something came or went in between.

use std::collections::BTreeMap;

use super::matching::Pair;
use crate::record::Figures;

/// Pairs of two lists of different lengths: as many as there can be in order that are the same, then what is between two of
/// these, then what is left. So one that got worse is not one that went and another that came.
pub(super) fn aligned(before: &[&Figures], after: &[&Figures]) -> Vec<Pair> {
    let mut places: BTreeMap<&Figures, Vec<usize>> = BTreeMap::new();
    for (index, figures) in after.iter().enumerate().rev() {
        places.entry(figures).or_default().push(index);
    }
    let same = before.iter().enumerate().filter_map(|(index, figures)| {
        let other = places.get_mut(figures).and_then(Vec::pop)?;
        Some((index, other))
    });
    let mut anchors = increasing(&same.collect::<Vec<_>>());
    anchors.push((before.len(), after.len()));
    let mut pairs = Vec::new();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let (mut next_old, mut next_new) = (0, 0);
    for (one, other) in anchors {
        let between = (one - next_old).min(other - next_new);
        pairs.extend((0..between).map(|n| (next_old + n, next_new + n)));
        old.extend(next_old + between..one);
        new.extend(next_new + between..other);
        if one < before.len() {
            pairs.push((one, other));
        }
        (next_old, next_new) = (one + 1, other + 1);
    }
    pairs.extend(old.into_iter().zip(new));
    pairs
}

/// The longest part of pairs in the order of their first ones in which the second ones are in order, too.
fn increasing(pairs: &[Pair]) -> Vec<Pair> {
    // For each length the pair that ends it with the least second one, and of each pair the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, (_, second)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *second);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut longest = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(index) = next {
        longest.push(pairs[index]);
        next = before[index];
    }
    longest.reverse();
    longest
}

#[cfg(test)]
#[path = "align_tests.rs"]
mod tests;
