//! `cargo alloc-kit`: what a test run knew of its budgets, kept and shown.
//!
//! `cli.rs` says what can be asked, a module for each subcommand does it. What test processes write is read by `record.rs`, put
//! together by `shard.rs`, and kept by `run_file.rs`; `view.rs` is what is shown of it. Results go to standard output, all
//! else to standard error; `exit.rs` has the codes.

#![deny(unsafe_code)]

mod annotation;
mod audit;
mod blocks;
mod caveats;
mod child;
mod cli;
mod columns;
mod command;
mod config;
mod describe;
mod dhat;
mod exit;
mod frames;
mod how_run;
mod identity;
mod init;
mod json;
#[cfg(test)]
mod made_up;
mod merge;
mod out;
mod outcome;
mod page;
mod policy;
mod programs;
#[cfg_attr(not(unix), expect(dead_code, reason = "it is drawn on Unix"))]
mod progress;
mod prove;
mod ratchet;
mod record;
mod record_file;
mod report;
mod run_file;
mod runner;
mod shard;
mod shell;
mod sizes;
mod split;
mod table;
#[cfg(unix)]
mod terminal;
mod test;
mod tighten;
mod untrusted;
mod user_report;
mod view;
mod whole;

use std::env;
use std::process::ExitCode;

use cli::Command;
use shell::Shell;

fn main() -> ExitCode {
    // Called by cargo, which was called by `sizes`, `audit capture` or `prove`.
    if let Some(done) = sizes::stands_in().or_else(audit::stands_in).or_else(prove::stands_in) {
        return done;
    }
    let (arguments, for_cargo) = cli::parse(env::args_os());
    let mut shell = Shell::new(&arguments.output);
    let done = match &arguments.command {
        Command::Test(options) => test::run(options, &arguments.output, &for_cargo, &mut shell),
        Command::Merge(options) => merge::run(options, &arguments.output, &mut shell),
        Command::Audit(options) => audit::run(options, &arguments.output, &mut shell),
        Command::Completions(options) => describe::completions(options, &mut shell),
        Command::Man(options) => describe::man(options, &mut shell),
        Command::Sizes(options) => sizes::run(options, &arguments.output, &mut shell),
        Command::Init(options) => init::run(options, &arguments.output, &mut shell),
        Command::Prove(options) => prove::run(options, &arguments.output, &mut shell),
        Command::Report(options) => report::run(options, &arguments.output, &mut shell),
        Command::Tighten(options) => tighten::run(options, &arguments.output, &mut shell),
    };
    shell.end(done)
}
