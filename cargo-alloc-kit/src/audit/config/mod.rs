//! `alloc-kit-audit.toml`: what is left out, which rules are looked for, and what may be allocated where. It holds for all
//! languages, and stands in the folder of the first path or in one above it.

mod parse;
mod selection;
mod size;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use globset::GlobMatcher;
use ignore::gitignore::Gitignore;
use serde::Serialize;

use super::rules::{self, Rule};
use crate::exit::Failure;
use crate::ratchet::file::Tolerance;

pub(crate) use selection::Selection;

/// Its name.
pub(crate) const NAME: &str = "alloc-kit-audit.toml";

/// What it says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    /// Where it stands, if there is one.
    pub(crate) file: Option<PathBuf>,
    pub(crate) exclude: Exclude,
    /// Whether a rule is on, where it says so.
    rules: BTreeMap<String, bool>,
    pub(crate) budgets: Vec<Budget>,
    pub(crate) baseline: Option<Baseline>,
}

/// What may be allocated.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub(crate) of: Of,
    /// Only there.
    pub(crate) file: Option<Files>,
    pub(crate) bytes: Option<u64>,
    pub(crate) blocks: Option<u64>,
    /// Of a function: with what is allocated in what it calls.
    pub(crate) inclusive: bool,
    /// Where in the configuration it is.
    pub(crate) line: usize,
}

/// Whose allocations are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// All of the files.
    Files,
    /// `name`, `Class::name`.
    Function(String),
    Rule(&'static str),
}

/// A path or a glob, below the folder of the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) text: String,
    folder: PathBuf,
    glob: GlobMatcher,
}

/// What a run is compared with.
#[derive(Clone, Debug)]
pub(crate) struct Baseline {
    /// A profile, or a folder of `audit capture`.
    pub(crate) profile: PathBuf,
    /// If it says one.
    pub(crate) tolerance: Option<Tolerance>,
}

/// A budget for other programs.
#[derive(Debug, Serialize)]
pub(crate) struct Written<'a> {
    file: Option<&'a str>,
    function: Option<&'a str>,
    rule: Option<&'a str>,
    inclusive: bool,
    bytes: Option<u64>,
    blocks: Option<u64>,
    line: usize,
}

/// What is left out: lines as .gitignore has them, below a folder.
#[derive(Clone, Debug)]
pub(crate) struct Exclude {
    folder: PathBuf,
    lines: Gitignore,
}

impl Default for Exclude {
    fn default() -> Self {
        Self { folder: PathBuf::new(), lines: Gitignore::empty() }
    }
}

impl Exclude {
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(crate) fn holds(&self, path: &Path, is_folder: bool) -> bool {
        let path = absolute(path);
        let Ok(inside) = path.strip_prefix(&self.folder) else { return false };
        !inside.as_os_str().is_empty()
            && self.lines.matched_path_or_any_parents(inside, is_folder).is_ignore()
    }
}

impl Config {
    /// That of the first path's folder, or of one above it. None is as good as an empty one.
    pub(crate) fn find(paths: &[PathBuf]) -> Result<Self, Failure> {
        let first = absolute(paths.first().map_or(Path::new("."), PathBuf::as_path));
        for folder in first.ancestors() {
            let file = folder.join(NAME);
            if file.is_file() {
                return Self::read(&file);
            }
        }
        Ok(Self::default())
    }

    fn read(file: &Path) -> Result<Self, Failure> {
        let shown = shown(file);
        let text = fs::read_to_string(file)
            .map_err(|error| Failure::unusable(format!("cannot read {}: {error}", shown.display())))?;
        parse::parse(&text, file, &shown)
    }

    /// Whether it is looked for.
    pub(crate) fn wants(&self, rule: &Rule) -> bool {
        self.rules.get(&rule.id).copied().unwrap_or(rule.on)
    }
}

impl Files {
    /// Whether a file is one of them; its path is as it is shown.
    pub(crate) fn hold(&self, file: &str) -> bool {
        absolute(Path::new(file)).strip_prefix(&self.folder).is_ok_and(|inside| self.glob.is_match(inside))
    }
}

impl Budget {
    /// `src/parse.rs`, `the function Parser::line of src/**`, `the rule rust-x`
    pub(crate) fn name(&self) -> String {
        let of = match &self.of {
            Of::Files => return self.file.as_ref().map_or_else(String::new, |files| files.text.clone()),
            Of::Function(name) if self.inclusive => format!("the function {name} with what it calls"),
            Of::Function(name) => format!("the function {name}"),
            Of::Rule(id) => format!("the rule {id}"),
        };
        match &self.file {
            Some(files) => format!("{of} in {}", files.text),
            None => of,
        }
    }

    pub(crate) fn written(&self) -> Written<'_> {
        let (function, rule) = match &self.of {
            Of::Files => (None, None),
            Of::Function(name) => (Some(name.as_str()), None),
            Of::Rule(id) => (None, Some(*id)),
        };
        Written {
            file: self.file.as_ref().map(|files| files.text.as_str()),
            function,
            rule,
            inclusive: self.inclusive,
            bytes: self.bytes,
            blocks: self.blocks,
            line: self.line,
        }
    }
}

/// A rule's id, or what is said of one that there is none of, with those that are nearest.
pub(crate) fn known_rule(id: &str) -> Result<&'static Rule, (String, Option<String>)> {
    rules::find(id).ok_or_else(|| {
        let near = nearest(id);
        let near: Vec<String> = near.iter().map(|id| format!("`{id}`")).collect();
        let help = (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")));
        (format!("there is no rule `{id}`"), help)
    })
}

/// At most three ids that a wrong one may be meant as.
fn nearest(id: &str) -> Vec<&'static str> {
    const ALIKE: f64 = 0.5;
    let id = id.to_lowercase();
    let score = |rule: &'static Rule| {
        let holds = !id.is_empty() && id.len() > 2 && rule.id.contains(&id);
        // The language's prefix is common to all, and says nothing.
        let of = |id: &str| id.split_once('-').map_or_else(|| id.to_owned(), |(_, rest)| rest.to_owned());
        let alike = strsim::normalized_damerau_levenshtein(&of(&id), &of(&rule.id));
        (if holds { alike + 1.0 } else { alike }, rule.id.as_str())
    };
    let mut scores: Vec<(f64, &str)> = rules::all().iter().map(score).collect();
    scores.retain(|(score, _)| *score > ALIKE);
    scores.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    scores.into_iter().take(3).map(|(_, id)| id).collect()
}

/// From the root, without `.` and `..`, as they are written: a path need not exist.
fn absolute(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match part {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean
}

/// A path as short as it can be said from here.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_owned()
}
