//! Every quick win against what it replaces, in one table: allocations, bytes, peak and time, before and after.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench wins` (some minutes), and after `--`: `--quick`, `--only w1,w6`
//! (every side of those), `--allocator system`, `--rounds 32`, `--markdown`, `--charts docs`, `--help`.
//!
//! The jobs are in `workloads/`, the program that does them in the package `wins/` outside the workspace: built without
//! alloc-kit's counting over two allocators, with several orders of functions, and once with it. All ways of a job must
//! first come to the same answers and allocate what they say. Then there are rounds: in each, a process for each workload
//! and allocator in a shuffled order, which takes the ways of the job by turns. Ratios are of what ran side by side.

#[path = "wins/driver/charts/mod.rs"]
mod charts;
#[path = "wins/driver/detail.rs"]
mod detail;
#[path = "wins/driver/figures.rs"]
mod figures;
#[path = "wins/driver/options.rs"]
mod options;
#[path = "wins/driver/program.rs"]
mod program;
#[path = "wins/driver/summary.rs"]
mod summary;
mod support;
#[path = "wins/driver/verdict.rs"]
mod verdict;

use std::process::ExitCode;
use std::time::Instant;

use figures::Figures;
use options::Options;
use program::Programs;
use support::{Result, machine};

fn main() -> ExitCode {
    support::end(run())
}

fn run() -> Result<()> {
    let Some(options) = Options::from_args(std::env::args().skip(1))? else {
        println!("{}", options::HELP);
        return Ok(());
    };
    let (start, load) = (Instant::now(), machine::load());
    let programs = Programs::build(&options)?;
    let built = start.elapsed().as_secs();

    let mut figures = Figures::new(&options.workloads)?;
    figures.compare_answers(&programs)?;
    figures.count_allocations(&programs)?;
    if options.charts.is_some() {
        figures.count_growth(&programs)?;
    }
    if options.detailed {
        figures.count_instructions(&programs)?;
    }
    figures.time(&programs, &options)?;

    println!();
    if options.detailed {
        detail::print(&options, &figures);
    } else {
        summary::print(&options, &figures);
    }
    let end = machine::load();
    let machine = format!("{}; load average {load} at the start, {end} at the end", machine::describe());
    if options.markdown {
        println!("\n`{machine}`\n{}", summary::MARK);
    } else {
        println!("\n{machine}");
    }
    if let Some(folder) = &options.charts {
        charts::write(folder, &figures)?;
    }
    let took = start.elapsed().as_secs();
    eprintln!("{took} s, {built} of them for building");
    Ok(())
}
