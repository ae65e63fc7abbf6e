//! When NOT to optimise: three changes that take allocations away and little or no time. Measure, and leave the plainer code then.
//!
//! - A cold path: prefixes are read once, and 11,000 paths looked up in them.
//! - A known size, and work: beside a sum over all bytes of a text, its one allocation is little.
//! - An `N` that is too large: a list in place has all of it, used or not, in whatever it is kept and moved.
//!
//! To decide: how often does it run (an audit begins with that: checklist.md), what does it do besides, and what does the time say?
//! Run with `cargo run --release --example no_gain`. It prints, of each change:
//!
//! ```text
//!                         allocations       bytes        peak
//! before  cold, owned               7         321         225
//! after   cold, borrowed            2         192         128
//! time    1.0 times as long before as after (501 rounds)
//!                           allocations       bytes        peak
//! before  known size, anew       11,001   2,187,140       8,264
//! after   known size, kept            1       8,264       8,264
//! time    1.1 times as long before as after (56 rounds)
//!                             allocations       bytes        peak
//! before  a `Vec` each             14,887   1,465,272   1,216,696
//! after   a `SmallVec` of 32            2   5,720,552   5,720,552
//! time    0.9 times as long before as after (42 rounds)
//! ```

mod support;

use alloc_kit::{SmallVec, alloc_budget};
use support::compare;

const LOG: &str = include_str!("data/access.log");
const PREFIXES: &str = "/api/ /img/ /assets/ /product/ /blog/";

/// Before: texts of their own, which anything can hold.
fn prefixes_owned(config: &str) -> Vec<String> {
    config.split(' ').map(str::to_owned).collect()
}

/// After: they borrow, and so does what holds them.
#[alloc_budget(2)]
fn prefixes(config: &str) -> Vec<&str> {
    config.split(' ').collect()
}

fn with_prefix<S: AsRef<str>>(paths: &[&str], prefixes: &[S]) -> usize {
    paths.iter().filter(|path| prefixes.iter().any(|prefix| path.starts_with(prefix.as_ref()))).count()
}

/// Before: each line in lower case, hashed.
fn hashes(lines: &[&str]) -> u64 {
    lines.iter().map(|line| hash(&line.to_ascii_lowercase())).fold(0, u64::wrapping_add)
}

/// After: in a text that is kept.
#[alloc_budget(1)]
fn hashes_kept(lines: &[&str]) -> u64 {
    let mut lower = String::with_capacity(lines.iter().map(|line| line.len()).max().unwrap_or(0));
    lines.iter().fold(0, |sum, line| {
        lower.clear();
        lower.push_str(line);
        lower.make_ascii_lowercase();
        sum.wrapping_add(hash(&lower))
    })
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Before: the segments of all paths, sorted. Gives the middle one.
fn middle(paths: &[&str]) -> Option<String> {
    let mut all: Vec<Vec<&str>> = paths.iter().map(|path| path.split('/').collect()).collect();
    all.sort_unstable();
    all.get(all.len() / 2).map(|segments| segments.join("/"))
}

/// After: in place, 528 bytes each.
#[alloc_budget(2)]
fn middle_in_place(paths: &[&str]) -> Option<String> {
    let mut all: Vec<SmallVec<&str, 32>> = paths.iter().map(|path| path.split('/').collect()).collect();
    all.sort_unstable();
    all.get(all.len() / 2).map(|segments| segments.join("/"))
}

fn main() {
    let lines: Vec<_> = LOG.lines().collect();
    let paths: Vec<_> = lines.iter().filter_map(|line| line.split(' ').nth(6)).collect();
    let owned = || with_prefix(&paths, &prefixes_owned(PREFIXES));
    compare(("cold, owned", owned), ("cold, borrowed", || with_prefix(&paths, &prefixes(PREFIXES))));
    compare(("known size, anew", || hashes(&lines)), ("known size, kept", || hashes_kept(&lines)));
    compare(("a `Vec` each", || middle(&paths)), ("a `SmallVec` of 32", || middle_in_place(&paths)));
}

#[test]
#[should_panic(expected = "its budget is 1")]
fn a_copy_of_each_line_is_over_the_budget() {
    assert_eq!([middle(&[]), middle_in_place(&[])], [None, None]);
    // A release build knows what comes of constants.
    alloc_kit::assert_alloc_budget!(1, hashes(&std::hint::black_box(["A", "b"])));
}
