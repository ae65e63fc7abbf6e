//! What counting costs: alloc-kit and the other crates that count or forbid allocations, as ratios to plain `System`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench counting` (some minutes), and after `--`:
//! `--quick`, `--only divan,stats_alloc`, `--workloads w1,w4`, `--rounds 32`, `--instructions`, `--markdown`, `--dev`.
//!
//! Each allocator is a program of its own, in the package `counting/` outside the workspace: a process has one
//! global allocator, and this one's is alloc-kit's. This driver builds the programs with several orders of functions
//! (moving a small loop changes its speed by some percent), starts them by turns in rounds, takes each one's ratio to
//! `System` right before or after, and prints the medians. Each program says what it counted, which must be what the
//! `reference` program counts: nobody wins by not counting. The instructions come from callgrind.

#[path = "counting/driver/allocators.rs"]
mod allocators;
#[path = "counting/driver/build.rs"]
mod build;
#[path = "counting/driver/instructions.rs"]
mod instructions;
#[path = "counting/driver/options.rs"]
mod options;
#[path = "counting/driver/program.rs"]
mod program;
#[path = "counting/driver/rounds.rs"]
mod rounds;
mod support;
#[path = "counting/driver/table.rs"]
mod table;

use std::process::ExitCode;

use allocators::Allocator;
use build::Programs;
use options::Options;
use support::{Result, machine};
use table::Table;

fn main() -> ExitCode {
    support::end(run())
}

fn run() -> Result<()> {
    let options = Options::from_args(std::env::args().skip(1))?;
    let load = machine::load();
    let mut programs = Programs::new(options.profile);
    let layouts = programs.build(&options.allocators, options.layouts)?;
    let allocators: Vec<&Allocator> =
        options.allocators.iter().copied().filter(|allocator| programs.has(allocator)).collect();

    let instructions = instructions::count(&programs, &allocators);
    let figures = if options.instructions {
        Vec::new()
    } else {
        rounds::run(&programs, &allocators, &options, layouts)?
    };

    let table =
        Table { options: &options, allocators: &allocators, figures: &figures, instructions: &instructions };
    println!();
    table.print();
    println!();
    for note in table.notes(layouts) {
        println!("{note}");
    }
    for allocator in options.allocators.iter().filter(|allocator| !programs.has(allocator)) {
        println!("- {}: could not be built here (it may need a newer compiler), left out.", allocator.title);
    }
    println!();
    println!("{}", machine::describe());
    println!("load average: {load} at the start, {} at the end", machine::load());
    Ok(())
}
