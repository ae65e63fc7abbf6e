//! The annotation of alloc-kit that keeps a function as it is once its findings are mended, with a number only where the profile has one.
//!
//! A profile counts blocks and not calls. Calls are known where something in the function allocates once in each: a line of its own,
//! in no loop, no branch and no closure, that did not grow. What is computed is a mean, and says so; where a way into the allocator was taken by
//! some calls and not by others, or not as often by each, a mean is no budget, and there is no number.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::Joined;
use super::sites::Site;
use super::symbols;
use crate::audit::finding::{Function, Span};
use crate::audit::language::Language;
use crate::audit::model::{Entry, Proposal, Status};
use crate::audit::profile::{Frame, Point};
use crate::audit::rules::Category;
use crate::blocks::{counted, counted_as};

/// A function by its file and where it starts.
type Key = (usize, u32, u32);

/// A function that findings are in.
struct Target {
    function: Arc<Function>,
    /// Of all that was allocated while it ran.
    blocks: Option<u64>,
    /// How many blocks each allocation of its own has that is in no loop, and its line.
    once: Vec<(u64, u32)>,
    /// The blocks of each way from it into the allocator.
    ways: Vec<u64>,
}

/// Proposes one for each entry that was measured, whose rule an annotation can keep, in a function that can have one.
pub(super) fn add(entries: &mut [Entry], joined: &Joined<'_>) {
    let keys: Vec<Option<Key>> = entries.iter().map(|entry| key(entry, joined)).collect();
    let mut targets: BTreeMap<Key, Target> = BTreeMap::new();
    for (file, line, column) in keys.iter().flatten() {
        let functions = &joined.walked.files[*file].scanned.functions;
        let function =
            functions.iter().find(|function| (function.span.line, function.span.column) == (*line, *column));
        let target = function.map(|function| Target {
            function: Arc::clone(function),
            blocks: Some(0),
            once: Vec::new(),
            ways: Vec::new(),
        });
        targets.extend(target.map(|target| ((*file, *line, *column), target)));
    }
    measure(&mut targets, joined);
    let eliminable = eliminable(entries, joined);
    for (entry, key) in entries.iter_mut().zip(&keys) {
        let Some((key, target)) = key.and_then(|key| targets.get(&key).map(|target| (key, target))) else {
            continue;
        };
        let (annotation, why) = annotation(target, blocks_in(target, key.0, &eliminable, joined));
        entry.proposal = Some(Proposal {
            annotation,
            function: (*target.function).clone(),
            file: entry.finding.file.to_string(),
            line: target.function.span.line,
            why,
        });
    }
}

fn key(entry: &Entry, joined: &Joined<'_>) -> Option<Key> {
    let is_measured = matches!(entry.status, Status::Measured { .. });
    if !is_measured || !entry.finding.rule.annotation || entry.language != Language::Rust {
        return None;
    }
    let file = joined.walked.files.iter().position(|file| *file.shown == *entry.finding.file)?;
    // One that a closure is in has its budget; a line may have several.
    let start = |of: Span| (of.line, of.column);
    let span = entry.finding.span;
    let holds = |function: &&Arc<Function>| {
        let of = function.span;
        !function.name.is_empty() && start(of) <= start(span) && start(span) < (of.end_line, of.end_column)
    };
    let functions = &joined.walked.files[file].scanned.functions;
    let function = functions.iter().filter(holds).max_by_key(|function| start(function.span))?;
    // A program is run once, and a test is no part of it.
    (function.name != "main").then_some((file, function.span.line, function.span.column))
}

/// One walk over all stacks, for all functions.
fn measure(targets: &mut BTreeMap<Key, Target>, joined: &Joined<'_>) {
    for (number, one) in joined.measured.iter().enumerate() {
        let of_frames = &joined.sites.of_frames[number];
        let keys_of: Vec<Vec<Key>> = of_frames
            .iter()
            .map(|place| {
                let Some((file, line)) = *place else { return Vec::new() };
                let is_in = |(key, target): &(&Key, &Target)| {
                    let span = target.function.span;
                    key.0 == file && span.line <= line && line <= span.end_line
                };
                targets.iter().filter(is_in).map(|(key, _)| *key).collect()
            })
            .collect();
        // An allocation is the way into the allocator from the function on, whoever called it.
        let mut own: HashMap<(Key, u32, &[usize]), u64> = HashMap::new();
        let mut ways: HashMap<(Key, &[usize]), u64> = HashMap::new();
        for (index, point) in one.profile.points.iter().enumerate() {
            let mut keys: Vec<Key> =
                point.frames.iter().flat_map(|frame| &keys_of[*frame]).copied().collect();
            keys.sort_unstable();
            keys.dedup();
            for key in &keys {
                let Some(target) = targets.get_mut(key) else { continue };
                target.blocks = target.blocks.zip(point.blocks).map(|(one, other)| one.saturating_add(other));
                if let Some(depth) = point.frames.iter().position(|frame| keys_of[*frame].contains(key)) {
                    *ways.entry((*key, &point.frames[..=depth])).or_default() += point.blocks.unwrap_or(0);
                }
                let site = joined.sites.of_points[number][index].map(|site| &joined.sites.all[site]);
                let depth = site
                    .and_then(|site| own_depth(point, site, *key, &one.profile.frames, of_frames, joined));
                if let (Some(site), Some(depth), Some(blocks)) = (site, depth, point.blocks) {
                    *own.entry((*key, site.line, &point.frames[..depth])).or_default() += blocks;
                }
            }
        }
        for ((key, line, _), blocks) in own {
            targets.entry(key).and_modify(|target| target.once.push((blocks, line)));
        }
        for ((key, _), blocks) in ways {
            targets.entry(key).and_modify(|target| target.ways.push(blocks));
        }
    }
}

/// How many frames there are up to the function, where the point is an allocation of its own that each call may make once.
fn own_depth(
    point: &Point,
    site: &Site,
    (file, line, column): Key,
    frames: &[Frame],
    of_frames: &[Option<(usize, u32)>],
    joined: &Joined<'_>,
) -> Option<usize> {
    let is_own = site.file == file
        && site
            .function
            .as_ref()
            .is_some_and(|function| (function.span.line, function.span.column) == (line, column))
        && !symbols::is_closure(&site.symbol);
    let scanned = &joined.walked.files[file].scanned;
    // What is in a branch is done by some calls, and in a loop often by each.
    let mut not_once = scanned.loops.iter().chain(&scanned.branches);
    if !is_own || not_once.any(|lines| lines.first > line && lines.holds(site.line)) {
        return None;
    }
    let depth = point.frames.iter().position(|frame| of_frames[*frame] == Some((file, site.line)))?;
    // What grows does so now and then, and what is called for each item of an iterator often.
    let repeats = |frame: &usize| {
        let name = symbols::name(&frames[*frame].function).unwrap_or_default();
        ["grow", "reserve", "realloc", "extend", "for_each", "fold"].iter().any(|part| name.contains(part))
    };
    (!point.frames[..depth].iter().any(repeats)).then_some(depth)
}

/// The places of all findings that need not be. Entries are in the order of the findings.
fn eliminable(entries: &[Entry], joined: &Joined<'_>) -> HashSet<usize> {
    let those = entries.iter().enumerate().filter(|(_, entry)| {
        matches!(entry.status, Status::Measured { .. }) && entry.category == Category::Eliminable
    });
    those.flat_map(|(number, _)| joined.matching.sites_of(number)).collect()
}

/// The blocks of those of them that are in a function.
fn blocks_in(target: &Target, file: usize, eliminable: &HashSet<usize>, joined: &Joined<'_>) -> u64 {
    let span = target.function.span;
    let is_in = |site: &&Site| site.file == file && span.line <= site.line && site.line <= span.end_line;
    let sites = eliminable.iter().map(|site| &joined.sites.all[*site]).filter(is_in);
    sites.map(|site| site.cost.blocks.unwrap_or(0)).fold(0, u64::saturating_add)
}

/// The annotation, and how that is known.
fn annotation(target: &Target, eliminable: u64) -> (String, String) {
    let Some(blocks) = target.blocks else {
        return (unknown(), "the profile does not know blocks".to_owned() + MEASURE);
    };
    let said = counted(blocks, "block");
    if blocks > 0 && eliminable == blocks {
        return (
            "#[no_alloc]".to_owned(),
            format!("{said} in all, and all are of findings that need not be: once those are mended"),
        );
    }
    let Some((calls, lines)) = calls(&target.once) else {
        return (unknown(), format!("{said}, in calls that the profile does not count{MEASURE}"));
    };
    if calls == 1 {
        return (unknown(), format!("{said} in 1 call, which says nothing of another{MEASURE}"));
    }
    if !target.ways.iter().all(|blocks| blocks.is_multiple_of(calls)) {
        let calls = counted_as(calls, "call", "calls");
        return (unknown(), format!("{said}, in about {calls} that do not allocate alike{MEASURE}"));
    }
    let of_each = blocks / calls;
    let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
    let why = format!(
        "today {} a call on average: {said} in {}, if line {} allocates once in each",
        counted(of_each, "allocation"),
        counted_as(calls, "call", "calls"),
        lines.join(" and line ")
    );
    (format!("#[alloc_budget({of_each})]"), why)
}

const MEASURE: &str =
    ": let `cargo alloc-kit test` measure it, and `cargo alloc-kit tighten` write the number";

fn unknown() -> String {
    "#[alloc_budget(..)]".to_owned()
}

/// The number of calls, which most allocations have that each may make once; and their lines. Of two that as many have it is the larger
/// one, since what is behind an `if` is made less often.
fn calls(once: &[(u64, u32)]) -> Option<(u64, Vec<u32>)> {
    let mut lines: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for (blocks, line) in once {
        lines.entry(*blocks).or_default().push(*line);
    }
    let (calls, mut lines) = lines
        .into_iter()
        .max_by_key(|(calls, lines)| (lines.len(), *calls))
        .filter(|(calls, _)| *calls > 0)?;
    lines.sort_unstable();
    lines.dedup();
    Some((calls, lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_what_most_lines_say() {
        assert_eq!(calls(&[(10, 4), (10, 5), (3, 6)]), Some((10, vec![4, 5])));
        assert_eq!(calls(&[(10, 4), (3, 6)]), Some((10, vec![4])));
        assert_eq!(calls(&[]), None);
    }

    fn said(blocks: Option<u64>, once: &[(u64, u32)], eliminable: u64) -> (String, String) {
        let function = Function {
            name: "f".to_owned(),
            class: None,
            span: Span { line: 1, column: 1, end_line: 9, end_column: 2 },
            v8: ((1, 1), (1, 1)),
        };
        let ways = blocks.into_iter().collect();
        annotation(&Target { function: Arc::new(function), blocks, once: once.to_vec(), ways }, eliminable)
    }

    #[test]
    fn a_number_is_one_that_was_measured() {
        let (annotation, why) = said(Some(30_000), &[(10_000, 4)], 20_000);
        assert_eq!(annotation, "#[alloc_budget(3)]");
        assert_eq!(
            why,
            "today 3 allocations a call on average: 30,000 blocks in 10,000 calls, if line 4 allocates once in each"
        );
        assert_eq!(said(Some(30_000), &[(10_000, 4)], 30_000).0, "#[no_alloc]");
        assert_eq!(said(Some(30_001), &[(10_000, 4)], 0).0, "#[alloc_budget(..)]");
        assert_eq!(said(Some(30_000), &[], 0).0, "#[alloc_budget(..)]");
        assert_eq!(said(Some(30_000), &[(1, 4)], 0).0, "#[alloc_budget(..)]");
        assert_eq!(said(None, &[], 0).0, "#[alloc_budget(..)]");
        assert_eq!(said(Some(0), &[], 0).0, "#[alloc_budget(..)]");
    }
}
