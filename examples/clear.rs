//! `buf.clear()`: keep the buffer of a loop outside of it, and that of a function that is called again and again in a `Scratch`.
//!
//! Windows, Java and JavaScript engines take text in UTF-16: a logger or a binding converts every text that it passes on. What it
//! collects into a new `Vec` starts with a third of the text's length, and doubles twice. (UTF-16 has at most a unit for each byte.)
//!
//! Run with `cargo run --release --example clear`. It prints, for the paths in a log that nginx wrote:
//!
//! ```text
//!                              allocations       bytes        peak
//! before  a `Vec` for each          32,039   1,609,920      21,856
//! after   one `Vec`, `refill`            1      16,380      16,380
//! time    2.2 times as long before as after (212 rounds)
//! also    one by one, in a `Scratch` that has grown: 0 allocations
//! ```

mod support;

use alloc_kit::{Lend, Reuse, Scratch, alloc_budget, allow_alloc, measure, no_alloc};
use support::compare;

/// Stands for `OutputDebugStringW`, or for what else is foreign: gives how many units it has read, up to the zero.
fn output(wide: &[u16]) -> usize {
    wide.iter().position(|unit| *unit == 0).expect("a zero at the end")
}

/// Before: a new list for each text, which grows to it.
fn show_all_anew(texts: &[&str]) -> usize {
    let show = |text: &&str| output(&text.encode_utf16().chain([0]).collect::<Vec<_>>());
    texts.iter().map(show).sum()
}

/// After: one list, as large as the longest text; `refill` is `clear` and `extend`.
#[alloc_budget(1)]
fn show_all(texts: &[&str]) -> usize {
    let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    let mut wide: Vec<u16> = Vec::with_capacity(longest + 1);
    texts.iter().map(|text| output(wide.refill(text.encode_utf16().chain([0])))).sum()
}

thread_local! {
    static WIDE: Scratch<Vec<u16>> = const { Scratch::new() };
}

/// After, one at a time: a logger has only `&self`. Each thread keeps a list, of at most 64 KiB, which `lend` gives empty.
#[no_alloc]
fn show(text: &str) -> usize {
    WIDE.lend(|wide| {
        allow_alloc!("grows to the longest text yet", wide.reserve(text.len() + 1));
        wide.extend(text.encode_utf16().chain([0]));
        output(wide)
    })
}

/// Shows each, and says how often that allocated: `allow_alloc!` is for a budget, and would hide a new list each time from it.
fn one_by_one(texts: &[&str]) -> (usize, u64) {
    let (shown, usage) = measure(|| texts.iter().map(|text| show(text)).sum());
    (shown, usage.allocations + usage.allowed_allocations)
}

fn paths() -> Vec<&'static str> {
    let log = include_str!("data/access.log");
    log.lines().filter_map(|line| line.split(' ').nth(6)).collect()
}

fn main() {
    let paths = paths();
    compare(("a `Vec` for each", || show_all_anew(&paths)), ("one `Vec`, `refill`", || show_all(&paths)));
    let (_, (_, again)) = (one_by_one(&paths), one_by_one(&paths));
    println!("also    one by one, in a `Scratch` that has grown: {again} allocations");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_serves_all() {
        let paths = paths();
        let [before, after] = compare(("", || show_all_anew(&paths)), ("", || show_all(&paths)));
        assert!(before.allocations > 2 * paths.len() as u64, "{before:?}");
        assert_eq!(after.allocations, 1);
        // The crab is two units, and `ß` is one.
        assert_eq!((show_all(&[]), show_all(&[""]), show_all(&["Grö\u{1f980}", "ß"])), (0, 0, 6));
    }

    #[test]
    fn a_thread_keeps_the_longest() {
        let paths = paths();
        assert_eq!((show("Grö\u{1f980}"), show(""), show("-")), (5, 0, 1));
        show(paths.iter().max_by_key(|path| path.len()).expect("paths"));
        assert_eq!(one_by_one(&paths), (show_all(&paths), 0));
    }

    #[test]
    #[should_panic(expected = "its budget is 1")]
    fn a_list_for_each_is_over_the_budget() {
        alloc_kit::assert_alloc_budget!(1, show_all_anew(&["one", "two"]));
    }
}
