//! What is to be changed in the source, by what a run saw: each literal becomes the most that any call used of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use super::literal::Literal;
use super::source::{Found, Source};
use crate::record::{Figures, Site, Verdict};
use crate::shard::Budget;
use crate::view::Platform;

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) files: Vec<File>,
    pub(super) left_alone: Vec<LeftAlone>,
    pub(super) refused: Vec<Refused>,
    /// Places of budgets that were not called.
    pub(super) never_exercised: usize,
}

/// A file that changes.
#[derive(Debug)]
pub(super) struct File {
    /// As `file!()` has it.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) changes: Vec<Change>,
}

/// A literal that changes.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Change {
    file: String,
    line: usize,
    /// The functions that it is a limit of.
    pub(super) functions: Vec<String>,
    key: String,
    before: String,
    pub(super) after: String,
}

impl Change {
    /// Whether it says now what `no_alloc` says.
    pub(super) fn is_zero(&self) -> bool {
        self.key == "allocations" && Literal::parse(&self.after).is_some_and(|literal| literal.value == 0)
    }

    /// `src/lib.rs:4`
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// What was not touched, and why.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LeftAlone {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) function: String,
    pub(super) why: String,
}

/// A file that is not what was run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Refused {
    pub(super) file: String,
    pub(super) why: String,
}

/// What all platforms saw of the budget at a place, of one name.
struct Seen<'a> {
    site: &'a Site,
    name: String,
    most: Figures,
    is_broken: bool,
}

/// What is known of a literal.
struct Use {
    key: String,
    text: String,
    range: std::ops::Range<usize>,
    functions: BTreeSet<String>,
    most: i64,
    is_broken: bool,
    /// Whether a function was called.
    is_seen: bool,
    /// A function that was not.
    never: Option<String>,
}

/// Makes it of what was seen.
pub(super) fn of(platforms: &[Platform], root: &Path) -> Plan {
    let mut plan = Plan::default();
    let budgets = platforms.iter().flat_map(|platform| &platform.budgets);
    let mut files: BTreeMap<String, Vec<&Budget>> = BTreeMap::new();
    for budget in budgets {
        if budget.site.is_in_doctest() {
            plan.leave_alone(&budget.site, budget.name(), "in a doctest".to_owned());
            continue;
        }
        let file = budget.site.file.replace('\\', "/");
        // Whoever wrote the record: only what is in the workspace is written.
        let is_inside = Path::new(&file).components().all(|part| matches!(part, Component::Normal(_)));
        if !is_inside || file.as_bytes().get(1) == Some(&b':') {
            plan.leave_alone(&budget.site, budget.name(), "outside of the workspace".to_owned());
            continue;
        }
        files.entry(file).or_default().push(budget);
    }
    for (file, budgets) in files {
        let path = root.join(&file);
        if let Err(why) = plan.file(&file, path, &by_place(&budgets)) {
            plan.refused.push(Refused { file, why });
        }
    }
    plan.left_alone.sort();
    plan.left_alone.dedup();
    plan
}

/// What was seen at each place. One file may be part of several crates, and then a place has several paths.
fn by_place<'a>(budgets: &[&'a Budget]) -> Vec<Seen<'a>> {
    let mut places = BTreeMap::new();
    for budget in budgets {
        let Budget { site, seen, .. } = budget;
        let function = site.path.rsplit("::").next().unwrap_or_default();
        let key = (site.line, site.column, function, &site.budget);
        let place = places.entry(key).or_insert_with(|| Seen {
            site,
            name: budget.name(),
            most: Figures::new(),
            is_broken: false,
        });
        if budget.type_path.is_some() {
            place.name = budget.name();
        }
        place.is_broken |= seen.verdict == Verdict::Broken;
        for (key, most) in &seen.most {
            place.most.entry(key.clone()).and_modify(|known| *known = (*known).max(*most)).or_insert(*most);
        }
    }
    places.into_values().collect()
}

impl Plan {
    fn leave_alone(&mut self, site: &Site, function: String, why: String) {
        let file = site.file.replace('\\', "/");
        self.left_alone.push(LeftAlone { file, line: site.line, function, why });
    }

    /// What is to be done in a file; an error if it is not the one that was run.
    fn file(&mut self, name: &str, path: PathBuf, budgets: &[Seen<'_>]) -> Result<(), String> {
        let before = fs::read(&path).map_err(|error| format!("cannot be read: {error}"))?;
        let before = String::from_utf8(before).map_err(|error| format!("is not text: {error}"))?;
        let source = Source::parse(&before).map_err(|error| format!("is no Rust: {error}"))?;
        let mut uses: BTreeMap<usize, Use> = BTreeMap::new();
        let (mut left_alone, mut never_exercised) = (Vec::new(), 0);
        for seen in budgets {
            let place = format!("{name}:{}", seen.site.line);
            let literals = match source.find(seen.site) {
                Found::Budget(literals) => literals,
                Found::Made(by) => {
                    left_alone
                        .push((seen, format!("made by `{by}!`, whose text is used at each of its calls")));
                    continue;
                }
                Found::Changed => {
                    return Err(format!(
                        "has changed since the run: at {place} is no budget of `{}`",
                        seen.name
                    ));
                }
            };
            let is_seen = !seen.most.is_empty();
            never_exercised += usize::from(!is_seen);
            for (key, text) in limits(seen.site) {
                let most = seen.most.get(key);
                let Some(literal) =
                    literals.iter().find(|literal| literal.key.trim_start_matches("r#") == key)
                else {
                    if let (Some(most), false) = (most, Literal::parse(text).is_some()) {
                        let key = if key == "allocations" { String::new() } else { format!("{key} = ") };
                        left_alone
                            .push((seen, format!("`{key}{text}`, an expression; the most used is {most}")));
                    }
                    continue;
                };
                let known = uses.entry(literal.range.start).or_insert_with(|| Use {
                    key: key.to_owned(),
                    text: literal.text.clone(),
                    range: literal.range.clone(),
                    functions: BTreeSet::new(),
                    most: 0,
                    is_broken: false,
                    is_seen: false,
                    never: None,
                });
                known.functions.insert(seen.name.clone());
                known.most = most.copied().unwrap_or(0).max(known.most);
                known.is_broken |= seen.is_broken;
                known.is_seen |= most.is_some();
                if most.is_none() {
                    known.never.get_or_insert_with(|| seen.name.clone());
                }
            }
        }
        for (seen, why) in left_alone {
            self.leave_alone(seen.site, seen.name.clone(), why);
        }
        self.never_exercised += never_exercised;
        self.rewrite(name, path, before, &source, uses.into_values())
    }

    fn rewrite(
        &mut self,
        name: &str,
        path: PathBuf,
        before: String,
        source: &Source,
        uses: impl Iterator<Item = Use>,
    ) -> Result<(), String> {
        let (mut after, mut end, mut changes) = (String::with_capacity(before.len()), 0, Vec::new());
        for used in uses {
            let line = before[..used.range.start].matches('\n').count() + 1;
            // It is a literal: the reader has seen to that.
            let Some(literal) = Literal::parse(&used.text) else { continue };
            let functions: Vec<String> = used.functions.into_iter().collect();
            let most = u64::try_from(used.most).unwrap_or(0);
            if !used.is_seen {
                continue;
            }
            let why = if used.is_broken || most > literal.value {
                format!("broken, and no budget is raised; the most used of `{}` is {most}", used.key)
            } else if let Some(never) = used.never {
                format!("`{never}` has the same budget, and was never exercised")
            } else {
                String::new()
            };
            if !why.is_empty() {
                let (file, function) = (name.to_owned(), functions.join(", "));
                let line = u32::try_from(line).unwrap_or(u32::MAX);
                self.left_alone.push(LeftAlone { file, line, function, why });
                continue;
            }
            if most == literal.value {
                continue;
            }
            let written = literal.with(most);
            after.push_str(&before[end..used.range.start]);
            after.push_str(&written);
            end = used.range.end;
            changes.push(Change {
                file: name.to_owned(),
                line,
                functions,
                key: used.key,
                before: used.text,
                after: written,
            });
        }
        after.push_str(&before[end..]);
        if changes.is_empty() {
            return Ok(());
        }
        let read_again =
            Source::parse(&after).map_err(|error| format!("would be no Rust any more: {error}"))?;
        if !source.differs_in_literals(&read_again, changes.len()) {
            return Err("would differ in more than literals".to_owned());
        }
        self.files.push(File { name: name.to_owned(), path, before, after, changes });
        Ok(())
    }
}

/// The keys that limit something, with what is written.
fn limits(site: &Site) -> impl Iterator<Item = (&str, &str)> {
    let limits = site.budget.iter().filter(|(key, _)| *key != "warmup");
    limits.map(|(key, text)| (key.as_str(), text.as_str()))
}
