//! The files of an audit: those under the paths that were named, without what .gitignore leaves out, read and scanned by all cores.
//!
//! What cannot be read or is no text is a [`Skipped`], and the rest is still done. Links are not followed, but where one was named.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ast_grep_language::SupportLang;
use ignore::{DirEntry, WalkBuilder};
use serde::Serialize;

use super::config::Exclude;
use super::language::Language;
use super::read::{self, ReadAs};
use super::scan::{Scanned, Scanner, scan_text};
use crate::exit::Failure;

/// Folders of what others wrote or a tool made, also where no .gitignore says so. One that is named is looked at.
pub(crate) const LEFT_OUT: [&str; 10] = [
    "node_modules",
    "bower_components",
    "target",
    "dist",
    "venv",
    ".venv",
    "__pycache__",
    "site-packages",
    "__pypackages__",
    super::report::PROFILE,
];

/// A matcher of ast-grep's may go as deep as a tree is; most of this is never touched.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// A file that was looked at.
#[derive(Debug)]
pub(crate) struct File {
    /// As it is shown: relative to where the command runs where it is below that, with `/`.
    pub(crate) shown: String,
    pub(crate) path: PathBuf,
    pub(crate) language: Language,
    pub(crate) read_as: ReadAs,
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

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    pub(crate) done: usize,
    pub(crate) files: usize,
}

/// A file that is to be scanned.
struct Source {
    path: PathBuf,
    language: Language,
    grammar: SupportLang,
}

impl Walk<'_> {
    /// Scans all files; `done` is told after each.
    pub(crate) fn run(&self, scanner: &Scanner, done: &(dyn Fn(Progress) + Sync)) -> Result<Walked, Failure> {
        let (sources, skipped) = self.sources()?;
        let walked = Mutex::new(Walked { files: Vec::with_capacity(sources.len()), skipped });
        let (next, count) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let base = std::env::current_dir().unwrap_or_default();
        let work = || {
            while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
                let one = scan_file(scanner, source, &base);
                let mut walked = walked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                match one {
                    Ok(file) => walked.files.push(file),
                    Err(skipped) => walked.skipped.push(skipped),
                }
                drop(walked);
                done(Progress { done: count.fetch_add(1, Ordering::Relaxed) + 1, files: sources.len() });
            }
        };
        let threads = match self.threads {
            0 => thread::available_parallelism().map_or(1, std::num::NonZero::get),
            threads => threads,
        };
        thread::scope(|scope| {
            let start = |_| thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).is_ok();
            // Where there can be no more threads, those that there are do it.
            let started = (0..threads.min(sources.len())).map(start).filter(|is| *is).count();
            if started == 0 {
                work();
            }
        });
        let mut walked = walked.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        walked.files.sort_by(|one, other| one.shown.cmp(&other.shown));
        walked.skipped.sort();
        walked.skipped.dedup();
        Ok(walked)
    }

    /// What there is to scan: each file once, however many of the paths it is under.
    fn sources(&self) -> Result<(Vec<Source>, Vec<Skipped>), Failure> {
        for path in self.paths {
            if let Err(error) = fs::metadata(path) {
                return Err(Failure::unusable(format!("cannot read {}: {error}", path.display())));
            }
        }
        let (mut sources, mut skipped) = (Vec::new(), Vec::new());
        let Some((first, others)) = self.paths.split_first() else { return Ok((sources, skipped)) };
        let mut builder = WalkBuilder::new(first);
        for path in others {
            builder.add(path);
        }
        // .gitignore holds outside of a repository too, as in an unpacked package.
        let exclude = self.exclude.clone();
        let is_folder = |entry: &DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
        builder.require_git(false).filter_entry(move |entry| {
            is_wanted(entry) && (exclude.is_empty() || !exclude.holds(entry.path(), is_folder(entry)))
        });
        let base = std::env::current_dir().unwrap_or_default();
        let mut seen = HashSet::new();
        for entry in builder.build() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    skipped.push(Skipped { file: String::new(), why: error.to_string() });
                    continue;
                }
            };
            let is_file = match entry.file_type() {
                // Only one that was named is followed.
                Some(kind) if kind.is_symlink() && entry.depth() == 0 => entry.path().is_file(),
                kind => kind.is_some_and(|kind| kind.is_file()),
            };
            let language = Language::of(entry.path());
            if let (true, Some((language, grammar))) = (is_file, language) {
                // Below one path no file is met twice.
                let key = || fs::canonicalize(entry.path()).unwrap_or_else(|_| entry.path().to_owned());
                if others.is_empty() || seen.insert(key()) {
                    sources.push(Source { path: entry.into_path(), language, grammar });
                }
            } else if entry.depth() == 0 && !entry.path().is_dir() {
                let why =
                    if is_file { "is of none of the languages" } else { "is neither a file nor a folder" };
                skipped.push(Skipped { file: shown_in(entry.path(), &base), why: why.to_owned() });
            }
        }
        Ok((sources, skipped))
    }
}

fn is_wanted(entry: &DirEntry) -> bool {
    let is_left_out = || LEFT_OUT.iter().any(|name| entry.file_name() == *name);
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    entry.depth() == 0 || !is_folder || !is_left_out()
}

fn scan_file(by: &Scanner, source: &Source, base: &Path) -> Result<File, Skipped> {
    let Source { path, language, grammar } = source;
    let shown = shown_in(path, base);
    let (text, read_as) = read::text(path).map_err(|why| Skipped { file: shown.clone(), why })?;
    let scanned = scan_text(by, *language, *grammar, &shown, &text);
    Ok(File { shown, path: path.clone(), language: *language, read_as, scanned })
}

/// A path as it is shown.
pub(crate) fn shown(path: &Path) -> String {
    shown_in(path, &std::env::current_dir().unwrap_or_default())
}

fn shown_in(path: &Path, base: &Path) -> String {
    let path = path.strip_prefix(base).unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}
