//! What more than one workload reads, and how inputs are made up: the same in every process and on every machine.

use std::fs::{self, DirEntry};
use std::path::Path;

/// The first so many lines of the log that nginx wrote (`examples/data/`, 11,001 lines), which come again where more are
/// asked for. Each ends in a newline.
///
/// # Panics
///
/// If the file is gone.
#[must_use]
pub fn access_log(lines: usize) -> &'static str {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/access.log");
    let log = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    kept(log.split_inclusive('\n').cycle().take(lines).collect())
}

/// So many bytes, or a few more, of the Rust sources in `tests/`, one file after the other in the order of their names,
/// which come again where more are asked for.
///
/// # Panics
///
/// If the folder cannot be read.
#[must_use]
pub fn sources(bytes: usize) -> &'static str {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
    let entries = fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.iter().map(DirEntry::path).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    let mut text = String::new();
    for file in files.iter().cycle().take_while(|_| !files.is_empty()) {
        text += &fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        if text.len() >= bytes {
            break;
        }
    }
    kept(text)
}

/// An input, for as long as the process lives.
#[must_use]
pub fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// `SplitMix64`: the same numbers everywhere, from a few lines.
#[derive(Debug)]
pub struct Random(pub u64);

impl Random {
    /// Something below `limit`.
    ///
    /// # Panics
    ///
    /// If the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("below a usize")
    }

    /// One of these.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn one_of<'t, T>(&mut self, these: &'t [T]) -> &'t T {
        &these[self.below(these.len())]
    }
}
