//! [`Counts`]: what the runs of a benchmark allocated, and the loop that finds it.

use core::fmt;
use std::time::{Duration, Instant};

use alloc_kit::Usage;

use crate::figures::{self, Figure};

/// A routine is counted at least so often after its first run, however slow it is.
const LEAST_RUNS: u32 = 3;
/// And no oftener than this, however quick.
const MOST_RUNS: u32 = 32;
/// In between it is this time that ends it.
const ENOUGH: Duration = Duration::from_millis(200);

/// What the runs of a benchmark allocated: the first by itself, and the least and the most of those after it.
///
/// A routine that always does the same has `least == most`. One that does not, because it hashes with random keys, grows
/// something or waits for threads, has a range in place of a number that would be different the next time.
///
/// [`record`](crate::record) gives it, and the lines that a benchmark prints are made of it.
///
/// ```
/// # alloc_kit::install!();
/// use alloc_kit_bench::{Budget, record};
///
/// let mut line = String::new();
/// let counts = record("line/kept", Budget::allocations(0), || {
///     line.clear();
///     line.push_str("alpha,beta");
/// });
/// assert_eq!(counts.first.allocations, 1); // it grew, and stays so
/// assert_eq!((counts.least.allocations, counts.most.allocations), (0, 0));
/// assert_eq!(counts.to_string(), "0 allocations");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// The first run, which fills caches and grows buffers. Only shown, never judged.
    pub first: Usage,
    /// Of each figure the least of the runs after it; they need not be of one run.
    pub least: Usage,
    /// Of each figure the most of the runs after it: what budgets are judged against.
    pub most: Usage,
}

impl Counts {
    /// Runs the routine, by a closure that gives what one run used: once, and then 3 to 32 times, until 200 ms have passed.
    pub(crate) fn of(mut run: impl FnMut() -> Usage) -> Self {
        let start = Instant::now();
        let first = run();
        let mut counts: Option<Self> = None;
        for runs in 1..=MOST_RUNS {
            let usage = run();
            let counts = counts.get_or_insert(Self { first, least: usage, most: usage });
            for figure in figures::ALL {
                let value = figure.of(&usage);
                let (least, most) = (figure.of(&counts.least), figure.of(&counts.most));
                figure.set(&mut counts.least, value.min(least));
                figure.set(&mut counts.most, value.max(most));
            }
            if runs >= LEAST_RUNS && start.elapsed() >= ENOUGH {
                break;
            }
        }
        counts.unwrap_or(Self { first, least: first, most: first })
    }

    /// A figure in words, a range where the runs differ.
    pub(crate) fn say(&self, figure: &Figure) -> String {
        figure.say_range(figure.of(&self.least), figure.of(&self.most))
    }

    /// The first run in words, where it is not as those after it.
    pub(crate) fn first(&self) -> Option<String> {
        let Self { first, least, most } = self;
        let differs = |figure: &&Figure| !(figure.of(least)..=figure.of(most)).contains(&figure.of(first));
        figures::SHOWN
            .iter()
            .copied()
            .any(|figure| differs(&figure))
            .then(|| Self { first: *first, least: *first, most: *first }.to_string())
    }
}

impl fmt::Display for Counts {
    /// `3 allocations (2 of them reallocations), 120 bytes, peak 64 bytes`, and what stays live if it is not 0; ranges
    /// where the runs differ.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(&figures::ALLOCATIONS))?;
        let Usage { allocations, reallocations, live_bytes, allowed_allocations, .. } = self.most;
        if reallocations > 0 {
            let (least, most) = (self.least.reallocations, reallocations);
            let range = if least == most { most.to_string() } else { format!("{least} to {most}") };
            write!(f, " ({range} of them reallocations)")?;
        }
        if allocations > 0 {
            write!(f, ", {}, {}", self.say(&figures::BYTES), self.say(&figures::PEAK_BYTES))?;
        }
        if (self.least.live_bytes, live_bytes) != (0, 0) {
            write!(f, ", {}", self.say(&figures::LIVE_BYTES))?;
        }
        match allowed_allocations {
            0 => Ok(()),
            _ => write!(f, ", and {allowed_allocations} that `allow_alloc!` excepts"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(allocations: u64, reallocations: u64, bytes: u64, peak_bytes: u64, live_bytes: i64) -> Usage {
        let mut usage = Usage::default();
        (usage.allocations, usage.reallocations, usage.bytes_allocated) = (allocations, reallocations, bytes);
        (usage.peak_bytes, usage.live_bytes) = (peak_bytes, live_bytes);
        usage
    }

    #[test]
    fn runs_that_do_the_same_are_one_number() {
        let mut runs = 0;
        let counts = Counts::of(|| {
            runs += 1;
            used(3, 2, 120, 64, 0)
        });
        assert!((1 + LEAST_RUNS..=1 + MOST_RUNS).contains(&runs), "{runs}");
        assert_eq!(counts.to_string(), "3 allocations (2 of them reallocations), 120 bytes, peak 64 bytes");
        assert_eq!(counts.first(), None);
    }

    #[test]
    fn the_first_run_is_told_apart() {
        let mut runs = 0;
        let counts = Counts::of(|| {
            runs += 1;
            if runs == 1 { used(1, 0, 64, 64, 64) } else { Usage::default() }
        });
        assert_eq!(counts.to_string(), "0 allocations");
        assert_eq!(counts.first().as_deref(), Some("1 allocation, 64 bytes, peak 64 bytes, live 64 bytes"));
    }

    #[test]
    fn runs_that_differ_are_a_range() {
        let mut runs = 0;
        let counts = Counts::of(|| {
            runs += 1;
            if runs % 2 == 0 { used(2, 0, 96, 96, -8) } else { used(3, 1, 96, 64, 8) }
        });
        assert_eq!(
            counts.to_string(),
            "2 to 3 allocations (0 to 1 of them reallocations), 96 bytes, peak 64 to 96 bytes, live -8 to 8 bytes"
        );
        assert_eq!(counts.first(), None);
    }

    #[test]
    fn a_slow_routine_runs_four_times() {
        let mut runs = 0;
        Counts::of(|| {
            runs += 1;
            std::thread::sleep(ENOUGH);
            Usage::default()
        });
        assert_eq!(runs, 1 + LEAST_RUNS);
    }
}
