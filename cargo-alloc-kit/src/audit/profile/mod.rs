//! Heap profiles of any origin, in one form: what was allocated at which stack, and what became of it.
//!
//! A module for each format reads it into a [`Profile`]. What a format does not know is `None`, never zero.

mod dhat;
mod source_map;
pub(super) mod v8;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::language::Language;
use crate::exit::Failure;
use crate::untrusted;

/// A profile.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    /// The file, as it was named.
    pub(crate) file: String,
    /// Who wrote it: `the dhat crate`, `valgrind`, `V8`, `memray`, `tracemalloc`.
    pub(crate) origin: String,
    /// The languages whose allocations it can show.
    pub(crate) languages: Vec<Language>,
    /// What was run, if it says.
    pub(crate) command: String,
    /// What must be known to read its figures: that it has only what was live, that it is sampled.
    pub(crate) limits: Vec<String>,
    /// Why it has less than what was allocated, so that nothing can be shown to hold by it: that it has only what was live.
    pub(crate) partial: Option<String>,
    /// Whether its figures are of samples, scaled to the whole.
    pub(crate) is_sampled: bool,
    /// Sources, by their paths in frames, that differ from what was run, with how.
    pub(crate) differing: BTreeMap<String, String>,
    /// Sources that are newer than the script that was made of them, whose map does not say what they were.
    pub(crate) newer: BTreeSet<String>,
    /// When the file was written.
    pub(crate) written: Option<SystemTime>,
    /// SHA-256 of the file.
    pub(crate) sum: String,
    pub(crate) frames: Vec<Frame>,
    pub(crate) points: Vec<Point>,
}

/// A function, or a place in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Frame {
    pub(crate) function: String,
    /// As the profile has it: a whole path, its last components, a name, a URL.
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
    /// Whether line and column are where the function starts, and not where in it something was allocated.
    pub(crate) is_start: bool,
}

/// What was allocated at one stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Point {
    /// Indices of frames, the innermost first.
    pub(crate) frames: Vec<usize>,
    /// Over the whole run, freed or not.
    pub(crate) bytes: u64,
    pub(crate) blocks: Option<u64>,
    pub(crate) life: Life,
}

/// What became of it, as far as a format knows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Life {
    /// The mean time for which a block lived, as a part of the whole run.
    pub(crate) mean_lifetime: Option<f64>,
    /// The most that was live of it at a time.
    pub(crate) most_bytes: Option<u64>,
    pub(crate) most_blocks: Option<u64>,
    /// What was live of it when the whole program had most.
    pub(crate) peak_bytes: Option<u64>,
    /// What was live of it at the end.
    pub(crate) end_bytes: Option<u64>,
    /// Bytes that were read from and written to it.
    pub(crate) reads: Option<u64>,
    pub(crate) writes: Option<u64>,
}

/// A file, or all files with profiles of a folder that `audit capture` wrote.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error| Failure::unusable(format!("cannot read {}: {error}", path.display()));
    if !fs::metadata(path).map_err(cannot)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    super::capture::files_of(path)
}

/// The profile of a file.
pub(crate) fn read_file(path: &Path) -> Result<Profile, Failure> {
    let file = untrusted::text_of(&super::walk::shown(path));
    let text = fs::read(path).map_err(|error| Failure::unusable(format!("cannot read {file}: {error}")))?;
    if let Some((what, help)) = foreign(&text) {
        return Err(Failure::unusable(format!("{file} is {what}")).help(help));
    }
    let parsed = if is_v8(&text) { v8::parse(&text, &file) } else { dhat::parse(&text, &file) };
    let written = fs::metadata(path).and_then(|of| of.modified()).ok();
    let parsed = parsed.map(|mut profile| {
        for frame in &mut profile.frames {
            frame.function = untrusted::line_of(&frame.function);
        }
        Profile { sum: super::capture::sum(&text), written, ..profile }
    });
    parsed.map_err(|why| {
        Failure::unusable(format!("{file}: {why}")).help(
            "`--profile` takes what `audit capture` writes, DHAT files of version 2 (the dhat crate, `valgrind --tool=dhat`), \
             and V8's .heapprofile",
        )
    })
}

/// Files of Python's profilers that are no profile for this, by how they begin: what it is, and what to do instead.
fn foreign(text: &[u8]) -> Option<(&'static str, &'static str)> {
    // `Snapshot.dump` writes a pickle of protocol 2 or later, with the name of its class.
    let start = &text[..text.len().min(256)];
    if start.starts_with(b"\x80") && contains(start, b"tracemalloc") {
        return Some((
            "a snapshot of tracemalloc, a pickle, which is not read",
            "`audit capture --tool tracemalloc -- python ..` records the same; `--tool memray` also what was freed before the end",
        ));
    }
    if start.starts_with(b"\x80") && start.get(1).is_some_and(|protocol| (2..=5).contains(protocol)) {
        return Some((
            "a pickle of Python, which is not read",
            "`audit capture -- python ..` writes what is",
        ));
    }
    start.starts_with(b"memray").then_some((
        "a recording of memray, which only memray reads",
        "`audit capture --tool memray -- python ..` records anew, and writes a profile that is read here",
    ))
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

/// V8's files are an object whose first key is `head`, the root of the tree; of those that something has written anew it may be
/// another.
fn is_v8(text: &[u8]) -> bool {
    let Some(rest) = text.trim_ascii_start().strip_prefix(b"{") else { return false };
    let key = rest.trim_ascii_start();
    [&b"\"head\""[..], b"\"samples\"", b"\"startTime\"", b"\"allocKit\""]
        .iter()
        .any(|name| key.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_pythons_profilers_are_named_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("snapshot");
        let said = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let failure = read_file(&path).unwrap_err();
            format!("{} ({:?})", failure.message, failure.help)
        };
        let snapshot = said(
            b"\x80\x05\x95\x10\0\0\0\0\0\0\0\x8c\x0btracemalloc\x94\x8c\x08Snapshot\x94\x93\x94)\x81\x94}",
        );
        assert!(snapshot.contains("a snapshot of tracemalloc, a pickle"), "{snapshot}");
        assert!(snapshot.contains("--tool tracemalloc"), "{snapshot}");
        assert!(said(b"\x80\x04N.").contains("is a pickle of Python"));
        assert!(said(b"memray\0\x0c\0\0\0").contains("a recording of memray"));
    }
}
