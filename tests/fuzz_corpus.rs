//! What fuzzing kept, and what it found something with, tried again: each input of fuzz/corpus and fuzz/found by the same
//! oracle as libFuzzer tries it by, without libFuzzer and without a nightly compiler. And the table of docs/trust.md is of these
//! targets, and of an hour at least.
//!
//! Run with: `cargo test -p alloc-kit-tests --test fuzz_corpus`.

#[allow(dead_code, reason = "the table is copied from a run, and not written here")]
#[path = "support/page.rs"]
mod page;

use std::fs;
use std::panic;
use std::path::{Path, PathBuf};
use std::thread;

use alloc_kit_fuzz_oracles::{TARGETS, run};

/// What is kept is small.
const MOST_BYTES: u64 = 300_000;
/// As fuzz/run asks for: syn recurses.
const STACK: usize = 256 << 20;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("fuzz")
}

/// The inputs of a target in a folder, sorted; none where there is no folder.
fn inputs(kind: &str, target: &str) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(folder().join(kind).join(target)) else { return Vec::new() };
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

#[track_caller]
fn replay(names: &[&'static str]) {
    for &name in names {
        let files: Vec<_> = ["corpus", "found"].iter().flat_map(|kind| inputs(kind, name)).collect();
        assert!(files.len() >= 5, "{name} has {} inputs", files.len());
        let tried = thread::Builder::new().stack_size(STACK).spawn(move || {
            for file in files {
                let input = fs::read(&file).unwrap();
                let held = panic::catch_unwind(|| run(name, &input));
                assert!(held.is_ok(), "`{name}` does not hold for {}", file.display());
            }
        });
        tried.unwrap().join().unwrap_or_else(|why| panic::resume_unwind(why));
    }
}

#[test]
fn macros_hold_for_what_was_kept() {
    replay(&["macro_args", "macro_forms", "macro_items"]);
}

#[test]
fn texts_and_files_hold_for_what_was_kept() {
    replay(&["baselines", "environment", "messages", "report"]);
}

#[test]
fn helpers_hold_for_what_was_kept() {
    replay(&["arena", "cap_hint", "pool", "recycler", "scratch", "slots", "text"]);
}

#[test]
fn each_target_is_a_program_and_is_tried_here() {
    let manifest = page::read("fuzz/Cargo.toml");
    let bins = manifest.split("[[bin]]").skip(1).map(|bin| bin.lines().nth(1).unwrap_or_default());
    let bins: Vec<_> = bins.map(|line| line.trim_start_matches("name = ").trim_matches('"')).collect();
    let names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(bins, names);
    let own = page::read("tests/fuzz_corpus.rs");
    for name in names {
        let program = page::read(&format!("fuzz/targets/{name}.rs"));
        assert!(program.contains(&format!("run(\"{name}\", input)")), "{name}");
        assert!(own.matches(&format!("\"{name}\"")).count() >= 1, "{name} is not tried");
    }
}

/// The cells of the recorded run.
fn rows() -> Vec<[String; 7]> {
    let table = page::between_marks("docs/trust.md", "fuzzed");
    let rows = table.lines().skip(2).map(|line| {
        let cells = line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned());
        let cells: Vec<String> = cells.collect();
        cells.try_into().unwrap_or_else(|_| panic!("seven cells: {line}"))
    });
    rows.collect()
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_table_is_of_these_targets() {
    let rows = rows();
    assert_eq!(rows.len(), TARGETS.len());
    for ([target, holds, _, executed, features, kept, found], (name, _)) in rows.iter().zip(&TARGETS) {
        assert_eq!(*target, format!("`{name}`"));
        let program = page::read(&format!("fuzz/targets/{name}.rs"));
        assert_eq!(program.lines().next(), Some(&*format!("//! {holds}")));
        assert!(number(executed) > 1_000 && number(features) > 10, "{name}");
        let there = |kind: &str| inputs(kind, name).len() as u64;
        assert_eq!((number(kept), number(found)), (there("corpus"), there("found")), "{name}");
    }
}

#[test]
fn the_table_is_of_an_hour() {
    let seconds: u64 = rows().iter().map(|[_, _, ran, ..]| number(ran)).sum();
    assert!(seconds >= 3_600, "{seconds} seconds");
}

#[test]
fn what_is_kept_is_small() {
    let files = TARGETS.iter().flat_map(|(name, _)| inputs("corpus", name));
    let bytes: u64 = files.map(|file| file.metadata().unwrap().len()).sum();
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
}
