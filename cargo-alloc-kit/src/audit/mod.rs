//! `cargo alloc-kit audit`: what to fix, ranked by what it costs, in three languages.
//!
//! `rules` is what is known of patterns, `walk` and `scan` find them, `linters` asks others, `capture` records a heap profile,
//! `profile` reads one, `join` puts both together, `report`, `check` and `explain` show it.

mod capture;
mod finding;
mod gather;
mod join;
mod language;
mod linters;
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
  cargo alloc-kit audit report                                 what of it costs most, by the profile in alloc-kit-profile/"
)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find patterns that allocate, without a build or a run
    Scan(scan_command::Options),
    /// What is found, in the order of what a heap profile says that it costs
    Report(report::Options),
}

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    match &options.command {
        Command::Scan(options) => scan_command::run(options, output, shell),
        Command::Report(options) => report::run(options, output, shell),
    }
}
