//! `cargo alloc-kit merge`: the files of several runs or machines, put together and shown as those of one run.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::blocks::counted;
use crate::caveats::{self, Caveat};
use crate::cli::{Build, Output};
use crate::command::Workspace;
use crate::config::Config;
use crate::exit::{Done, Failure};
use crate::out;
use crate::outcome;
use crate::policy::{Policy, Ran};
use crate::run_file::RunFile;
use crate::shell::Shell;
use crate::untrusted;
use crate::view;
use crate::whole;

/// The arguments.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    /// What `cargo alloc-kit test --out` wrote, or the records of test processes; of a folder all of its .json and .jsonl files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write what they are together; `-` is standard output, and nothing else is shown
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    policy: Policy,
    /// Path to the Cargo.toml whose configuration holds; else the one of this folder, if there is one
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
}

const EXAMPLES: &str = "\
The exit code is that of one run of all tests, except that it does not know whether tests failed for another reason.

Examples:
  cargo alloc-kit merge shard-1.json shard-2.json
  cargo alloc-kit merge artifacts/ --out all.json --deny never-exercised
  cargo alloc-kit merge linux.json windows.json --message-format json
  cargo alloc-kit merge budgets.jsonl --out - > run.json";

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    let rules = options.policy.rules(&config(options)?)?;
    let to_stdout = out::is_stdout(options.out.as_deref());
    out::refuse_json(options.out.as_deref(), output)?;
    let mut run = RunFile::default();
    // All are read before anything is written.
    let files = files(&options.files)?;
    if !to_stdout {
        out::refuse_inputs(options.out.as_deref(), files.iter())?;
    }
    for file in &files {
        run.merge(RunFile::read(file)?).map_err(|mut failure| {
            failure.message = format!("{}: {}", file.display(), failure.message);
            failure
        })?;
    }
    let platforms = view::platforms(&run);
    let caveats = caveats::of(&run);
    for Caveat { text, .. } in &caveats {
        shell.warning(untrusted::text_of(text));
    }
    let exit = rules.exit(&platforms, Ran { tests_passed: true, is_whole: run.lost.is_empty() });
    if to_stdout {
        shell.result(run.json());
        outcome::say(&platforms, exit, &caveats, shell);
    } else {
        if let Some(out) = &options.out {
            whole::write_whole(out, run.json().as_bytes())?;
        }
        if !run.is_empty() {
            outcome::show(&platforms, exit, None, &caveats, output, shell);
        }
    }
    let into = match &options.out {
        Some(out) if !to_stdout => format!(" into {}", out.display()),
        _ => String::new(),
    };
    let (shards, files) = (counted(run.shards.len() as u64, "shard"), counted(files.len() as u64, "file"));
    shell.status("Merged", format_args!("{shards} of {files}{into}"));
    if run.is_empty() {
        return Err(outcome::no_budgets("no budgets: none of the files has one"));
    }
    Ok(exit)
}

/// What the workspace says, if there is one: after a matrix there may be files alone.
fn config(options: &Options) -> Result<Config, Failure> {
    let build = Build { manifest_path: options.manifest_path.clone(), ..Build::default() };
    if build.manifest_path.is_some() {
        return Workspace::find(&build).map(|workspace| workspace.config);
    }
    let Ok(folder) = std::env::current_dir() else { return Ok(Config::default()) };
    if !folder.ancestors().any(|folder| folder.join("Cargo.toml").is_file()) {
        return Ok(Config::default());
    }
    Workspace::find(&build).map(|workspace| workspace.config)
}

/// The files, those of folders in the order of their names. CI puts each artefact into a folder of its own.
fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        of_folder(path, &mut found)?;
        if found.is_empty() {
            return Err(Failure::unusable(format!("{}: no .json or .jsonl file is in it", path.display())));
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

fn of_folder(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let cannot = |error| Failure::unusable(format!("cannot read {}: {error}", folder.display()));
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        let path = entry.path();
        // Not through symbolic links, which may go round.
        if entry.file_type().map_err(cannot)?.is_dir() {
            of_folder(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "json" || extension == "jsonl") {
            found.push(path);
        }
    }
    Ok(())
}
