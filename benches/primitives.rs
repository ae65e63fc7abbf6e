//! alloc-kit's helpers against the naive code, the best that is written by hand, and other crates for the same.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench primitives` (some minutes), and after `--`:
//! `--quick`, `--only pool,arena` (those in detail), `--rounds 32`, `--instructions`, `--markdown`;
//! `--memory`: what each keeps of one buffer of 100 MB; `--check`: no timings, but all that must hold, as CI does.
//!
//! The program is in the package `primitives/` outside the workspace, built without alloc-kit's counting, and once more
//! with it for the allocations. This driver builds it with several orders of functions and starts it in rounds, a
//! process for each workload, which takes the sides by turns: ratios are of what ran side by side. Before that all
//! sides must have found the same. Instructions come from callgrind, resident memory from a process for each side.

#[path = "primitives/driver/build.rs"]
mod build;
#[path = "primitives/driver/check.rs"]
mod check;
#[path = "primitives/driver/detail.rs"]
mod detail;
#[path = "primitives/driver/figures.rs"]
mod figures;
#[path = "primitives/driver/options.rs"]
mod options;
#[path = "primitives/driver/program.rs"]
mod program;
#[path = "primitives/driver/summary.rs"]
mod summary;
mod support;
#[path = "primitives/driver/workloads.rs"]
mod workloads;

use std::process::ExitCode;

use figures::Figures;
use options::{Mode, Options};
use support::{Result, machine};
use workloads::Workload;

fn main() -> ExitCode {
    support::end(run())
}

fn run() -> Result<()> {
    let options = Options::from_args(std::env::args().skip(1))?;
    if options.mode == Mode::Check {
        let program = build::counting()?;
        return check::run(&program, &options.pick(program.list()?)?);
    }

    let load = machine::load();
    let layouts = build::layouts(options.layouts)?;
    let workloads = options.pick(layouts[0].list()?)?;
    for workload in &workloads {
        layouts[0].equal(workload)?;
    }
    let mut figures = Figures::new(&workloads);
    match options.mode {
        Mode::Memory => figures.look_at_memory(&layouts[0])?,
        Mode::Instructions => figures.count_instructions(&layouts[0])?,
        Mode::All | Mode::Check => {
            figures.count_allocations(&build::counting()?)?;
            figures.look_at_memory(&layouts[0])?;
            figures.count_instructions(&layouts[0])?;
            figures.time(&layouts, &options)?;
        }
    }
    show(&options, &workloads, &figures);
    println!("{}", machine::describe());
    println!("load average: {load} at the start, {} at the end", machine::load());
    Ok(())
}

fn show(options: &Options, workloads: &[Workload], figures: &Figures) {
    let summarised = options.mode == Mode::All && options.only.is_none();
    if !(summarised && options.markdown) {
        for (workload, of_workload) in workloads.iter().zip(&figures.workloads) {
            detail::print(options, workload, of_workload);
        }
    }
    println!();
    if summarised {
        summary::print(options, workloads, figures);
        println!();
    }
    for note in detail::notes(options, figures).iter().chain(summarised.then(summary::notes).iter().flatten())
    {
        println!("{note}");
    }
    println!();
}
