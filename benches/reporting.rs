//! What a report costs a test suite: the same test programs with `ALLOC_KIT_REPORT` and without, by turns.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench reporting` (some minutes), and after `--`:
//! `--rounds 10`, `--markdown`, `--times` (no instructions, which take valgrind half an hour), `--check` (no timings: both ways run, and the reports have all budgets; what CI runs).
//!
//! Suites are the tests of examples/, and some of tests/ with many budgets, in debug builds as `cargo test` has them: a process for
//! each program, as `cargo test` runs them, and a process for each test, as nextest does; then `cargo test` itself beside `cargo
//! alloc-kit test`, all built. Then the extremes (`reporting/src`): processes that do next to nothing with 30 and with 500
//! budgets linked in, and one that does next to nothing but calling a budgeted function. A ratio is of one round, in which both ways
//! run side by side.

#[path = "reporting/driver/measured.rs"]
mod measured;
#[path = "reporting/driver/suite.rs"]
mod suite;
mod support;

use std::process::ExitCode;

use measured::{Row, Way};
use suite::{Own, Suite};
use support::{Result, cells, machine, options, statistics};

/// Programs of so many seconds say nothing that the others do not.
const LONG: [&str; 3] = ["audio", "frames", "http"];
/// What a quick look runs.
const QUICK: [&str; 3] = ["clear", "cow", "literals"];
/// Of tests/, those with many budgets that start no cargo.
const BUDGETS: [&str; 3] = ["budgets", "polls", "verdicts"];
const ACCEPTED: &str = "--rounds <n>, --markdown, --times, --check";

fn main() -> ExitCode {
    support::end(run())
}

fn run() -> Result<()> {
    let (mut rounds, mut markdown, mut checks, mut times_only) = (10, false, false, false);
    // Cargo adds `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => rounds = options::rounds(&arguments.next().ok_or("`--rounds` needs a number")?)?,
            "--markdown" => markdown = true,
            "--times" => times_only = true,
            "--check" => checks = true,
            other => return Err(format!("unknown option `{other}`; accepted are {ACCEPTED}")),
        }
    }
    let load = machine::load();
    let is_wanted = |name: &str| if checks { QUICK.contains(&name) } else { !LONG.contains(&name) };
    let suite = Suite::build("examples", is_wanted, &[])?;
    let own = Own::build()?;
    let mut rows = vec![
        Row::new("the tests of examples/, a process a program", suite.programs()),
        Row::new("the same, a process a test", suite.tests()?),
    ];
    if !checks {
        let tests = Suite::build("tests", |name| BUDGETS.contains(&name), &BUDGETS)?;
        rows.push(Row::new("tests of budgets, many of them broken, a process a program", tests.programs()));
        rows.push(Row::new("the same, a process a test", tests.tests()?));
        rows.push(Row::new("`cargo test` of examples/, and `cargo alloc-kit test`", suite.by_cargo()?));
    }
    rows.push(Row::new("a process that does nothing, 30 budgets", own.runs("few", 30, 20)));
    rows.push(Row::new("a process that does nothing, 500 budgets", own.runs("many", 500, 20)));
    rows.push(Row::new("nothing but calls, of 64 bytes summed", own.runs("calls", 1, 2)));
    for row in &rows {
        row.check()?;
    }
    if checks {
        println!("both ways ran, and the reports have all budgets");
        return Ok(());
    }

    let instructions = |row: &Row| if times_only { Ok(None) } else { row.instructions() };
    let head = ["", "processes", "budgets in them", "calls", "without", "with", "ratio", "instructions"];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    for row in &rows {
        let rounds = row.time(rounds)?;
        let of = |way: Way| statistics::quartiles(rounds.iter().map(|round| round[way as usize]).collect());
        let ratio = statistics::quartiles(rounds.iter().map(|[without, with]| with / without).collect());
        let seconds = |[_, median, _]: [f64; 3]| format!("{:.0} ms", 1e3 * median);
        let reported = row.check()?;
        table.push(vec![
            row.title.to_owned(),
            cells::count(row.commands.len()),
            cells::count(reported.budgets),
            cells::count(reported.calls),
            seconds(of(Way::Without)),
            seconds(of(Way::With)),
            cells::spread(ratio, cells::ratio),
            instructions(row)?.map_or_else(|| String::from("-"), cells::ratio),
        ]);
    }
    println!();
    cells::print(&table, 1, markdown);
    println!();
    println!("{}", machine::describe());
    println!("load average: {load} at the start, {} at the end", machine::load());
    Ok(())
}
