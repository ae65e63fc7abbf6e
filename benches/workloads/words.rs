//! W7: words are counted. An owned key for each word, or for each that is new.
//!
//! Two texts: one of few different words, and one of many. (`unique` in `no_gain_values.rs` has hardly a word twice, and there
//! it does not pay.) By hand it is what `upsert` does: `get_mut`, and `insert` if there was nothing. Where the words outlive the
//! counts, `&str` keys need no allocation at all: that is std's way.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use alloc_kit::upsert;

use crate::inputs::{Random, kept, sources};
use crate::workload::{Expect, Side, Workload};

/// W7.
pub const FEW_WORDS: Workload = Workload {
    id: "w7",
    theme: "words",
    title: "words counted, 5 different ones",
    guide: &["`.clone()` in hot loops", "`&str` not `String`"],
    input: "made up, seed 7: the levels of log records, half of them INFO",
    size: 10_000,
    unit: "words",
    published: None,
    expect: Expect::Gain,
    sides: |words| sides(levels(words), [10_002, 2, 7]),
};

/// A text as people, and programmers, write it.
pub const WORDS_OF_TEXT: Workload = Workload {
    id: "words_text",
    title: "words counted, of Rust sources",
    input: "real: 10,000 words of the sources of six tests of this repository; one in eleven is new",
    sides: |words| sides(prose(words), [10_000, 10, 1_500]),
    ..FEW_WORDS
};

/// Not std's `RandomState`: the same in each process, and in the same order on all sides, so that answers can be compared.
pub(crate) type Counts<K> = HashMap<K, u32, BuildHasherDefault<DefaultHasher>>;

fn sides(text: &'static str, [owned, tables, upserted]: [u64; 3]) -> Vec<Side> {
    vec![
        Side::naive("`entry(word.to_string())`", move || entry(text)).allocates(owned),
        Side::std("`entry(word)`, the keys borrowed", move || borrowed(text)).allocates(tables),
        Side::kit("`upsert`", move || upserts(text)).allocates(upserted),
        Side::hand("`get_mut`, then `insert`", move || get_then_insert(text)).allocates(upserted),
    ]
}

fn entry(text: &str) -> Counts<String> {
    let mut counts = Counts::default();
    for word in words(text) {
        *counts.entry(word.to_string()).or_insert(0) += 1;
    }
    counts
}

fn borrowed(text: &str) -> Counts<&str> {
    let mut counts = Counts::default();
    for word in words(text) {
        *counts.entry(word).or_insert(0) += 1;
    }
    counts
}

fn upserts(text: &str) -> Counts<String> {
    let mut counts = Counts::default();
    for word in words(text) {
        upsert(&mut counts, word, || 0, |n| *n += 1);
    }
    counts
}

fn get_then_insert(text: &str) -> Counts<String> {
    let mut counts = Counts::default();
    for word in words(text) {
        if let Some(n) = counts.get_mut(word) {
            *n += 1;
        } else {
            counts.insert(word.to_string(), 1);
        }
    }
    counts
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ')
}

fn levels(words: usize) -> &'static str {
    const LEVELS: [&str; 8] = ["INFO", "INFO", "INFO", "INFO", "DEBUG", "TRACE", "WARN", "ERROR"];
    let mut random = Random(7);
    joined((0..words).map(|_| *random.one_of(&LEVELS)))
}

fn prose(words: usize) -> &'static str {
    let words_of = |text: &'static str| text.split(|letter: char| !letter.is_alphanumeric());
    joined(words_of(sources(words * 16)).filter(|word| !word.is_empty()).take(words))
}

fn joined<'w>(words: impl Iterator<Item = &'w str>) -> &'static str {
    kept(words.collect::<Vec<_>>().join(" "))
}
