//! Which function is which line of the file: by name and file, of several by their order, and of those that are left by what
//! they use.

use std::collections::BTreeMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::file::Entry;
use super::scope::Scope;
use crate::record::{Figures, Site};
use crate::shard::Budget;
use crate::view::Platform;

/// A function that a test called.
pub(super) struct Function<'a> {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) budget: &'a Budget,
}

impl Function<'_> {
    pub(super) fn figures(&self) -> &Figures {
        &self.budget.seen.most
    }
}

/// Which function is which entry, by their places in what was given.
#[derive(Default)]
pub(super) struct Matched {
    /// Entry and function.
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) renamed: Vec<(usize, usize)>,
    pub(super) new: Vec<usize>,
    pub(super) gone: Vec<usize>,
    pub(super) never_exercised: Vec<(usize, u32)>,
}

/// The functions of the workspace of which a call was judged, by name, file and place.
pub(super) fn functions(platform: &Platform) -> Vec<Function<'_>> {
    let judged = platform.budgets.iter().filter(|budget| !budget.seen.most.is_empty());
    let mut functions: Vec<Function<'_>> = judged
        .filter_map(|budget| Some(Function { name: budget.name(), file: file(&budget.site)?, budget }))
        .collect();
    functions.sort_by(|one, other| place(one).cmp(&place(other)));
    functions
}

/// By what functions are sorted.
fn place<'a>(of: &'a Function<'_>) -> (&'a str, &'a str, u32, u32, u32, &'a str) {
    let Budget { site, nth, .. } = of.budget;
    (&of.name, &of.file, site.line, site.column, *nth, &site.path)
}

/// The file with `/`. None of what is elsewhere on another machine: a dependency from outside of the workspace, and the
/// program that is made of a doctest, whose names have line numbers in them, too.
fn file(site: &Site) -> Option<String> {
    let file = site.file.replace('\\', "/");
    let is_absolute = file.starts_with('/') || file.as_bytes().get(1) == Some(&b':');
    (!is_absolute && !site.is_in_doctest()).then_some(file)
}

/// Which function is which entry.
pub(super) fn matched(
    entries: &[Entry],
    functions: &[Function<'_>],
    platform: &Platform,
    scope: &Scope,
) -> Matched {
    let mut matched = Matched { pairs: by_name(entries, functions), ..Matched::default() };
    let mut old: Vec<usize> = (0..entries.len()).collect();
    old.retain(|entry| matched.pairs.iter().all(|(known, _)| known != entry));
    let mut new: Vec<usize> = (0..functions.len()).collect();
    new.retain(|function| matched.pairs.iter().all(|(_, known)| known != function));

    // The type of a trait's own method is that of whoever called it first, which may be another one each time.
    let of_trait = unique_pairs(&old, &new, |entry, function| {
        let (entry, function) = (&entries[entry], &functions[function]);
        let is_of_trait = function.budget.type_path.as_ref().is_some_and(|path| path.starts_with('<'));
        is_of_trait && entry.file == function.file && last(&entry.name) == last(&function.name)
    });
    take(&mut old, &mut new, &of_trait);
    matched.pairs.extend(of_trait);

    let mut never: Vec<(String, &Budget)> = platform
        .budgets
        .iter()
        .filter(|budget| budget.seen.most.is_empty())
        .filter_map(|budget| Some((file(&budget.site)?, budget)))
        .collect();
    old.retain(|index| {
        let entry = &entries[*index];
        let Some(found) =
            never.iter().position(|(file, budget)| *file == entry.file && may_be(entry, budget))
        else {
            return true;
        };
        let (_, budget) = never.remove(found);
        if scope.is_sure_of(&entry.file) {
            matched.never_exercised.push((*index, budget.site.line));
        }
        false
    });
    old.retain(|entry| scope.is_sure_of(&entries[*entry].file));

    matched.renamed = unique_pairs(&old, &new, |entry, function| {
        let (entry, function) = (&entries[entry], &functions[function]);
        let (is_there, same_name) = (entry.file == function.file, last(&entry.name) == last(&function.name));
        (is_there || same_name) && entry.figures == *function.figures()
    });
    take(&mut old, &mut new, &matched.renamed);
    (matched.gone, matched.new) = (old, new);
    matched
}

/// Those of the same name and file, in their order. Where one came or went in between, the rest is the same by its figures.
fn by_name(entries: &[Entry], functions: &[Function<'_>]) -> Vec<(usize, usize)> {
    /// Entries and functions.
    type Group = (Vec<usize>, Vec<usize>);
    let mut groups: BTreeMap<(&str, &str), Group> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        groups.entry((&entry.name, &entry.file)).or_default().0.push(index);
    }
    for (index, function) in functions.iter().enumerate() {
        groups.entry((&function.name, &function.file)).or_default().1.push(index);
    }
    let mut pairs = Vec::new();
    for (mut old, mut new) in groups.into_values() {
        if old.len() != new.len() {
            let before: Vec<&Figures> = old.iter().map(|entry| &entries[*entry].figures).collect();
            let after: Vec<&Figures> = new.iter().map(|function| functions[*function].figures()).collect();
            let mut same = Vec::new();
            for operation in capture_diff_slices(Algorithm::Myers, &before, &after) {
                let (old_index, new_index, len) = match operation {
                    DiffOp::Equal { old_index, new_index, len } => (old_index, new_index, len),
                    // Between two that are the same.
                    DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                        (old_index, new_index, old_len.min(new_len))
                    }
                    DiffOp::Delete { .. } | DiffOp::Insert { .. } => continue,
                };
                same.extend((0..len).map(|n| (old[old_index + n], new[new_index + n])));
            }
            take(&mut old, &mut new, &same);
            pairs.extend(same);
        }
        // So that one that got worse is not one that went and another that came.
        pairs.extend(old.into_iter().zip(new));
    }
    pairs
}

/// Pairs of which each is the only one for the other.
fn unique_pairs(old: &[usize], new: &[usize], is_same: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
    let all: Vec<(usize, usize)> = old
        .iter()
        .flat_map(|entry| new.iter().map(|function| (*entry, *function)))
        .filter(|(entry, function)| is_same(*entry, *function))
        .collect();
    let is_unique = |(entry, function): &(usize, usize)| {
        all.iter().filter(|(known, other)| known == entry || other == function).count() == 1
    };
    all.iter().copied().filter(is_unique).collect()
}

fn take(old: &mut Vec<usize>, new: &mut Vec<usize>, pairs: &[(usize, usize)]) {
    old.retain(|entry| pairs.iter().all(|(known, _)| known != entry));
    new.retain(|function| pairs.iter().all(|(_, known)| known != function));
}

/// Whether a budget that was not called, whose type is then not known, is that of an entry: `app::Parser::grow` of
/// `app::grow`, and `app::tests::grows` of `app::tests::assert_no_alloc!`.
fn may_be(entry: &Entry, budget: &Budget) -> bool {
    let name = budget.name();
    let (module, function) = name.rsplit_once("::").unwrap_or(("", &name));
    if function.ends_with('!') {
        return entry.name.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"));
    }
    last(&entry.name) == function
}

fn last(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}
