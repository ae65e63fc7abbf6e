//! `cargo alloc-kit test`: the tests, run with reporting on, and what all their processes knew.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use clap::Args;
use tempfile::TempDir;

use crate::caveats;
use crate::child::{self, Ended};
use crate::cli::{Build, Output};
use crate::command::Workspace;
use crate::exit::{Done, Exit, Failure};
use crate::how_run::{self, HowRun};
use crate::out;
use crate::outcome;
use crate::policy::{Policy, Ran};
use crate::programs;
use crate::ratchet::{self, Scope};
use crate::record_file::Parsed;
use crate::run_file::RunFile;
use crate::runner::Runner;
use crate::shell::Shell;
use crate::split::Split;
use crate::user_report::UserReport;
use crate::view;
use crate::whole;

/// Options of `cargo alloc-kit test`; all that `cargo test` takes may stand beside them.
#[derive(Args, Debug)]
#[command(
    override_usage = "cargo alloc-kit test [OPTIONS] [CARGO TEST'S ARGUMENTS] [-- ARGUMENTS FOR TESTS]",
    after_help = EXAMPLES
)]
pub(crate) struct Options {
    /// Run the tests by `cargo nextest run`, which does not run doctests
    #[arg(long)]
    pub(crate) nextest: bool,
    #[command(flatten)]
    pub(crate) policy: Policy,
    /// Also write what is known to this file, to be merged with others or reported; `-` is standard output, and nothing else is shown
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) ratchet: ratchet::Options,
    #[command(flatten)]
    pub(crate) build: Build,
}

const EXAMPLES: &str = "\
What is not listed here goes to `cargo test` as it is: --test, --doc, --lib, --no-run, -j, names of tests.

Examples:
  cargo alloc-kit test
  cargo alloc-kit test --workspace --all-features --deny never-exercised
  cargo alloc-kit test -p parser --test corpus -- --test-threads 1 long_lines
  cargo alloc-kit test --nextest --partition count:1/2 --out shard-1.json";

pub(crate) fn run(options: &Options, output: &Output, for_cargo: &Split, shell: &mut Shell) -> Done {
    let workspace = Workspace::find_with(&options.build, &for_cargo.others)?;
    let rules = options.policy.rules(&workspace.config)?;
    let runner = Runner::of(options, output, for_cargo, &workspace)?;
    // Before an hour of tests is run.
    let last_run = workspace.last_run();
    whole::is_writable(&last_run)?;
    let to_stdout = out::is_stdout(options.out.as_deref());
    out::refuse_json(options.out.as_deref(), output)?;
    let out = options.out.as_deref().filter(|_| !to_stdout);
    out.map_or(Ok(()), whole::is_writable)?;
    let nextest = options.nextest || workspace.config.nextest;
    let scope = Scope::of(&options.build, for_cargo, nextest, &workspace);
    let whole = scope.is_of_all();
    let command = how_run::command(options, for_cargo);
    let ratchet = ratchet::open(
        &options.ratchet,
        scope,
        (&command, how_run::ARGUMENTS),
        &workspace.config,
        &workspace.root,
    )?;
    let users = UserReport::asked_for()?;
    say_mode(shell);

    let recorded = record(&runner, &last_run, shell)?;
    if let Some(signal) = recorded.interrupted {
        shell.warning("interrupted: what this run knew is not kept");
        return Ok(Exit::Interrupted(signal));
    }
    let tests_passed = recorded.status.success();
    if runner.runs_nothing() {
        if tests_passed {
            shell.note("no test was to run, so there is nothing to show");
        }
        return Ok(if tests_passed { Exit::Held } else { Exit::TestsFailed });
    }
    let kept_for_user = users.map_or(Ok(()), |users| users.append(&recorded.text));
    let parsed = Parsed::of(&recorded.text)
        .map_err(|why| Failure::unusable(format!("what the test processes reported: {why}")))?;
    let superseded = |how: &str| {
        let why = format!("a later run {how}: {}", how_run::shown(&command));
        RunFile::supersede(&last_run, &why)
    };
    if parsed.records.is_empty() && !tests_passed {
        kept_for_user?;
        if let Some(ratchet) = &ratchet {
            ratchet.say_not_saved(shell);
        }
        superseded("failed before a test reported a budget")?;
        return Ok(Exit::TestsFailed);
    }
    let lost = programs::lost(&parsed, &runner, tests_passed, shell);
    if parsed.records.is_empty() {
        kept_for_user?;
        superseded("passed without a test that reported a budget")?;
        return Err(if lost.is_empty() {
            outcome::no_budgets("no budgets: no test process reported one")
        } else {
            outcome::nothing_left()
        });
    }
    let how = HowRun { whole, passed: tests_passed, command };
    let run = RunFile::of(parsed.records.into_shards(Some(options.build.profile_name()))).run_as(&how);
    let run = RunFile { lost, ..run };
    let written = run.write(&last_run).and_then(|()| out.map_or(Ok(()), |out| run.write(out)));
    let platforms = view::platforms(&run);
    let exit = rules.exit(&platforms, Ran { tests_passed, is_whole: run.lost.is_empty() });
    let ratchet = ratchet.map(|ratchet| ratchet.finish(&platforms, exit, !run.lost.is_empty())).transpose();
    let exit = ratchet.as_ref().ok().and_then(Option::as_ref).map_or(exit, |of| of.exit(exit));
    let compared = ratchet.as_ref().ok().and_then(Option::as_ref);
    let caveats = caveats::of(&run);
    if to_stdout {
        shell.result(run.json());
        outcome::say(&platforms, exit, &caveats, shell);
    } else {
        outcome::show(&platforms, exit, compared, &caveats, output, shell);
    }
    // The table is not lost with the file.
    written.and(kept_for_user)?;
    ratchet?;
    Ok(exit)
}

/// How the tests ended, and what their processes wrote.
struct Recorded {
    status: ExitStatus,
    interrupted: Option<u8>,
    text: Vec<u8>,
}

/// Runs the tests.
fn record(runner: &Runner, last_run: &Path, shell: &mut Shell) -> Result<Recorded, Failure> {
    // A folder of this run alone. With it goes what a test program that outlives this would write.
    let folder = last_run.parent().unwrap_or(Path::new("."));
    let folder = TempDir::with_prefix_in("run-", folder)
        .map_err(|error| Failure::unusable(format!("cannot write in {}: {error}", folder.display())))?;
    let records = folder.path().join("records.jsonl");
    let mut command = runner.command();
    if shell.is_verbose() {
        shell.status("Running", runner.shown());
    }
    command.env(UserReport::VARIABLE, &records);
    let Ended { status, interrupted } = child::run(command, &records, shell)
        .map_err(|error| Failure::unusable(format!("cannot run {}: {error}", Runner::program())))?;
    let text = match fs::read(&records) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(Failure::unusable(format!("cannot read {}: {error}", records.display()))),
    };
    Ok(Recorded { status, interrupted, text })
}

/// What the environment says of broken budgets.
fn say_mode(shell: &mut Shell) {
    let mode: OsString = env::var_os("ALLOC_KIT_MODE").unwrap_or_default();
    match mode.to_str() {
        Some("off") => shell.warning("ALLOC_KIT_MODE=off: no budget is judged, so none is verified"),
        Some("warn") => {
            shell.warning(
                "ALLOC_KIT_MODE=warn: a broken budget fails no test; it is broken here all the same",
            );
        }
        Some("abort") => {
            shell.warning("ALLOC_KIT_MODE=abort: of a process that breaks a budget no other budget is known");
        }
        _ => {}
    }
}
