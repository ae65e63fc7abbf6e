//! Which function is which entry: by name and file, then by what tells those of one name apart, then by figures.
//!
//! Where it cannot be told, a function is held against all that it may be: it is worse if it is worse than each of them,
//! and not compared if it is worse than some. All of this is done by keys, for files of many thousands of functions.

use std::collections::{BTreeMap, BTreeSet};

use super::align::aligned;
use super::compare::{Function, verdict};
use super::file::{Entry, Saved};
use super::not_judged::NotJudged;
use super::scope::Scope;
use crate::record::{Figures, Verdict};
use crate::view::{Platform, without_arguments};

/// Entry and function, by their places in what was given.
pub(super) type Pair = (usize, usize);

/// Which function is which entry.
#[derive(Default)]
pub(super) struct Matched {
    pub(super) pairs: Vec<Pair>,
    pub(super) renamed: Vec<Pair>,
    pub(super) new: Vec<usize>,
    pub(super) gone: Vec<usize>,
    /// Functions that are no worse, whichever of several entries they are.
    pub(super) no_worse: usize,
    /// Functions that are worse or not, by which of several entries they are.
    pub(super) not_compared: Vec<usize>,
    /// Entries of functions of which no call was judged, with the line.
    pub(super) not_judged: Vec<(usize, u32, Verdict)>,
}

/// What is not known yet.
struct Matching<'a> {
    saved: &'a Saved,
    entries: &'a [Entry],
    functions: &'a [Function<'a>],
    scope: &'a Scope,
    old: BTreeSet<usize>,
    new: BTreeSet<usize>,
    not_judged: NotJudged<'a>,
    matched: Matched,
}

/// Entries and functions that share a key.
type Groups<K> = BTreeMap<K, (Vec<usize>, Vec<usize>)>;

pub(super) fn matched(
    saved: &Saved,
    entries: &[Entry],
    functions: &[Function<'_>],
    platform: &Platform,
    scope: &Scope,
) -> Matched {
    let mut matching = Matching {
        saved,
        entries,
        functions,
        scope,
        old: (0..entries.len()).collect(),
        new: (0..functions.len()).collect(),
        not_judged: NotJudged::of(platform),
        matched: Matched::default(),
    };
    for (old, new) in matching.groups(|entry| Some(&*entry.name), |of| Some(&*of.name)).into_values() {
        matching.same_name(&old, &new);
    }
    // One of them may have been saved when it was the only one of its name, or the type was another one.
    let short: Vec<String> = entries.iter().map(|entry| without_arguments(&entry.name)).collect();
    let groups = {
        let mut groups: Groups<(&str, &str)> = BTreeMap::new();
        for entry in &matching.old {
            groups.entry((&short[*entry], &entries[*entry].file)).or_default().0.push(*entry);
        }
        for new in &matching.new {
            groups.entry((&functions[*new].short, &functions[*new].file)).or_default().1.push(*new);
        }
        groups
    };
    for (old, new) in groups.into_values() {
        let is_typed = old.iter().any(|entry| entries[*entry].name != short[*entry]);
        // Of two types, each is another function.
        if !(is_typed && matching.is_incomplete(&old, &new)) {
            matching.same_name(&old, &new);
        }
    }
    // The type of a trait's own method is that of whoever called it first, which may be another one each time.
    let of_trait = |of: &Function<'_>| of.budget.type_path.as_ref().is_some_and(|path| path.starts_with('<'));
    let groups = matching
        .groups(|entry| Some(last(&entry.name)), |of| of_trait(of).then(|| last(&of.name)))
        .into_values();
    for (old, new) in groups {
        if let ([entry], [function]) = (old.as_slice(), new.as_slice()) {
            matching.pair(*entry, *function);
        }
    }
    matching.take_not_judged();
    matching.take_renamed();
    let Matching { old, new, mut matched, .. } = matching;
    matched.gone = old.into_iter().collect();
    matched.new = new.into_iter().collect();
    matched
}

impl<'a> Matching<'a> {
    /// Those that are left, by file and a part of their name.
    fn groups(
        &self,
        of_entry: impl Fn(&'a Entry) -> Option<&'a str>,
        of_function: impl Fn(&'a Function<'a>) -> Option<&'a str>,
    ) -> Groups<(&'a str, &'a str)> {
        let mut groups: Groups<(&str, &str)> = BTreeMap::new();
        let (entries, functions) = (self.entries, self.functions);
        for index in &self.old {
            if let Some(key) = of_entry(&entries[*index]) {
                groups.entry((key, &entries[*index].file)).or_default().0.push(*index);
            }
        }
        for index in &self.new {
            if let Some(key) = of_function(&functions[*index]) {
                groups.entry((key, &functions[*index].file)).or_default().1.push(*index);
            }
        }
        groups
    }

    fn pair(&mut self, entry: usize, function: usize) {
        self.old.remove(&entry);
        self.new.remove(&function);
        self.matched.pairs.push((entry, function));
    }

    /// Whether one of a group may not have been called.
    fn is_incomplete(&self, old: &[usize], new: &[usize]) -> bool {
        let Some(entry) = old.first().map(|first| &self.entries[*first]) else { return false };
        self.not_judged.has_function(entry)
            || new.len() < old.len()
                && (self.not_judged.has_assertion(entry) || !self.scope.is_sure_of(&entry.file))
    }

    /// Those of one name: in their order, if that is sure. Where one came or went in between, the rest is the same by its
    /// figures.
    fn same_name(&mut self, old: &[usize], new: &[usize]) {
        if old.is_empty() || new.is_empty() {
            return;
        }
        if old.len() > 1 && new.len() <= old.len() && self.is_incomplete(old, new) {
            self.any_of(old, new);
            return;
        }
        let pairs = if old.len() == new.len() {
            old.iter().copied().zip(new.iter().copied()).collect()
        } else {
            let before: Vec<&Figures> = old.iter().map(|entry| &self.entries[*entry].figures).collect();
            let after: Vec<&Figures> =
                new.iter().map(|function| self.functions[*function].figures()).collect();
            aligned(&before, &after)
                .into_iter()
                .map(|(one, other)| (old[one], new[other]))
                .collect::<Vec<_>>()
        };
        for (entry, function) in pairs {
            self.pair(entry, function);
        }
    }

    /// Functions of which each may be any of the entries.
    fn any_of(&mut self, old: &[usize], new: &[usize]) {
        let mut most: Vec<usize> = old.to_vec();
        most.sort_by(|one, other| self.entries[*other].figures.cmp(&self.entries[*one].figures));
        let mut worse: Vec<usize> = Vec::new();
        // What is alike is looked at once.
        let mut alike: BTreeMap<&Figures, usize> = BTreeMap::new();
        for entry in old.iter().filter(|entry| self.entries[**entry].tolerance.is_none()) {
            alike.entry(&self.entries[*entry].figures).or_insert(*entry);
        }
        let own = old.iter().copied().filter(|entry| self.entries[*entry].tolerance.is_some());
        let different: Vec<usize> = alike.into_values().chain(own).collect();
        let mut known: BTreeMap<&Figures, (bool, bool)> = BTreeMap::new();
        for function in new {
            let of = &self.functions[*function];
            let (any, all) = *known.entry(of.figures()).or_insert_with(|| {
                let mut verdicts =
                    different.iter().map(|entry| verdict(self.saved, &self.entries[*entry], of).0);
                let first = verdicts.next().unwrap_or_default();
                verdicts.fold((first, first), |(any, all), is_worse| (any || is_worse, all && is_worse))
            });
            match (any, all) {
                (_, true) => worse.push(*function),
                (true, false) => self.matched.not_compared.push(*function),
                (false, false) => self.matched.no_worse += 1,
            }
        }
        worse.sort_by(|one, other| self.functions[*other].figures().cmp(self.functions[*one].figures()));
        self.matched.pairs.extend(most.into_iter().zip(worse));
        for entry in old {
            self.old.remove(entry);
        }
        for function in new {
            self.new.remove(function);
        }
    }

    /// Those that a run knows of, and of which it judged no call; and those of which it may not know.
    fn take_not_judged(&mut self) {
        for index in std::mem::take(&mut self.old) {
            let entry = &self.entries[index];
            match self.not_judged.take(entry) {
                // It was called, whatever else was not.
                Some((line, verdict)) if verdict != Verdict::NeverExercised => {
                    self.matched.not_judged.push((index, line, verdict));
                }
                _ if !self.scope.is_sure_of(&entry.file) => {}
                Some((line, verdict)) => self.matched.not_judged.push((index, line, verdict)),
                None => drop(self.old.insert(index)),
            }
        }
    }

    /// One that went and one that came, with the same figures, in one file or of one name, if no other may be either.
    fn take_renamed(&mut self) {
        let of_entry = |index: usize| {
            let entry = &self.entries[index];
            Keys { figures: &entry.figures, file: &entry.file, last: last(&entry.name) }
        };
        let of_function = |index: usize| {
            let function = &self.functions[index];
            Keys { figures: function.figures(), file: &function.file, last: last(&function.name) }
        };
        let entries = Index::of(self.old.iter().map(|index| (*index, of_entry(*index))));
        let functions = Index::of(self.new.iter().map(|index| (*index, of_function(*index))));
        let only = |entry: &usize| {
            let function = functions.only(of_entry(*entry))?;
            (entries.only(of_function(function))? == *entry).then_some((*entry, function))
        };
        let renamed: Vec<Pair> = self.old.iter().filter_map(only).collect();
        for (entry, function) in &renamed {
            self.old.remove(entry);
            self.new.remove(function);
        }
        self.matched.renamed = renamed;
    }
}

/// By what one may be another of a new name.
#[derive(Clone, Copy)]
struct Keys<'a> {
    figures: &'a Figures,
    file: &'a str,
    last: &'a str,
}

/// How many there are of a key, and one of them.
type Counted<K> = BTreeMap<K, (usize, usize)>;

#[derive(Default)]
struct Index<'a> {
    file: Counted<(&'a Figures, &'a str)>,
    name: Counted<(&'a Figures, &'a str)>,
    both: Counted<(&'a Figures, &'a str, &'a str)>,
}

impl<'a> Index<'a> {
    fn of(all: impl Iterator<Item = (usize, Keys<'a>)>) -> Self {
        fn count<K: Ord>(counted: &mut Counted<K>, key: K, index: usize) {
            counted.entry(key).or_insert((0, index)).0 += 1;
        }
        let mut of = Self::default();
        for (index, Keys { figures, file, last }) in all {
            count(&mut of.file, (figures, file), index);
            count(&mut of.name, (figures, last), index);
            count(&mut of.both, (figures, file, last), index);
        }
        of
    }

    /// The only one that shares the file or the name.
    fn only(&self, Keys { figures, file, last }: Keys<'_>) -> Option<usize> {
        let of_file = self.file.get(&(figures, file)).copied();
        let of_name = self.name.get(&(figures, last)).copied();
        let both = self.both.get(&(figures, file, last)).map_or(0, |(count, _)| *count);
        let count = |of: Option<(usize, usize)>| of.map_or(0, |(count, _)| count);
        let (_, one) = of_file.or(of_name)?;
        (count(of_file) + count(of_name) - both == 1).then_some(one)
    }
}

pub(super) fn last(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}
