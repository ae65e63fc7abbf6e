//! Print type sizes: an enum is as large as its largest variant, and a `Vec` of it pays that for each element. Box what is large and rare.
//!
//! A monitor keeps what became of each request: its size, or, of one in forty, the line that failed, in place so that it need not be
//! allocated. All others have its 252 bytes, too. A count of allocations does not show that, and is the better one even; `size_of`, clippy
//! (`large_enum_variant` for an enum of one's own) and a budget by bytes do. What the box saves is bytes. In time the way after is the
//! slower one here, for the guard that each line pays (without it: 1.1).
//!
//! Run with `cargo run --release --example type_sizes`. It prints sizes in bytes, and what a list for a log that nginx wrote takes:
//!
//! ```text
//! Result<usize, Start>       264 bytes
//! Result<usize, Box<Start>>   16 bytes
//!                   allocations       bytes        peak
//! before  in place            1   2,904,264   2,904,264
//! after   boxed             262     242,832     242,832
//! time    0.8 times as long before as after (123 rounds)
//! ```

mod support;

use alloc_kit::{ArrayString, alloc_budget, assert_size};
use support::compare;

const LOG: &str = include_str!("data/access.log");

/// The first bytes of a line that failed.
type Start = ArrayString<252>;

// No build passes where one of them has grown.
assert_size!(Result<usize, Box<Start>> <= 16, Result<usize, Start> == 264);

/// Before: how much was sent for the line, or the line, in place.
#[expect(clippy::result_large_err, reason = "the way before")]
fn outcome_in_place(line: &str) -> Result<usize, Start> {
    let numbers = line.split('"').nth(2).filter(|numbers| !numbers.starts_with(" 5"));
    let bytes = numbers.and_then(|numbers| numbers.split(' ').nth(2)?.parse().ok());
    bytes.ok_or_else(|| {
        let fits = (0..=Start::new().capacity()).rev().find_map(|end| line.get(..end));
        Start::from(fits.unwrap_or_default()).unwrap_or_default()
    })
}

/// After: a pointer to what is rare, which is an allocation for each that there is.
#[alloc_budget(1, bytes = size_of::<Start>())]
fn outcome(line: &str) -> Result<usize, Box<Start>> {
    outcome_in_place(line).map_err(Box::new)
}

/// As long as there are lines, with what the few take that have failed: at most one in 20.
#[alloc_budget(allocations = 1 + lines.len() / 20, bytes = 16 * lines.len() + 256 * (lines.len() / 20))]
fn outcomes(lines: &[&str]) -> Vec<Result<usize, Box<Start>>> {
    lines.iter().copied().map(outcome).collect()
}

fn outcomes_in_place(lines: &[&str]) -> Vec<Result<usize, Start>> {
    lines.iter().copied().map(outcome_in_place).collect()
}

/// How much was sent, and how many have failed.
fn sums<E>(outcomes: Vec<Result<usize, E>>) -> (usize, usize) {
    let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    (outcomes.into_iter().flatten().sum(), failed)
}

fn main() {
    println!("Result<usize, Start>       {:3} bytes", size_of::<Result<usize, Start>>());
    println!("Result<usize, Box<Start>>  {:3} bytes", size_of::<Result<usize, Box<Start>>>());
    let lines: Vec<_> = LOG.lines().collect();
    compare(("in place", || sums(outcomes_in_place(&lines))), ("boxed", || sums(outcomes(&lines))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_for_each_that_failed() {
        let lines: Vec<_> = LOG.lines().collect();
        let ((_, failed), usage) = alloc_kit::measure(|| sums(outcomes(&lines)));
        let bytes = 16 * lines.len() + size_of::<Start>() * failed;
        assert_eq!((usage.allocations, usage.peak_bytes), (1 + failed as u64, bytes as u64));
        assert_eq!(outcome(lines[0]), Ok(146));
        assert_eq!(outcome(&format!("x{}", "ä".repeat(200))).map_err(|start| start.len()), Err(251));
    }

    #[test]
    #[should_panic(expected = "its budget is `bytes = 16000`")]
    fn large_ones_are_over_the_budget() {
        // A release build would do without a list that it sees through.
        let list = || std::hint::black_box(outcomes_in_place(&[""; 1000]));
        alloc_kit::assert_alloc_budget!(bytes = 16_000_u64, sums(list()));
    }
}
