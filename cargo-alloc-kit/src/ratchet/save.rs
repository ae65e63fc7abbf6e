//! Brings `alloc-kit.toml` up to date with a run: what it did not see stays as it is, and so do comments.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{DocumentMut, InlineTable, Item, Key, Table, TableLike, Value};

use super::compare::{self, Function};
use super::file::{Entry, KEYS, Saved, VERSION};
use super::matching::{self, Matched};
use super::scope::Scope;
use crate::view::Platform;

/// What a new file begins with.
const HEAD: &str = "\
# What functions with an allocation budget use at most, by platform and profile: calls and bytes, as tests saw them.
# `cargo alloc-kit test` fails where one uses more. To accept what it found: `cargo alloc-kit test --save`.
# Lines may be taken out or changed by hand: a figure that a line does not have is not compared. `bytes-tolerance`
# (\"64\", or \"2%\"), here or in a line, is how far bytes may be from what is saved.
";

/// The text with what the run saw. It is the old one if nothing changed.
pub(super) fn updated(
    text: Option<&str>,
    saved: &Saved,
    platforms: &[Platform],
    scope: &Scope,
) -> Result<String, toml_edit::TomlError> {
    let new = format!("{HEAD}version = {VERSION}\nbytes-tolerance = \"{}\"\n", saved.tolerance);
    let mut document: DocumentMut = text.unwrap_or(&new).parse()?;
    let mut is_changed = text.is_none();
    for platform in platforms {
        is_changed |= update(document.as_table_mut(), saved, platform, scope);
    }
    if !is_changed {
        return Ok(text.unwrap_or(&new).to_owned());
    }
    in_order(document.as_table_mut());
    let written = document.to_string();
    // It is written with the line ends that it has.
    let is_windows = text.is_some_and(|text| text.contains("\r\n"));
    Ok(if is_windows { written.replace("\r\n", "\n").replace('\n', "\r\n") } else { written })
}

/// A line, as it will be: with its comments, if it was there.
struct Line {
    key: Option<Key>,
    item: Item,
    file: String,
    /// Where it stands among those of its file.
    order: (bool, u32, u32),
}

/// Updates the section of a platform; whether that changed anything.
fn update(root: &mut Table, saved: &Saved, platform: &Platform, scope: &Scope) -> bool {
    let entries = saved.of(&platform.target, &platform.profile).unwrap_or_default();
    let functions = compare::functions(platform, entries);
    let is_new = saved.of(&platform.target, &platform.profile).is_none();
    if functions.is_empty() && is_new {
        return false;
    }
    let matched = matching::matched(saved, entries, &functions, platform, scope);
    let Some(section) = section(root, &platform.target, &platform.profile) else { return false };
    let mut is_changed = is_new;
    for (entry, function) in &matched.pairs {
        let item = section.get_mut(&entries[*entry].key);
        if let Some(table) = item.and_then(Item::as_table_like_mut) {
            is_changed |= set(table, saved, &entries[*entry], &functions[*function], scope);
        }
    }
    is_changed |= put(section, entries, &functions, &matched);
    is_changed
}

/// The section, which may be new; none if something else is there, which the reader has refused.
fn section<'a>(root: &'a mut Table, target: &str, profile: &str) -> Option<&'a mut dyn TableLike> {
    let implicit = || {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    };
    let target = root.entry(target).or_insert_with(implicit).as_table_mut()?;
    let new = || {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        Item::Table(table)
    };
    target.entry(profile).or_insert_with(new).as_table_like_mut()
}

/// Writes the figures that are out of tolerance; whether there were any.
fn set(table: &mut dyn TableLike, saved: &Saved, entry: &Entry, now: &Function<'_>, scope: &Scope) -> bool {
    let mut is_changed = false;
    for (key, before) in &entry.figures {
        let Some(after) = now.figures().get(key) else { continue };
        let allowance = saved.allowance(entry, key, *before);
        let is_worse = *after > before.saturating_add(allowance);
        let is_better = *after < before.saturating_sub(allowance) && scope.is_sure_of(&entry.file);
        if let Some(value) = table.get_mut(key).and_then(Item::as_value_mut).filter(|_| is_worse || is_better)
        {
            let decor = value.decor().clone();
            *value = Value::from(*after);
            *value.decor_mut() = decor;
            is_changed = true;
        }
    }
    is_changed
}

/// Puts new lines in, takes those out that are gone, and numbers what has one name anew; whether that changed anything.
fn put(
    section: &mut dyn TableLike,
    entries: &[Entry],
    functions: &[Function<'_>],
    matched: &Matched,
) -> bool {
    let gone: BTreeSet<usize> =
        matched.gone.iter().copied().chain(matched.renamed.iter().map(|(entry, _)| *entry)).collect();
    let new = matched.new.iter().copied().chain(matched.renamed.iter().map(|(_, function)| *function));
    let new: Vec<usize> = new.collect();
    let now: BTreeMap<usize, usize> = matched.pairs.iter().copied().collect();
    let name_now = |entry: usize| now.get(&entry).map_or(&entries[entry].name, |of| &functions[*of].name);
    // All lines of a name, where one of them comes, goes, or gets its name.
    let mut names: BTreeSet<&str> = BTreeSet::new();
    names.extend(new.iter().map(|function| functions[*function].name.as_str()));
    names.extend(gone.iter().map(|entry| entries[*entry].name.as_str()));
    for entry in now.keys().filter(|entry| *name_now(**entry) != entries[**entry].name) {
        names.extend([entries[*entry].name.as_str(), name_now(*entry).as_str()]);
    }
    let mut lines: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        if !names.contains(entry.name.as_str()) && !names.contains(name_now(index).as_str()) {
            continue;
        }
        let key = section.key(&entry.key).cloned();
        let item = section.remove(&entry.key);
        let Some(item) = item.filter(|_| !gone.contains(&index)) else { continue };
        let order = match now.get(&index).map(|function| &functions[*function].budget.site) {
            Some(site) => (false, site.line, site.column),
            None => (true, entry.nth, 0),
        };
        let line = Line { key, item, file: entry.file.clone(), order };
        lines.entry(name_now(index)).or_default().push(line);
    }
    for function in new.iter().map(|function| &functions[*function]) {
        let site = &function.budget.site;
        let order = (false, site.line, site.column);
        let line = Line { key: None, item: item(function), file: function.file.clone(), order };
        lines.entry(&function.name).or_default().push(line);
    }
    let is_changed = !names.is_empty();
    for (name, mut lines) in lines {
        lines.sort_by(|one, other| (&one.file, one.order).cmp(&(&other.file, other.order)));
        for (index, line) in lines.into_iter().enumerate() {
            let key = if index == 0 { name.to_owned() } else { format!("{name}#{}", index + 1) };
            let decor = line.key.map(|key| key.leaf_decor().clone()).unwrap_or_default();
            section.insert(&key, line.item);
            if let Some(mut key) = section.key_mut(&key) {
                *key.leaf_decor_mut() = decor;
            }
        }
    }
    is_changed
}

/// The line of a function that has none.
fn item(function: &Function<'_>) -> Item {
    let mut table = InlineTable::new();
    for key in KEYS {
        if let Some(figure) = function.figures().get(key) {
            table.insert(key, Value::from(*figure));
        }
    }
    table.insert("file", Value::from(function.file.as_str()));
    Item::Value(Value::InlineTable(table))
}

/// Sections by platform, lines by name.
fn in_order(root: &mut Table) {
    let mut position = 0;
    let mut targets: Vec<String> = root.iter().map(|(target, _)| target.to_owned()).collect();
    targets.sort();
    for target in targets {
        let Some(target) = root.get_mut(&target).and_then(Item::as_table_mut) else { continue };
        if !target.is_implicit() {
            position += 1;
            target.set_position(Some(position));
        }
        target.sort_values();
        for (_, profile) in target.iter_mut() {
            let Some(profile) = profile.as_table_mut() else { continue };
            position += 1;
            profile.set_position(Some(position));
            let by_number = |key: &Key| match key.get().rsplit_once('#') {
                Some((name, nth)) => (name.to_owned(), nth.parse().unwrap_or(0)),
                None => (key.get().to_owned(), 1_u32),
            };
            profile.sort_values_by(|one, _, other, _| by_number(one).cmp(&by_number(other)));
            // Functions that somebody gave a section of their own come behind.
            for (_, function) in profile.iter_mut() {
                if let Some(function) = function.as_table_mut() {
                    position += 1;
                    function.set_position(Some(position));
                }
            }
        }
    }
}
