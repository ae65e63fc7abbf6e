//! What changed since the figures were saved.
//!
//! `matching.rs` says which function is which entry. What a test run did not see is not gone, and what it saw less of has not
//! got better: `scope.rs` says which that is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::file::{Entry, KEYS, Saved};
use super::matching;
use super::scope::Scope;
use crate::record::{Figures, Site, Verdict};
use crate::shard::Budget;
use crate::view::Platform;

/// What changed on a platform.
#[expect(clippy::struct_field_names, reason = "they are what it is of")]
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Changes {
    pub(crate) target: String,
    pub(crate) profile: String,
    /// Whether anything is saved for the platform.
    pub(crate) is_saved: bool,
    /// Functions that were held against what is saved.
    pub(crate) compared: usize,
    /// By kind, then name.
    pub(crate) changes: Vec<Change>,
}

/// What changed of a function.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// The name under which it was saved, if that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) was: Option<String>,
    pub(crate) file: String,
    /// Where it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u32>,
    /// The figures that differ, or all of them where there is nothing to compare them with.
    pub(crate) figures: BTreeMap<String, Figure>,
}

/// A figure, as it was saved and as it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Figure {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<i64>,
}

/// What happened to a function, in the order in which it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// It uses more of something, whatever it uses less of.
    Worse,
    Better,
    /// Saved under another name, it seems.
    Renamed,
    New,
    Gone,
    /// Saved, and not called in this run.
    NeverExercised,
    /// Saved, and called, but no call could be judged.
    NotVerified,
    /// It may be one of several that are saved, and is worse than some of them.
    NotCompared,
}

/// A function that a test called.
pub(super) struct Function<'a> {
    /// With type arguments where there is another of its name, or it is saved so.
    pub(super) name: String,
    /// Without.
    pub(super) short: String,
    pub(super) file: String,
    pub(super) budget: &'a Budget,
}

impl Function<'_> {
    pub(super) fn figures(&self) -> &Figures {
        &self.budget.seen.most
    }
}

/// What changed. A platform without a section has nothing that is new: all of it is.
pub(crate) fn compare(saved: &Saved, platform: &Platform, scope: &Scope) -> Changes {
    let functions = functions(platform, saved.of(&platform.target, &platform.profile).unwrap_or_default());
    let mut changes = Changes {
        target: platform.target.clone(),
        profile: platform.profile.clone(),
        is_saved: false,
        compared: 0,
        changes: Vec::new(),
    };
    let Some(entries) = saved.of(&platform.target, &platform.profile) else { return changes };
    let matched = matching::matched(saved, entries, &functions, platform, scope);
    changes.is_saved = true;
    changes.compared = matched.pairs.len() + matched.no_worse;
    let change = |kind, entry: Option<&Entry>, function: Option<&Function<'_>>| {
        let name = function.map_or_else(|| entry.map(|entry| entry.key.clone()), |of| Some(of.name.clone()));
        let name = name.unwrap_or_default();
        let file = function.map(|of| &of.file).or_else(|| entry.map(|entry| &entry.file));
        Change {
            kind,
            was: entry.filter(|entry| entry.name != name).map(|entry| entry.key.clone()),
            name,
            file: file.cloned().unwrap_or_default(),
            line: function.map(|of| of.budget.site.line),
            figures: figures(entry.map(|entry| &entry.figures), function.map(Function::figures)),
        }
    };
    for (entry, function) in matched.pairs {
        let (entry, function) = (&entries[entry], &functions[function]);
        let (is_worse, is_better) = verdict(saved, entry, function);
        let kind = match (is_worse, is_better && scope.is_sure_of(&entry.file)) {
            (true, _) => Kind::Worse,
            (false, true) => Kind::Better,
            (false, false) => continue,
        };
        let mut change = change(kind, Some(entry), Some(function));
        change.was = change.was.filter(|_| entry.name != function.name);
        change.figures.retain(|key, figure| {
            let (Some(before), Some(after)) = (figure.before, figure.after) else { return false };
            before.abs_diff(after) > saved.allowance(entry, key, before).unsigned_abs()
        });
        changes.changes.push(change);
    }
    for (entry, function) in matched.renamed {
        changes.changes.push(change(Kind::Renamed, Some(&entries[entry]), Some(&functions[function])));
    }
    changes.changes.extend(matched.new.iter().map(|new| change(Kind::New, None, Some(&functions[*new]))));
    changes.changes.extend(matched.gone.iter().map(|gone| change(Kind::Gone, Some(&entries[*gone]), None)));
    for function in matched.not_compared {
        changes.changes.push(change(Kind::NotCompared, None, Some(&functions[function])));
    }
    for (entry, line, verdict) in matched.not_judged {
        let kind = match verdict {
            Verdict::NeverExercised => Kind::NeverExercised,
            Verdict::NotVerified => Kind::NotVerified,
            // Held without a call, say.
            Verdict::Broken | Verdict::Held => Kind::NotCompared,
        };
        let mut change = change(kind, Some(&entries[entry]), None);
        change.line = Some(line);
        changes.changes.push(change);
    }
    changes.changes.sort_by(|one, other| {
        (one.kind, &one.name, &one.file, one.line).cmp(&(other.kind, &other.name, &other.file, other.line))
    });
    changes
}

impl Changes {
    /// How many are of a kind.
    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.changes.iter().filter(|change| change.kind == kind).count()
    }
}

/// Whether a figure is worse, and whether one is better. What an entry does not have is not compared.
pub(super) fn verdict(saved: &Saved, entry: &Entry, function: &Function<'_>) -> (bool, bool) {
    let (mut is_worse, mut is_better) = (false, false);
    for (key, before) in &entry.figures {
        let Some(after) = function.figures().get(key) else { continue };
        let allowance = saved.allowance(entry, key, *before);
        is_worse |= *after > before.saturating_add(allowance);
        is_better |= *after < before.saturating_sub(allowance);
    }
    (is_worse, is_better)
}

fn figures(before: Option<&Figures>, after: Option<&Figures>) -> BTreeMap<String, Figure> {
    let of = |figures: Option<&Figures>, key: &str| figures.and_then(|figures| figures.get(key)).copied();
    let figure = |key: &str| Figure { before: of(before, key), after: of(after, key) };
    let known = |figure: &Figure| figure.before.is_some() || figure.after.is_some();
    KEYS.iter().map(|key| ((*key).to_owned(), figure(key))).filter(|(_, figure)| known(figure)).collect()
}

/// The functions of the workspace of which a call was judged, by name, file and place.
pub(super) fn functions<'a>(platform: &'a Platform, entries: &[Entry]) -> Vec<Function<'a>> {
    let judged = platform.budgets.iter().filter(|budget| !budget.seen.most.is_empty());
    let mut functions: Vec<Function<'_>> = judged
        .filter_map(|budget| {
            let (short, file) = (budget.name(), file(&budget.site)?);
            Some(Function { name: short.clone(), short, file, budget })
        })
        .collect();
    name_in_full(&mut functions, entries);
    functions.sort_by(|one, other| place(one).cmp(&place(other)));
    functions
}

/// Gives functions their type arguments and their trait where these tell them apart.
fn name_in_full(functions: &mut [Function<'_>], entries: &[Entry]) {
    let saved: BTreeSet<(&str, &str)> = entries.iter().map(|entry| (&*entry.file, &*entry.name)).collect();
    let full: Vec<Option<String>> = functions.iter().map(|of| of.budget.full_name()).collect();
    let mut of_short: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut of_full: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (of, full) in functions.iter().zip(&full) {
        *of_short.entry((&of.file, &of.short)).or_default() += 1;
        if let Some(full) = full {
            *of_full.entry((&of.file, full)).or_default() += 1;
        }
    }
    let is_named = |of: &Function<'_>, full: &str| {
        let is_telling = of_short.get(&(&*of.file, &*of.short)).is_some_and(|count| *count > 1)
            && of_full.get(&(&*of.file, full)).is_some_and(|count| *count == 1);
        is_telling || saved.contains(&(&*of.file, full))
    };
    let named: Vec<Option<String>> = functions
        .iter()
        .zip(&full)
        .map(|(of, full)| full.clone().filter(|full| is_named(of, full)))
        .collect();
    for (of, name) in functions.iter_mut().zip(named) {
        of.name = name.unwrap_or_else(|| std::mem::take(&mut of.name));
    }
}

/// By what functions are sorted.
fn place<'a>(of: &'a Function<'_>) -> (&'a str, &'a str, u32, u32, u32, &'a str) {
    let Budget { site, nth, .. } = of.budget;
    (&of.short, &of.file, site.line, site.column, *nth, &site.path)
}

/// The file with `/`. None of what is elsewhere on another machine: a dependency from outside of the workspace, and the
/// program that is made of a doctest, whose names have line numbers in them, too.
pub(super) fn file(site: &Site) -> Option<String> {
    let file = site.file.replace('\\', "/");
    let is_absolute = file.starts_with('/') || file.as_bytes().get(1) == Some(&b':');
    (!is_absolute && !site.is_in_doctest()).then_some(file)
}
