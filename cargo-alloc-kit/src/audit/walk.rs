//! The files of an audit: those under the paths that were named, without what .gitignore leaves out, read and scanned by all cores.
//!
//! What cannot be read or is no text is a [`Skipped`], and the rest is still done.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ignore::{WalkBuilder, WalkState};
use serde::Serialize;

use super::config::Exclude;
use super::language::Language;
use super::scan::{Scanned, Scanner, scan_text};
use crate::exit::Failure;

/// What is larger is data that somebody named like source, or generated: nobody would change it by hand.
pub(crate) const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// A file that was looked at.
#[derive(Debug)]
pub(crate) struct File {
    /// As it is shown: relative to where the command runs where it is below that, with `/`.
    pub(crate) shown: String,
    pub(crate) path: PathBuf,
    pub(crate) language: Language,
    pub(crate) scanned: Scanned,
}

/// A file, or a path, that was not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Skipped {
    pub(crate) file: String,
    pub(crate) why: String,
}

/// What was looked at.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) files: Vec<File>,
    pub(crate) skipped: Vec<Skipped>,
}

/// How it is looked for.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    pub(crate) paths: &'a [PathBuf],
    /// What is left out beside what .gitignore says.
    pub(crate) exclude: &'a Exclude,
    /// 0 is as many as there are cores.
    pub(crate) threads: usize,
}

impl Walk<'_> {
    /// Scans all files; `done` is told how many there are so far.
    pub(crate) fn run(&self, scanner: &Scanner, done: &(dyn Fn(usize) + Sync)) -> Result<Walked, Failure> {
        for path in self.paths {
            if let Err(error) = fs::metadata(path) {
                return Err(Failure::unusable(format!("cannot read {}: {error}", path.display())));
            }
        }
        let Some((first, others)) = self.paths.split_first() else { return Ok(Walked::default()) };
        let mut builder = WalkBuilder::new(first);
        for path in others {
            builder.add(path);
        }
        // .gitignore holds outside of a repository too, as in an unpacked package.
        builder.require_git(false).threads(self.threads);
        if !self.exclude.is_empty() {
            let exclude = self.exclude.clone();
            let is_folder = |kind: Option<fs::FileType>| kind.is_some_and(|kind| kind.is_dir());
            builder.filter_entry(move |entry| !exclude.holds(entry.path(), is_folder(entry.file_type())));
        }
        let walked = Mutex::new(Walked::default());
        let count = AtomicUsize::new(0);
        let add = |one: Result<File, Skipped>| {
            let mut walked = walked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match one {
                Ok(file) => walked.files.push(file),
                Err(skipped) => walked.skipped.push(skipped),
            }
        };
        builder.build_parallel().run(|| {
            Box::new(|entry| {
                match entry {
                    Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                        if let Some((language, grammar)) = Language::of(entry.path()) {
                            add(scan_file(scanner, entry.path(), language, grammar));
                            done(count.fetch_add(1, Ordering::Relaxed) + 1);
                        }
                    }
                    Ok(_) => {}
                    Err(error) => add(Err(Skipped { file: String::new(), why: error.to_string() })),
                }
                WalkState::Continue
            })
        });
        let mut walked = walked.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        walked.files.sort_by(|one, other| one.shown.cmp(&other.shown));
        walked.files.dedup_by(|one, other| one.path == other.path);
        walked.skipped.sort();
        Ok(walked)
    }
}

fn scan_file(
    scanner: &Scanner,
    path: &Path,
    language: Language,
    grammar: ast_grep_language::SupportLang,
) -> Result<File, Skipped> {
    let shown = shown(path);
    let skip = |why: String| Skipped { file: shown.clone(), why };
    let length = fs::metadata(path).map_err(|error| skip(error.to_string()))?.len();
    if length > MOST_BYTES {
        return Err(skip(format!("has {length} bytes, and what has more than {MOST_BYTES} is not read")));
    }
    let bytes = fs::read(path).map_err(|error| skip(error.to_string()))?;
    let text = String::from_utf8(bytes)
        .map_err(|error| skip(format!("is no UTF-8, from byte {} on", error.utf8_error().valid_up_to())))?;
    let scanned = scan_text(scanner, language, grammar, &shown, &text);
    Ok(File { shown, path: path.to_owned(), language, scanned })
}

/// A path as it is shown.
pub(crate) fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}
