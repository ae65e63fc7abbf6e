//! Both ways on the same file: do they agree, and what does each of them cost?

use crate::report::{as_f64, grouped};
use crate::{lean, usual};
use alloc_kit::{Usage, measure};
use std::fmt;
use std::hint::black_box;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// Rows in each table of the report.
pub(crate) const TOP: usize = 10;

/// Rounds are added until this has passed, within the bounds below.
const PATIENCE: Duration = Duration::from_secs(2);
const LEAST_ROUNDS: usize = 5;
const MOST_ROUNDS: usize = 51;

/// A log, and how much of it is read: what a live log gains in the meantime is left for another day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log<'a> {
    pub(crate) file: &'a Path,
    pub(crate) file_bytes: u64,
}

impl Log<'_> {
    /// The whole job, the report's tables included.
    pub(crate) fn usual(&self) -> io::Result<usual::Triage> {
        let triage = usual::Triage::read_file(self.file, self.file_bytes)?;
        black_box(triage.report(TOP));
        Ok(triage)
    }

    /// The whole job, the report's tables included.
    pub(crate) fn lean(&self) -> io::Result<lean::Triage> {
        let triage = lean::Triage::read_file(self.file, self.file_bytes)?;
        black_box(triage.report(TOP));
        Ok(triage)
    }
}

/// The outcome of doing the job both ways.
pub(crate) struct Comparison {
    pub(crate) triage: lean::Triage,
    /// Whether every row of every table is the same.
    pub(crate) agree: bool,
    pub(crate) usual: Usage,
    pub(crate) lean: Usage,
}

/// Does the job once each way and counts.
pub(crate) fn compare(log: Log<'_>) -> io::Result<Comparison> {
    let (usual_triage, usual) = measure(|| log.usual());
    let (lean_triage, lean) = measure(|| log.lean());
    let (usual_triage, triage) = (usual_triage?, lean_triage?);
    let agree = usual_triage.report(usize::MAX) == triage.report(usize::MAX);
    Ok(Comparison { triage, agree, usual, lean })
}

/// Median times of both ways, and the median of each round's ratio.
pub(crate) struct Times {
    rounds: usize,
    usual: Duration,
    lean: Duration,
    ratio: f64,
}

/// Does the job in turn, each way, for some rounds.
pub(crate) fn time(log: Log<'_>) -> io::Result<Times> {
    let (begun, mut usual, mut lean, mut ratios) = (Instant::now(), Vec::new(), Vec::new(), Vec::new());
    while ratios.len() < LEAST_ROUNDS || (begun.elapsed() < PATIENCE && ratios.len() < MOST_ROUNDS) {
        let start = Instant::now();
        drop(black_box(log.usual()?));
        let between = Instant::now();
        drop(black_box(log.lean()?));
        let (slow, fast) = (between - start, between.elapsed());
        usual.push(slow);
        lean.push(fast);
        ratios.push(slow.as_secs_f64() / fast.as_secs_f64());
    }
    usual.sort_unstable();
    lean.sort_unstable();
    ratios.sort_unstable_by(f64::total_cmp);
    let middle = ratios.len() / 2;
    Ok(Times { rounds: ratios.len(), usual: usual[middle], lean: lean[middle], ratio: ratios[middle] })
}

/// Counts and times as a table; no times where they would be dhat's.
pub(crate) struct CostTable<'a>(pub(crate) &'a Comparison, pub(crate) Option<&'a Times>);

impl fmt::Display for CostTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Comparison { usual, lean, .. }, times) = self;
        writeln!(f, "{:<24} {:>12} {:>12} {:>9}", "Both ways, same report", "usual", "lean", "ratio")?;
        for (name, usual, lean) in [
            ("allocations", usual.allocations, lean.allocations),
            ("bytes allocated", usual.bytes_allocated, lean.bytes_allocated),
            ("peak bytes", usual.peak_bytes, lean.peak_bytes),
        ] {
            let ratio = as_f64(usual) / as_f64(lean);
            writeln!(f, "{name:<24} {:>12} {:>12} {ratio:>8.1}x", grouped(usual), grouped(lean))?;
        }
        let Some(times) = times else {
            return writeln!(f, "Not timed: dhat takes a backtrace at each allocation.");
        };
        let name = format!("ms, median of {} rounds", times.rounds);
        let [usual, lean] = [times.usual, times.lean].map(|time| 1000.0 * time.as_secs_f64());
        writeln!(f, "{name:<24} {usual:>12.2} {lean:>12.2} {:>8.1}x", times.ratio)?;
        writeln!(f, "Timed with counting on and the budgets of lean enforced, three for each line.")
    }
}
