//! What linters know better: those that are installed are run on the files that were scanned, for the codes that rules have in
//! `linters:` and no others, and what they say becomes part of the rules' own findings.
//!
//! Comments that turn a linter's code off are about its style, and are not heeded; `alloc-kit-ignore` is. One that is missing or
//! fails is a note, and the rest is still done.

mod biome;
mod clippy;
mod eslint;
mod merge;
mod oxlint;
mod ruff;
mod tool;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::str::FromStr;

use super::finding::Span;
use super::language::Language;
use super::model::Note;
use super::rules::{self, Rule};
use super::walk::Walked;
use crate::exit::Failure;
use crate::untrusted;

/// Which of them to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Those that are installed.
    #[default]
    Auto,
    None,
    /// These, which have to be installed.
    Only(Vec<Linter>),
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Linter {
    Clippy,
    Ruff,
    Oxlint,
    Eslint,
    Biome,
}

/// The codes to look for.
type Codes = BTreeMap<String, OfCode>;

/// What a code is of.
#[derive(Clone, Debug)]
struct OfCode {
    /// The rule whose finding it makes: one, so that one place is one finding.
    rule: &'static Rule,
    /// Rules whose own findings it may be a second word on.
    confirms: Vec<&'static Rule>,
}

/// A place that a linter reported.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    /// Absolute, or relative to where the command runs.
    file: PathBuf,
    code: String,
    message: String,
    span: Span,
    /// It matters only where it is done on the turns of a loop.
    only_in_loops: bool,
}

/// What a linter counts the columns of a line in, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Columns {
    Characters,
    Utf16,
    Bytes,
}

/// What a linter is given.
struct Task<'a> {
    codes: &'a Codes,
    /// The files of its language.
    files: &'a [PathBuf],
    /// What was named.
    paths: &'a [PathBuf],
}

/// Why there is nothing of a linter.
#[derive(Debug)]
enum Fault {
    /// With how to install it.
    Missing(&'static str),
    /// It ran, without what some of its codes are in.
    Without(&'static str),
    Failed(String),
}

/// What one said: its version, what it found, and what else is to be known.
#[derive(Debug)]
struct Said {
    version: String,
    found: Vec<Found>,
    notes: Vec<String>,
    /// Codes that it does not have here, with what they would be in.
    missed: Vec<(&'static str, Vec<String>)>,
}

impl Said {
    fn new(version: String) -> Self {
        Self { version, found: Vec::new(), notes: Vec::new(), missed: Vec::new() }
    }
}

impl Linter {
    pub(crate) const ALL: [Self; 5] = [Self::Clippy, Self::Ruff, Self::Oxlint, Self::Eslint, Self::Biome];

    /// Its name, which is its key in `linters:`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Clippy => "clippy",
            Self::Ruff => "ruff",
            Self::Oxlint => "oxlint",
            Self::Eslint => "eslint",
            Self::Biome => "biome",
        }
    }

    fn language(self) -> Language {
        match self {
            Self::Clippy => Language::Rust,
            Self::Ruff => Language::Python,
            Self::Oxlint | Self::Eslint | Self::Biome => Language::JavaScript,
        }
    }

    fn columns(self) -> Columns {
        match self {
            Self::Clippy | Self::Ruff | Self::Biome => Columns::Characters,
            Self::Eslint => Columns::Utf16,
            Self::Oxlint => Columns::Bytes,
        }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Clippy => &["clippy", clippy::INVENTORY],
            Self::Ruff => &["ruff"],
            Self::Oxlint => &["oxlint"],
            Self::Eslint => &["eslint"],
            Self::Biome => &["biome"],
        }
    }

    fn run(self, task: &Task<'_>) -> Result<Said, Fault> {
        match self {
            Self::Clippy => clippy::run(task),
            Self::Ruff => ruff::run(task),
            Self::Oxlint => oxlint::run(task),
            Self::Eslint => eslint::run(task),
            Self::Biome => biome::run(task),
        }
    }

    fn codes(self, wanted: &dyn Fn(&Rule) -> bool) -> Codes {
        let mut codes = Codes::new();
        for rule in rules::all().iter().filter(|rule| wanted(rule)) {
            for code in self.keys().iter().filter_map(|key| rule.linters.get(*key)).flatten() {
                codes.insert(code.clone(), OfCode { rule, confirms: Vec::new() });
            }
        }
        for rule in rules::all().iter().filter(|rule| wanted(rule)) {
            for code in self.keys().iter().filter_map(|key| rule.confirms.get(*key)).flatten() {
                if let Some(of) = codes.get_mut(code) {
                    of.confirms.push(rule);
                }
            }
        }
        codes
    }
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => return Ok(Self::Auto),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let linter = |name: &str| {
            let known = Linter::ALL.into_iter().find(|linter| linter.name() == name);
            known.ok_or_else(|| {
                let names = Linter::ALL.map(Linter::name).join("`, `");
                format!("`{name}` is neither `auto` nor `none`, nor one of `{names}`")
            })
        };
        text.split(',').map(linter).collect::<Result<_, _>>().map(Self::Only)
    }
}

/// Runs them, and puts what they find into `walked`; `status` is told whose turn it is. Where one is missing, `verbose` names all that
/// was not looked for.
pub(crate) fn run(
    choice: &Choice,
    wanted: &dyn Fn(&Rule) -> bool,
    paths: &[PathBuf],
    walked: &mut Walked,
    verbose: bool,
    status: &mut dyn FnMut(&str),
) -> Result<Vec<Note>, Failure> {
    let asked: &[Linter] = match choice {
        Choice::Auto => &Linter::ALL,
        Choice::None => &[],
        Choice::Only(linters) => linters,
    };
    let (mut notes, mut missed) = (Vec::new(), Vec::new());
    let mut covered: BTreeSet<&str> = BTreeSet::new();
    for linter in asked {
        let codes = linter.codes(wanted);
        let of = walked.files.iter().filter(|file| file.language == linter.language());
        let files: Vec<PathBuf> =
            of.map(|file| std::path::absolute(&file.path).unwrap_or_default()).collect();
        if codes.is_empty() || files.is_empty() {
            continue;
        }
        status(linter.name());
        match linter.run(&Task { codes: &codes, files: &files, paths }) {
            Ok(said) => {
                for (what, of) in &said.missed {
                    let of = codes.iter().filter(|(code, _)| of.contains(code));
                    let of = of.map(|(code, of)| (code.clone(), of.clone())).collect();
                    missed.push((*linter, of, Fault::Without(what)));
                }
                let is_missed = |code: &String| said.missed.iter().any(|(_, of)| of.contains(code));
                let asked = codes.iter().filter(|(code, _)| !is_missed(code));
                covered.extend(asked.map(|(_, of)| of.rule.id.as_str()));
                notes.extend(said.notes.into_iter().map(|text| note(&format!("{}: {text}", linter.name()))));
                notes.push(Note { kind: "ran", text: untrusted::text_of(&said.version) });
                merge::merge(*linter, &codes, said.found, walked);
            }
            Err(Fault::Missing(install)) if matches!(choice, Choice::Only(_)) => {
                return Err(Failure::unusable(format!("{} is not installed", linter.name())).help(install));
            }
            Err(fault) => missed.push((*linter, codes, fault)),
        }
    }
    for (linter, codes, fault) in missed {
        // What another linter was asked in its place is not missed.
        let of = codes.iter().filter(|(_, of)| !covered.contains(of.rule.id.as_str()));
        let of: Vec<&str> = of.map(|(code, _)| code.as_str()).collect();
        let all: Vec<&str> = codes.keys().map(String::as_str).collect();
        match fault {
            Fault::Missing(_) | Fault::Without(_) if of.is_empty() => {}
            Fault::Without(what) => notes.push(note(&format!(
                "{} has no {what} beside it: {} not looked for",
                linter.name(),
                were(&of, verbose)
            ))),
            Fault::Missing(install) => notes.push(note(&format!(
                "{} is not installed: {} not looked for ({install})",
                linter.name(),
                were(&of, verbose)
            ))),
            Fault::Failed(why) => {
                notes.push(note(&format!("{} {why}: {} not looked for", linter.name(), were(&all, verbose))));
            }
        }
    }
    Ok(notes)
}

/// Codes that were not looked for: how many, or all of them by their names.
fn were(codes: &[&str], verbose: bool) -> String {
    match codes {
        [one] => format!("{one} was"),
        _ if verbose => format!("{} were", codes.join(", ")),
        _ => format!("{} of its lints (-v names them) were", codes.len()),
    }
}

fn note(text: &str) -> Note {
    Note { kind: "linter", text: untrusted::text_of(text) }
}
