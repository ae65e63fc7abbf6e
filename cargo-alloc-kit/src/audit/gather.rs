//! What `scan` and `report` have in common: the files that are scanned, what linters say of them, and what readers must know.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use super::config::Exclude;
use super::language::Language;
use super::linters::{self, Choice};
use super::model::{Note, ScannedOf};
use super::read::ReadAs;
use super::rules::Rule;
use super::scan::Scanner;
use super::status::StatusLine;
use super::walk::{Walk, Walked};
use crate::exit::Failure;
use crate::shell::Shell;
use crate::untrusted;

/// What is looked for, and where.
pub(crate) struct Gather<'a> {
    pub(crate) paths: &'a [PathBuf],
    /// What is left out.
    pub(crate) exclude: &'a Exclude,
    /// Whether a rule is looked for.
    pub(crate) wanted: &'a dyn Fn(&Rule) -> bool,
    pub(crate) linters: &'a Choice,
    /// 0 is as many as there are cores.
    pub(crate) threads: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) walked: Walked,
    pub(crate) notes: Vec<Note>,
    /// In the order of [`Language::ALL`], without those that have no files.
    pub(crate) scanned: Vec<ScannedOf>,
    /// The linters that were run, with their versions.
    pub(crate) linters: Vec<String>,
}

/// Scans the files, and runs the linters.
pub(crate) fn files(gather: &Gather<'_>, shell: &Shell) -> Result<Gathered, Failure> {
    let line = Mutex::new(StatusLine::new(shell));
    let start = Instant::now();
    let scanner = Scanner::new(gather.wanted);
    let walk = Walk { paths: gather.paths, exclude: gather.exclude, threads: gather.threads };
    let mut walked = walk.run(&scanner, &|progress| {
        // Who does not get it has nothing new to say.
        if let Ok(mut line) = line.try_lock() {
            line.show(&format!("{} of {} files", progress.done, progress.files), start.elapsed());
        }
    })?;
    let mut line = line.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let verbose = shell.is_verbose();
    let said = linters::run(gather.linters, gather.wanted, gather.paths, &mut walked, verbose, &mut |name| {
        line.show_now(&format!("with {name}"));
    });
    walked.files.iter_mut().for_each(|file| file.scanned.drop_repeated());
    line.clear();
    let (versions, mut notes): (Vec<Note>, Vec<Note>) =
        said?.into_iter().partition(|note| note.kind == "ran");
    notes.extend(notes_of(&walked));
    let totals =
        Language::ALL.into_iter().map(|language| of(language, &walked)).filter(|of| of.files > 0).collect();
    Ok(Gathered {
        walked,
        notes,
        scanned: totals,
        linters: versions.into_iter().map(|note| note.text).collect(),
    })
}

fn of(language: Language, walked: &Walked) -> ScannedOf {
    let files = walked.files.iter().filter(|file| file.language == language);
    ScannedOf {
        language,
        files: files.clone().count(),
        lines: files.clone().map(|file| u64::from(file.scanned.lines)).sum(),
        findings: files.map(|file| file.scanned.findings.len()).sum(),
    }
}

/// Files that were not looked at as a whole.
fn notes_of(walked: &Walked) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |kind, text: String| notes.push(Note { kind, text: untrusted::text_of(&text) });
    for file in &walked.files {
        let shown = &file.shown;
        match file.read_as {
            ReadAs::Lossy(byte) => {
                note(
                    "unparsed",
                    format!("{shown} is no UTF-8 from byte {byte} on: columns behind it are off"),
                );
            }
            ReadAs::Utf8 | ReadAs::Utf16 => {}
        }
        for (line, name) in file.scanned.ignored.unknown() {
            note("ignore", format!("{shown}:{line}: `alloc-kit-ignore` names `{name}`, which is no rule"));
        }
        if file.scanned.too_deep {
            note("unparsed", format!("{shown} nests too deep: no rule was looked for in it"));
        } else if let Some(line) = file.scanned.unparsed {
            note("unparsed", format!("{shown}:{line} could not be parsed: findings there may lack"));
        }
    }
    notes
}
