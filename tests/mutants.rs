//! Deliberate mutants: the crate broken on purpose, so that a verdict would be vacuous or wrong, and the test that
//! notices each of them. One that no test notices is a hole in the tests.
//!
//! Run with: `cargo run -p alloc-kit-tests --example mutants` (an hour or so), and after `--`:
//! `--list`, `--only hook,warm-up` (those whose name has one of them in it), `--all` (each against every test).
//!
//! The workspace is copied to a folder for temporary files. There each mutant replaces one text in one file, which has
//! to be in it exactly once, and the tests that should notice are built and run, until one fails. All build into
//! `target/mutants`, which outlives them. Before that the same tests must pass with nothing replaced.

#[path = "mutants/copy.rs"]
mod copy;
#[path = "mutants/list.rs"]
mod list;
#[path = "mutants/of_counting.rs"]
mod of_counting;
#[path = "mutants/of_faults.rs"]
mod of_faults;
#[path = "mutants/of_functions.rs"]
mod of_functions;
#[path = "mutants/of_futures.rs"]
mod of_futures;
#[path = "mutants/of_regions.rs"]
mod of_regions;
#[path = "mutants/of_reports.rs"]
mod of_reports;
#[path = "mutants/of_signals.rs"]
mod of_signals;
#[path = "mutants/of_threads.rs"]
mod of_threads;
#[path = "mutants/options.rs"]
mod options;
#[path = "mutants/suite.rs"]
mod suite;
#[path = "mutants/table.rs"]
mod table;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Instant;

use copy::Copy;
use list::Mutant;
use options::Options;
use suite::{Outcome, Suite};
use table::{Row, Table};

/// What went wrong, in words for whoever started it.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let options = Options::from_args(std::env::args().skip(1))?;
    let mutants = options.choose(&list::all())?;
    if options.list {
        for Mutant { name, file, tests, .. } in &mutants {
            println!("{name:<44} {file:<36} {}", tests.join(", "));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let copy = Copy::of_workspace()?;
    copy.check(&mutants)?;
    let suite = Suite::in_copy(&copy);
    let tests_of = |mutant: &Mutant| if options.all { list::TESTS } else { mutant.tests };
    passes_without_a_mutant(&suite, mutants.iter().flat_map(tests_of))?;

    let mut table = Table::default();
    for (index, mutant) in mutants.iter().enumerate() {
        eprint!("{:>3}/{} {:<44} ", index + 1, mutants.len(), mutant.name);
        let started = Instant::now();
        let outcome = copy.with(mutant, || against(&suite, tests_of(mutant), options.all))??;
        let row = Row { mutant: *mutant, outcome, seconds: started.elapsed().as_secs_f64() };
        eprintln!("{} ({:.0} s)", row.killed_by(), row.seconds);
        table.push(row);
    }
    print!("{table}");
    Ok(if table.all_killed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What fails in any case would notice every mutant.
fn passes_without_a_mutant<'a>(suite: &Suite, tests: impl Iterator<Item = &'a &'static str>) -> Result<()> {
    for test in tests.collect::<BTreeSet<_>>() {
        eprintln!("without a mutant: {test}");
        match suite.run(test)? {
            Outcome::Survived => {}
            outcome => return Err(format!("{test} fails without a mutant: {outcome}")),
        }
    }
    Ok(())
}

/// The first test that fails, or all of them.
fn against(suite: &Suite, tests: &[&str], all: bool) -> Result<Outcome> {
    let mut first = Outcome::Survived;
    for test in tests {
        let outcome = suite.run(test)?;
        match (&mut first, outcome) {
            (_, Outcome::Survived) => {}
            (Outcome::Killed { more, .. }, Outcome::Killed { .. }) => *more += 1,
            (first, outcome) => *first = outcome,
        }
        if !all && first != Outcome::Survived {
            break;
        }
    }
    Ok(first)
}
