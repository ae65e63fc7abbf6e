//! What more than one workload reads, and how inputs are made up: the same in every process and on every machine.

use std::fs;
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

/// Rust source text: six of the files in `tests/`, in which much is said in string literals, as they were on 2026-11-28. Not
/// those of today, or a change there would change what was measured.
const SOURCES: &str = include_str!("../data/sources.txt");

/// So many bytes of Rust source text or a few more, which come again where more are asked for.
#[must_use]
pub fn sources(bytes: usize) -> &'static str {
    kept(SOURCES.repeat(bytes.div_ceil(SOURCES.len())))
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

    /// The numbers below `length`, each once, in any order.
    pub fn order(&mut self, length: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..length).collect();
        for last in (1..length).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
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
