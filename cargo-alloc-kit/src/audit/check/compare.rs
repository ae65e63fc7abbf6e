//! What was measured against a profile that was kept: in all, and by file and function. Lines do not matter, so that those which
//! moved are compared all the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::audit::join::ByFunction;
use crate::audit::model::Cost;
use crate::ratchet::file::Tolerance;
use crate::table::count;

/// What changed beyond the tolerance.
#[derive(Debug, Default, Serialize)]
pub(super) struct Compared {
    /// What grew: the total, files, functions.
    pub(super) worse: Vec<Change>,
    pub(super) better: Vec<Change>,
    /// Functions that the baseline has nothing of. They fail nothing by themselves: the total and their files do.
    pub(super) new: Vec<Change>,
    /// How many are as they were.
    pub(super) same: usize,
    /// Why nothing was compared, or not all.
    pub(super) unsure: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Change {
    /// `in all`, a file, or a function with its file.
    pub(super) of: String,
    pub(super) before: Cost,
    pub(super) after: Cost,
}

/// By how much figures may differ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Within {
    pub(super) tolerance: Tolerance,
    /// Nobody set it: what is sampled is never the same twice.
    pub(super) is_of_sampling: bool,
}

/// Two runs of one program differed by 0.16 % in all, and functions that allocate little by more.
const OF_SAMPLING: Tolerance = Tolerance::Share(200);

impl Within {
    pub(super) fn of(set: Option<Tolerance>, is_sampled: bool) -> Self {
        let is_of_sampling = set.is_none() && is_sampled;
        let default = if is_sampled { OF_SAMPLING } else { Tolerance::default() };
        Self { tolerance: set.unwrap_or(default), is_of_sampling }
    }
}

pub(super) fn compare(before: &ByFunction, after: &ByFunction, tolerance: Tolerance) -> Compared {
    let mut compared = Compared::default();
    for (side, what) in [(before, "the baseline"), (after, "the profile")] {
        if side.functions.is_empty() {
            compared.unsure.push(format!("{what} has nothing in the files that were scanned"));
        }
        let doubts = side.doubts.iter().map(|doubt| format!("{what}: {doubt}"));
        compared.unsure.extend(doubts);
    }
    if before.origins != after.origins {
        let [before, after] =
            [before, after].map(|side| side.origins.iter().cloned().collect::<Vec<_>>().join(", "));
        let text = format!(
            "the baseline is of {before}, and the profile of {after}: their figures are no measure of each other"
        );
        compared.unsure.push(text);
        return compared;
    }
    compared.unsure.extend(other_command(before, after));
    compared.add("in all".to_owned(), Some(before.total), Some(after.total), tolerance);
    let (of_files_before, of_files_after) = (by_file(before), by_file(after));
    // What did not run allocates nothing, and is no better for it.
    let is_gone = |file: &String| !after.seen.contains(file);
    for (file, cost) in of_files_before.iter().filter(|(file, cost)| is_gone(file) && cost.bytes > 0) {
        compared.unsure.push(format!(
            "{file} allocated {} bytes in the baseline, and the profile has no frame in it: it did not run, or allocates nothing now",
            count(cost.bytes)
        ));
    }
    for file in keys(&of_files_before, &of_files_after).into_iter().filter(|file| !is_gone(file)) {
        let of = |side: &BTreeMap<String, Cost>| side.get(file).copied();
        compared.add(file.clone(), of(&of_files_before), of(&of_files_after), tolerance);
    }
    for key in keys(&before.functions, &after.functions) {
        let (file, function) = key;
        if is_gone(file) {
            continue;
        }
        let of = |side: &ByFunction| side.functions.get(key).copied();
        compared.add(format!("{function} in {file}"), of(before), of(after), tolerance);
    }
    for list in [&mut compared.worse, &mut compared.better, &mut compared.new] {
        list.sort_by_key(|change| std::cmp::Reverse(change.after.bytes.abs_diff(change.before.bytes)));
    }
    compared
}

/// That another command was run, as far as both sides know theirs.
fn other_command(before: &ByFunction, after: &ByFunction) -> Option<String> {
    let both = |of: fn(&ByFunction) -> &BTreeSet<String>| {
        let (before, after) = (of(before), of(after));
        (!before.is_empty() && !after.is_empty()).then_some((before, after))
    };
    // What was asked for says more than what the profiler saw, which may be a program by another name.
    let (before, after) = both(|side| &side.captured).or_else(|| both(|side| &side.commands))?;
    let [before, after] = [before, after].map(|of| of.iter().cloned().collect::<Vec<_>>().join("`, `"));
    (before != after)
        .then(|| format!("the baseline is of the command `{before}`, and the profile of `{after}`"))
}

impl Compared {
    fn add(&mut self, of: String, before: Option<Cost>, after: Option<Cost>, tolerance: Tolerance) {
        let nothing = Cost::sum([]);
        let change = Change { of, before: before.unwrap_or(nothing), after: after.unwrap_or(nothing) };
        let (bytes, blocks) = change.differ(tolerance);
        match (bytes.max(blocks), bytes.min(blocks)) {
            _ if before.is_none() && change.after.bytes > 0 => self.new.push(change),
            (1, _) => self.worse.push(change),
            (_, -1) => self.better.push(change),
            _ => self.same += 1,
        }
    }
}

impl Change {
    /// Of bytes and of blocks: 1 where they grew beyond the tolerance, -1 where they shrank so. A tolerance in bytes says nothing
    /// of blocks, which are then not compared.
    fn differ(&self, tolerance: Tolerance) -> (i8, i8) {
        let of = |before: u64, after: u64| {
            let saved = i64::try_from(before).unwrap_or(i64::MAX);
            let allowed = tolerance.around(saved).unsigned_abs();
            match after.abs_diff(before) > allowed {
                false => 0,
                true if after > before => 1,
                true => -1,
            }
        };
        let blocks = match (self.before.blocks, self.after.blocks, tolerance) {
            (Some(before), Some(after), Tolerance::Share(_) | Tolerance::Bytes(0)) => of(before, after),
            _ => 0,
        };
        (of(self.before.bytes, self.after.bytes), blocks)
    }
}

fn by_file(side: &ByFunction) -> BTreeMap<String, Cost> {
    let mut files: BTreeMap<String, Cost> = BTreeMap::new();
    for ((file, _), cost) in &side.functions {
        let sum = files.entry(file.clone()).or_insert_with(|| Cost::sum([]));
        *sum = Cost::sum([*sum, *cost]);
    }
    files
}

fn keys<'a, K: Ord, V>(one: &'a BTreeMap<K, V>, other: &'a BTreeMap<K, V>) -> Vec<&'a K> {
    let mut keys: Vec<&K> = one.keys().chain(other.keys()).collect();
    keys.sort();
    keys.dedup();
    keys
}
