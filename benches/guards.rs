//! What a guard costs: entering and leaving one, alloc-kit's and those of the other crates that count or forbid.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench guards` (some minutes), and after `--`:
//! `--quick`, `--only measure,dhat`, `--rounds 32`, `--instructions`, `--markdown`.
//!
//! Each crate is a program of its own, in the package `guards/` outside the workspace: a process has one global
//! allocator. A program times the same work plain and guarded, by turns; the difference is what the guard costs, and
//! nothing in it allocates. This driver builds the programs with several orders of functions, starts them by turns in
//! rounds, each next to alloc-kit's `#[no_alloc]`, and prints the medians. Each program must first prove that the very
//! functions which are timed see an allocation, when they are made to make one. The instructions come from callgrind.

#[path = "guards/driver/build.rs"]
mod build;
#[path = "guards/driver/instructions.rs"]
mod instructions;
#[path = "guards/driver/options.rs"]
mod options;
#[path = "guards/driver/program.rs"]
mod program;
#[path = "guards/driver/rounds.rs"]
mod rounds;
#[path = "guards/driver/rows.rs"]
mod rows;
mod support;
#[path = "guards/driver/table.rs"]
mod table;

use std::process::ExitCode;

use build::Programs;
use options::Options;
use rows::Row;
use support::{Result, machine};
use table::Table;

fn main() -> ExitCode {
    support::end(run())
}

fn run() -> Result<()> {
    let options = Options::from_args(std::env::args().skip(1))?;
    let load = machine::load();
    let mut programs = Programs::new();
    let layouts = programs.build(&options.rows, options.layouts)?;
    let rows: Vec<&Row> = options.rows.iter().copied().filter(|row| programs.has(row)).collect();
    for row in &rows {
        program::prove(row)?;
    }

    let instructions = instructions::count(&rows);
    let figures = if options.instructions { None } else { Some(rounds::run(&rows, &options, layouts)?) };

    let table = Table { options: &options, rows: &rows, figures, instructions };
    println!();
    table.print();
    println!();
    for note in table.notes(layouts) {
        println!("{note}");
    }
    for row in options.rows.iter().filter(|row| !programs.has(row)) {
        println!("- {}: could not be built here (it may need a newer compiler), left out.", row.title);
    }
    println!();
    println!("{}", machine::describe());
    println!("load average: {load} at the start, {} at the end", machine::load());
    Ok(())
}
