//! A heap profile (dhat): which line of a job allocates most. Look there first, and give what it is in a budget when it is mended.
//!
//! An import of a log is slow, and everybody has a guess. `measure` ranks the steps of the job, each called with what the one
//! before gave: that is often enough. With `--features dhat-heap` it is done under dhat as well, whose profile is read back,
//! ranked by line, and left for `dh_view`. That names the line of the words: all but 13 of the 258,897 blocks.
//!
//! Run with `cargo run --release --features dhat-heap --example heap_profile`. Without the feature it prints:
//!
//! ```text
//! records   258,897 allocations, 15,671,150 bytes
//! clients    11,008 allocations,    166,217 bytes
//! ranked          1 allocations,      6,592 bytes
//!                         allocations       bytes        peak
//! before  words as texts      269,906  15,843,959   9,371,265
//! after   no words                  8      17,756      11,360
//! time    18.4 times as long before as after (18 rounds)
//! ```

// dhat has one profiler a process, and tests run side by side.
#[cfg(all(feature = "dhat-heap", not(test)))]
#[path = "support/places.rs"]
mod places;
mod support;

use alloc_kit::{Usage, alloc_budget, measure};
use std::cmp::Reverse;
use std::collections::HashMap;
use support::{compare, thousands};

const LOG: &str = include_str!("data/access.log");

/// Before: a record is its words, each a text.
fn records_owned(log: &str) -> Vec<Vec<String>> {
    log.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect()
}

fn clients_owned(records: &[Vec<String>]) -> HashMap<String, usize> {
    let mut clients = HashMap::new();
    for record in records {
        *clients.entry(record[0].clone()).or_insert(0) += 1;
    }
    clients
}

fn ranked<S: AsRef<str> + Ord>(clients: HashMap<S, usize>) -> Vec<(S, usize)> {
    let mut clients: Vec<_> = clients.into_iter().collect();
    clients.sort_unstable_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
    clients
}

fn import_owned(log: &str) -> Option<usize> {
    ranked(clients_owned(&records_owned(log))).first().map(|(_, records)| *records)
}

/// After: it was the words, so there are none. What is left is the table of clients, and the list of them.
#[alloc_budget(8)]
fn import(log: &str) -> Option<usize> {
    let mut clients = HashMap::new();
    log.lines().for_each(|line| *clients.entry(line.split(' ').next().unwrap_or_default()).or_insert(0) += 1);
    ranked(clients).first().map(|(_, records)| *records)
}

/// The steps by their allocations, most first.
fn steps() -> [(&'static str, Usage); 3] {
    let (records, of_records) = measure(|| records_owned(LOG));
    let (clients, of_clients) = measure(|| clients_owned(&records));
    let (_, of_ranked) = measure(|| ranked(clients));
    let mut steps = [("ranked ", of_ranked), ("clients", of_clients), ("records", of_records)];
    steps.sort_unstable_by_key(|(_, usage)| Reverse(usage.allocations));
    steps
}

fn main() {
    for (step, usage) in steps() {
        let [allocations, bytes] = [usage.allocations, usage.bytes_allocated].map(thousands);
        println!("{step}  {allocations:>8} allocations, {bytes:>10} bytes");
    }
    #[cfg(all(feature = "dhat-heap", not(test)))]
    if let Err(problem) = places::print("by line", "examples/", "dhat-heap.json", || import_owned(LOG)) {
        eprintln!("heap_profile: {problem}");
    }
    compare(("words as texts", || import_owned(LOG)), ("no words", || import(LOG)));
}

#[test]
fn the_words_are_the_most_and_then_there_are_none() {
    let [(step, usage), ..] = steps();
    assert!(step == "records" && usage.allocations > 20 * LOG.lines().count() as u64, "{step}: {usage}");
    assert_eq!([import(LOG), import("")], [import_owned(LOG), None]);
}

#[test]
#[should_panic(expected = "its budget is 8")]
fn words_as_texts_are_over_the_budget() {
    alloc_kit::assert_alloc_budget!(8, import_owned(LOG));
}
