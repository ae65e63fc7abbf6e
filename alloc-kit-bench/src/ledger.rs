//! The ledger: what the benchmarks of this process allocated, and what was wrong with it, told when the process ends.
//!
//! A benchmark over its budget must not stop those after it, and must not be missed, whatever the program's `main` does. So
//! the first benchmark registers a function with C's `atexit`, which prints the table and the failures, and makes the
//! process end with another code than 0.

#![allow(unsafe_code, reason = "C's atexit and _exit")]

use core::ffi::c_int;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::panic;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::baseline::{self, Baselines, Stored};
use crate::budget::Budget;
use crate::change::Change;
use crate::counts::Counts;
use crate::figures;
use crate::plan::Plan;

/// What a test program that fails ends with.
const FAILED: c_int = 101;

/// How a benchmark stands.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) id: String,
    pub(crate) counts: Counts,
    pub(crate) change: Change,
    /// What is over the budget, in words.
    pub(crate) over: Vec<String>,
}

struct Ledger {
    process: u32,
    /// Where it cannot be had, `failures` says why.
    plan: Option<Plan>,
    baselines: Option<Baselines>,
    /// How often each id was there.
    seen: BTreeMap<String, u32>,
    /// For the table at the end.
    table: Vec<Outcome>,
    /// Each broken budget, in lines.
    over: Vec<String>,
    /// Whatever else fails the process.
    failures: Vec<String>,
}

static LEDGER: Mutex<Option<Ledger>> = Mutex::new(None);

/// The plan, for what a harness has to leave out; nothing where it cannot be had.
#[cfg(feature = "criterion")]
pub(crate) fn plan() -> Option<Plan> {
    ledger().as_ref().and_then(|ledger| ledger.plan.clone())
}

/// Compares, judges and saves what a benchmark allocated.
pub(crate) fn settle(id: String, budget: Budget, counts: Counts) -> Outcome {
    match ledger().as_mut() {
        Some(ledger) => ledger.settle(id, budget, counts),
        None => Outcome { id, counts, change: Change::New, over: Vec::new() },
    }
}

/// Leaves it to the end to print this.
pub(crate) fn tabulate(outcome: Outcome) {
    if let Some(ledger) = ledger().as_mut() {
        ledger.table.push(outcome);
    }
}

/// Fails the process when it ends, and says why. What was said already is not said again.
#[cfg(feature = "criterion")]
pub(crate) fn fail(why: String) {
    if let Some(ledger) = ledger().as_mut() {
        ledger.fail(why);
    }
}

/// The ledger, opened by the first who asks.
fn ledger() -> MutexGuard<'static, Option<Ledger>> {
    let mut guard = LEDGER.lock().unwrap_or_else(PoisonError::into_inner);
    guard.get_or_insert_with(Ledger::open);
    guard
}

impl Ledger {
    fn open() -> Self {
        let mut failures = Vec::new();
        let mut or_fails = |why| failures.push(why);
        let plan = Plan::of_process().map_err(&mut or_fails).ok();
        let baselines = Baselines::of_process().map_err(&mut or_fails).ok().flatten();
        let needs_them = plan.as_ref().is_some_and(|plan| plan.saves || plan.strict);
        if baselines.is_none() && needs_them && failures.is_empty() {
            failures.push(format!(
                "this program is in no target folder of cargo's, where baselines are kept: set `{}` to a folder for them",
                baseline::HOME
            ));
        }
        // Else nobody would be told.
        assert!(atexit(at_exit) == 0, "alloc-kit-bench: `atexit` takes no more functions");
        let (seen, table, over) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { process: process::id(), plan, baselines, seen, table, over, failures }
    }

    fn fail(&mut self, why: String) {
        if !self.failures.contains(&why) {
            self.failures.push(why);
        }
    }

    fn settle(&mut self, id: String, budget: Budget, counts: Counts) -> Outcome {
        let times = self.seen.entry(id.clone()).or_default();
        *times += 1;
        // As criterion tells those apart that have one name.
        let id = if *times == 1 { id } else { format!("{id} #{times}") };

        let debug = cfg!(debug_assertions);
        let mut change = Change::New;
        if let (Some(plan), Some(baselines)) = (self.plan.clone(), &mut self.baselines) {
            let was = baselines.of(&plan.baseline, &id);
            change = Change::of(&counts, was, debug);
            if was.is_none() && plan.strict {
                let why = baselines.why_not(&plan.baseline, &id);
                self.fail(format!("{why}\n  = help: `--save-baseline {}` makes it", plan.baseline));
            } else if let (true, Change::OtherBuild { debug }) = (plan.strict, &change) {
                // Each benchmark says so; who asked for a comparison and got none at all has to hear it once.
                self.fail(format!(
                    "nothing is compared: the baseline `{name}` is of a build with{} debug assertions\n  = help: compare with a \
                     build of the same profile, or make it anew with `--save-baseline {name}`",
                    if *debug { "" } else { "out" },
                    name = plan.baseline,
                ));
            } else if plan.saves
                && let Err(why) = baselines.save(&plan.baseline, &id, Stored { counts, debug })
            {
                self.fail(why);
            }
        }

        let judged = self.plan.as_ref().is_none_or(|plan| !plan.off);
        let over = if judged { budget.over(&counts.most) } else { Vec::new() };
        self.over.extend(over.iter().map(|over| format!("  {id}: {over}")));
        if !over.is_empty() {
            self.over.push(format!(
                "  = help: `cargo test` shows the lines that allocate, with {} on the function",
                budget.attribute()
            ));
        }
        Outcome { id, counts, change, over }
    }

    /// The table, the failures, and whether there are any.
    fn end(&self) -> bool {
        let _ = io::stdout().write_all(table(&self.table).as_bytes());
        let _ = io::stdout().flush();
        let mut lines: Vec<String> =
            self.failures.iter().map(|why| format!("alloc-kit-bench: {why}\n")).collect();
        if !self.over.is_empty() {
            lines.push(format!("alloc-kit-bench: over budget\n{}\n", self.over.join("\n")));
        }
        // A standard error that is closed is no reason to stop.
        let _ = io::stderr().write_all(lines.concat().as_bytes());
        let warns = self.plan.as_ref().is_some_and(|plan| plan.warns);
        !self.failures.is_empty() || !self.over.is_empty() && !warns
    }
}

/// What was left to the end, aligned.
fn table(outcomes: &[Outcome]) -> String {
    if outcomes.is_empty() {
        return String::new();
    }
    let titles = ["", "allocations", "bytes", "peak bytes", "live bytes", "change"].map(str::to_owned);
    let rows = outcomes.iter().map(|Outcome { id, counts, change, over }| {
        let mut cells = vec![id.clone()];
        cells.extend(figures::SHOWN.iter().map(|figure| {
            let (least, most) = (figure.of(&counts.least), figure.of(&counts.most));
            if least == most { most.to_string() } else { format!("{least} to {most}") }
        }));
        let first = counts.first().map(|first| format!("; first run: {first}")).unwrap_or_default();
        let over = if over.is_empty() { String::new() } else { format!("; OVER: {}", over.join(", ")) };
        cells.push(format!("{}{first}{over}", change.short()));
        cells
    });
    let rows: Vec<Vec<String>> = [titles.to_vec()].into_iter().chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let lines = rows.iter().map(|row| {
        let figures = row.iter().enumerate().take(5).skip(1);
        let figures = figures.map(|(column, cell)| format!("  {cell:>width$}", width = width(column)));
        let figures: Vec<String> = figures.collect();
        format!("{:<width$}{}  {}\n", row[0], figures.concat(), row[5], width = width(0))
    });
    lines.collect::<Vec<_>>().concat()
}

unsafe extern "C" {
    /// C's, as is.
    safe fn atexit(at_exit: extern "C" fn()) -> c_int;
    /// C's, as is.
    safe fn _exit(code: c_int) -> !;
}

extern "C" fn at_exit() {
    // A panic must not leave a C function.
    let failed = panic::catch_unwind(|| {
        let guard = LEDGER.lock().unwrap_or_else(PoisonError::into_inner);
        // A forked child would tell the same again.
        let ledger = guard.as_ref().filter(|ledger| ledger.process == process::id());
        ledger.is_some_and(Ledger::end)
    });
    if failed.unwrap_or(true) {
        // Not `exit`, which runs what is registered for it, and this is it.
        _exit(FAILED);
    }
}

#[cfg(test)]
mod tests {
    use alloc_kit::Usage;

    use super::*;

    fn outcome(id: &str, allocations: u64, over: &[&str]) -> Outcome {
        let mut usage = Usage::default();
        (usage.allocations, usage.bytes_allocated, usage.peak_bytes) = (allocations, allocations * 100, 100);
        let counts = Counts { first: usage, least: usage, most: usage };
        let over = over.iter().map(|over| (*over).to_owned()).collect();
        Outcome { id: id.to_owned(), counts, change: Change::New, over }
    }

    #[test]
    fn the_table_is_aligned() {
        let text = table(&[
            outcome("csv::lines::10", 12, &[]),
            outcome("csv::all", 3, &["3 allocations, the budget is 2"]),
        ]);
        assert_eq!(
            text,
            "                allocations  bytes  peak bytes  live bytes  change
csv::lines::10           12   1200         100           0  new
csv::all                  3    300         100           0  new; OVER: 3 allocations, the budget is 2
"
        );
        assert_eq!(table(&[]), "");
    }
}
