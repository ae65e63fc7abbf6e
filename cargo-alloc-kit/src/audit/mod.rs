//! `cargo alloc-kit audit`: what to fix, ranked by what it costs, in three languages.
//!
//! `rules` is what is known of patterns, `walk` and `scan` find them, `linters` asks others, `capture` records a heap profile,
//! `profile` reads one, `join` puts both together, `report`, `check` and `explain` show it.

mod capture;
mod check;
mod config;
mod explain;
mod finding;
mod gather;
mod join;
mod language;
mod linters;
#[cfg(test)]
mod made_up;
mod model;
mod places;
mod profile;
mod read;
mod report;
mod rules;
mod scan;
mod scan_command;
mod scan_text;
mod status;
mod syntax;
mod walk;

pub(crate) use capture::stands_in;
use clap::{Args, Subcommand};

use crate::cli::Output;
use crate::exit::Done;
use crate::shell::Shell;

/// The arguments.
#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "\
Examples:
  cargo alloc-kit audit scan                                   what the rules find below this folder
  cargo alloc-kit audit capture -- cargo run --release         a heap profile of what cargo runs
  cargo alloc-kit audit report                                 what of it costs most, by the profile in alloc-kit-profile/
  cargo alloc-kit audit check                                  whether the budgets of alloc-kit-audit.toml hold
  cargo alloc-kit audit explain rust-collect-then-iter         what a rule says, and what it was measured to save"
)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find patterns that allocate, without a build or a run
    Scan(scan_command::Options),
    /// Run a command so that it records a heap profile
    Capture(capture::Options),
    /// What is found, in the order of what a heap profile says that it costs
    Report(report::Options),
    /// What was measured against budgets and a profile that was kept, with an exit code for CI
    Check(check::Options),
    /// What a rule finds and why, what its advice was measured to save, and when not to take it
    Explain(explain::Options),
}

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    match &options.command {
        Command::Scan(options) => scan_command::run(options, output, shell),
        Command::Capture(options) => capture::run(options, output, shell),
        Command::Report(options) => report::run(options, output, shell),
        Command::Check(options) => check::run(options, output, shell),
        Command::Explain(options) => explain::run(options, output, shell),
    }
}
