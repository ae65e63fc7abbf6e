//! `cargo alloc-kit merge`: the files of several runs or machines, put together and shown as those of one run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::blocks::counted;
use crate::caveats::{self, Caveat};
use crate::cli::{Build, Output};
use crate::command::Workspace;
use crate::config::Config;
use crate::exit::{Done, Exit, Failure};
use crate::how_run::{self, HowRun};
use crate::out;
use crate::outcome;
use crate::policy::{Policy, Ran};
use crate::ratchet::{self, Scope};
use crate::run_file::RunFile;
use crate::shell::Shell;
use crate::untrusted;
use crate::view::{self, Platform};
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
    #[command(flatten)]
    ratchet: ratchet::Options,
    /// Take the files to be all tests together: so that what uses less, or is gone, is said and saved
    #[arg(long, help_heading = "Ratchet", conflicts_with = "no_ratchet")]
    whole: bool,
    /// Path to the Cargo.toml whose configuration holds; else the one of this folder, if there is one
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
}

const EXAMPLES: &str = "\
The exit code is that of one run of all tests, except that it does not know whether tests failed for another reason.
What uses more than is saved in alloc-kit.toml is said. What uses less, or is gone, is so only if a run of each platform was of
all tests, or with `--whole`: of parts nobody else knows whether they are all.

Examples:
  cargo alloc-kit merge shard-1.json shard-2.json
  cargo alloc-kit merge artifacts/ --out all.json --deny never-exercised
  cargo alloc-kit merge artifacts/ --whole --save
  cargo alloc-kit merge linux.json windows.json --message-format json
  cargo alloc-kit merge budgets.jsonl --out - > run.json";

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    let (config, root) = config(options)?;
    let rules = options.policy.rules(&config)?;
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
    let compared =
        if run.is_empty() { None } else { compare(options, &config, &root, &run, &platforms, exit)? };
    let exit = compared.as_ref().map_or(exit, |of| of.exit(exit));
    if to_stdout {
        shell.result(run.json());
        outcome::say(&platforms, exit, &caveats, shell);
    } else {
        if let Some(out) = &options.out {
            whole::write_whole(out, run.json().as_bytes())?;
        }
        if !run.is_empty() {
            outcome::show(&platforms, exit, compared.as_ref(), &caveats, output, shell);
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

/// Compares with what is saved, and saves that if it was asked for.
fn compare(
    options: &Options,
    config: &Config,
    root: &Path,
    run: &RunFile,
    platforms: &[Platform],
    exit: Exit,
) -> Result<Option<ratchet::Outcome>, Failure> {
    let scope = if options.whole || is_whole(run) { Scope::all() } else { Scope::all().cut_short() };
    let mut command: Vec<String> = ["cargo", "alloc-kit", "merge"].map(str::to_owned).into();
    command.extend(options.whole.then(|| "--whole".to_owned()));
    command.extend(options.files.iter().map(|file| file.to_string_lossy().into_owned()));
    let ratchet = ratchet::open(&options.ratchet, scope, (&command, how_run::ARGUMENTS), config, root)?;
    let failed = run.superseded.is_some() || hows(run).flatten().any(|how| !how.passed);
    // What failed did not see all that there is to see, and is not to be saved.
    let ended = if failed { exit.min(Exit::TestsFailed) } else { exit };
    ratchet.map(|ratchet| ratchet.finish(platforms, ended, !run.lost.is_empty())).transpose()
}

fn hows(run: &RunFile) -> impl Iterator<Item = Option<&HowRun>> {
    run.shards.values().map(|shard| shard.run.as_ref())
}

/// Whether of each platform there is a run of all tests: others add to what it saw.
fn is_whole(run: &RunFile) -> bool {
    let mut platforms: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    for shard in run.shards.values() {
        let is_whole = shard.run.as_ref().is_some_and(|how| how.whole);
        *platforms.entry((&shard.target, &shard.profile)).or_default() |= is_whole;
    }
    platforms.into_values().all(|is_whole| is_whole)
}

/// What the workspace says and where it is, if there is one: after a matrix there may be files alone.
fn config(options: &Options) -> Result<(Config, PathBuf), Failure> {
    let build = Build { manifest_path: options.manifest_path.clone(), ..Build::default() };
    if build.manifest_path.is_some() {
        return Workspace::find(&build).map(|workspace| (workspace.config, workspace.root));
    }
    let Ok(folder) = std::env::current_dir() else { return Ok(Default::default()) };
    if !folder.ancestors().any(|folder| folder.join("Cargo.toml").is_file()) {
        return Ok((Config::default(), folder));
    }
    Workspace::find(&build).map(|workspace| (workspace.config, workspace.root))
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
