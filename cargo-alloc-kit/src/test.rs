//! `cargo alloc-kit test`: the tests, run with reporting on, and what all their processes knew.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus, Stdio};

use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::cli::{Build, Color, MessageFormat, Output};
use crate::command::{Workspace, cargo};
use crate::exit::{Done, Exit, Failure};
use crate::json;
use crate::record::Verdict;
use crate::run_file::RunFile;
use crate::shell::Shell;
use crate::split::Split;
use crate::table;
use crate::view::{self, Platform};

/// Options of `cargo alloc-kit test`; all that `cargo test` takes may stand beside them.
#[derive(Args, Debug)]
#[command(
    override_usage = "cargo alloc-kit test [OPTIONS] [CARGO TEST'S ARGUMENTS] [-- ARGUMENTS FOR TESTS]"
)]
pub(crate) struct Options {
    /// Run the tests by `cargo nextest run`, which does not run doctests
    #[arg(long)]
    nextest: bool,
    /// What is to fail
    #[arg(long, value_name = "WHAT")]
    deny: Vec<Deny>,
    /// What is to pass
    #[arg(long, value_name = "WHAT")]
    allow: Vec<Allow>,
    /// Also write what is known to this file, to be merged with others or reported
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    build: Build,
}

/// What can be denied.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Deny {
    /// A budget that no test called
    NeverExercised,
}

/// What can be allowed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Allow {
    /// A budget that was called, and that nothing could judge
    NotVerified,
}

pub(crate) fn run(options: &Options, output: &Output, for_cargo: &Split, shell: &mut Shell) -> Done {
    let workspace = Workspace::find(&options.build)?;
    let (status, run) = record(options, output, for_cargo, &workspace, shell)?;
    if run.is_empty() {
        if !status.success() {
            return Ok(Exit::TestsFailed);
        }
        return Err(Failure {
            exit: Exit::NoBudgets,
            message: "no budgets: no test process reported one".to_owned(),
            help: Some(
                "`#[no_alloc]` or `#[alloc_budget(n)]` on a function, and `cargo add alloc-kit --dev --features enforce`"
                    .to_owned(),
            ),
        });
    }
    run.write(&workspace.last_run())?;
    if let Some(out) = &options.out {
        run.write(out)?;
    }
    let platforms = view::platforms(&run);
    let exit = exit(options, &workspace, status, &platforms);
    match output.message_format {
        MessageFormat::Json => shell.result(json::of(&platforms, Some(exit))),
        MessageFormat::Human => {
            for platform in &platforms {
                shell.result(table::of(platform));
            }
        }
    }
    Ok(exit)
}

/// Runs the tests; gives how they ended, and what their processes wrote.
fn record(
    options: &Options,
    output: &Output,
    for_cargo: &Split,
    workspace: &Workspace,
    shell: &mut Shell,
) -> Result<(ExitStatus, RunFile), Failure> {
    let records = workspace.last_run().with_file_name(format!("records-{}.jsonl", process::id()));
    make_room(&records)?;
    let mut command = Command::new(cargo());
    let nextest = options.nextest || workspace.config.nextest;
    command.args(if nextest { &["nextest", "run"][..] } else { &["test"] });
    // All programs: of one that does not run nothing is known, and its budgets would be never exercised.
    command.arg("--no-fail-fast").args(options.build.arguments()).args(output_arguments(output));
    command.args(&for_cargo.others);
    if !for_cargo.for_tests.is_empty() {
        command.arg("--").args(&for_cargo.for_tests);
    }
    if shell.is_verbose() {
        shell.status("Running", format_args!("{command:?}"));
    }
    // What cargo and the tests say is no result of this command.
    command.env("ALLOC_KIT_REPORT", &records).stdout(Stdio::from(io::stderr()));
    let status = command
        .status()
        .map_err(|error| Failure::unusable(format!("cannot run {}: {error}", cargo().display())))?;
    let run = match fs::read(&records) {
        Ok(text) => RunFile::parse(&text, &records, Some(options.build.profile_name())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(RunFile::default()),
        Err(error) => Err(Failure::unusable(format!("cannot read {}: {error}", records.display()))),
    };
    let _ = fs::remove_file(&records);
    Ok((status, run?))
}

fn output_arguments(output: &Output) -> Vec<OsString> {
    let color = match output.color {
        Color::Auto => None,
        Color::Always => Some("--color=always"),
        Color::Never => Some("--color=never"),
    };
    let mut arguments: Vec<OsString> = color.map(Into::into).into_iter().collect();
    arguments.extend(output.quiet.then(|| "-q".into()));
    arguments.extend((1..output.verbose).map(|_| "-v".into()));
    arguments
}

/// The folder must be there and be writable before an hour of tests is run.
fn make_room(records: &Path) -> Result<(), Failure> {
    let make = || -> io::Result<()> {
        if let Some(folder) = records.parent() {
            fs::create_dir_all(folder)?;
        }
        // An old one of a process that had this id.
        fs::File::create(records)?;
        fs::remove_file(records)
    };
    make().map_err(|error| Failure::unusable(format!("cannot write {}: {error}", records.display())))
}

fn exit(options: &Options, workspace: &Workspace, status: ExitStatus, platforms: &[Platform]) -> Exit {
    let any = |verdict| platforms.iter().any(|platform| platform.count(verdict) > 0);
    let denies = options.deny.iter().chain(&workspace.config.deny).any(|deny| *deny == Deny::NeverExercised);
    let allows =
        options.allow.iter().chain(&workspace.config.allow).any(|allow| *allow == Allow::NotVerified);
    if any(Verdict::Broken) {
        Exit::Broken
    } else if !status.success() {
        Exit::TestsFailed
    } else if any(Verdict::NotVerified) && !allows {
        Exit::NotVerified
    } else if any(Verdict::NeverExercised) && denies {
        Exit::NeverExercised
    } else {
        Exit::Held
    }
}
