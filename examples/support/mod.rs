//! What the recipes share: a job that is done in two ways, which must come to the same, counted and timed.
//!
//! `compare` is all that a recipe needs: it counts each way's first call, prints both, and gives the counts to the recipe's test.
//! In a release build it then takes the times, of interleaved rounds. A debug build's would say nothing, and its counts are the same.

use alloc_kit::{Usage, measure};
use std::fmt::Debug;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Rounds are added until this has passed, within the bounds below.
const PATIENCE: Duration = Duration::from_millis(500);
const LEAST_ROUNDS: usize = 9;
const MOST_ROUNDS: usize = 501;

/// Does the job once each way, prints what each allocated, then (in a release build) how much longer the first one takes.
/// Gives what each allocated.
///
/// # Panics
///
/// Where the two come to different results.
#[track_caller]
pub(crate) fn compare<R: PartialEq + Debug>(
    (before, mut old_way): (&str, impl FnMut() -> R),
    (after, mut new_way): (&str, impl FnMut() -> R),
) -> [Usage; 2] {
    let (old, old_cost) = measure(|| black_box(old_way()));
    let (new, new_cost) = measure(|| black_box(new_way()));
    assert_eq!(old, new, "both ways come to the same");

    let width = before.chars().count().max(after.chars().count());
    println!("{:8}{:width$}  allocations       bytes        peak", "", "");
    for (when, name, cost) in [("before", before, &old_cost), ("after", after, &new_cost)] {
        let [allocations, bytes, peak] =
            [cost.allocations, cost.bytes_allocated, cost.peak_bytes].map(thousands);
        // They are in no other figure.
        let allowed = match cost.allowed_allocations {
            0 => String::new(),
            allowed => format!("  and {allowed} in `allow_alloc!`"),
        };
        println!("{when:8}{name:width$} {allocations:>12} {bytes:>11} {peak:>11}{allowed}");
    }
    if cfg!(debug_assertions) {
        println!("time    is taken in release builds only");
    } else {
        let (ratio, rounds) = ratio_of_times(old_way, new_way);
        println!("time    {ratio:.1} times as long before as after ({rounds} rounds)");
    }
    [old_cost, new_cost]
}

/// The median of the rounds' ratios: how long the first takes, in times of the second.
fn ratio_of_times<R>(mut old_way: impl FnMut() -> R, mut new_way: impl FnMut() -> R) -> (f64, usize) {
    let (begun, mut ratios) = (Instant::now(), Vec::new());
    while ratios.len() < LEAST_ROUNDS || (begun.elapsed() < PATIENCE && ratios.len() < MOST_ROUNDS) {
        let start = Instant::now();
        drop(black_box(old_way()));
        let between = Instant::now();
        drop(black_box(new_way()));
        let (old, new) = (between - start, between.elapsed());
        ratios.push(old.as_secs_f64() / new.as_secs_f64().max(1e-9));
    }
    ratios.sort_unstable_by(f64::total_cmp);
    (ratios[ratios.len() / 2], ratios.len())
}

/// A number with its thousands set apart.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
