//! `audit capture -- COMMAND`: runs a command so that it records a heap profile, of what was freed as well.
//!
//! A module for each language knows how: it makes a [`Plan`] of the command, and turns what was recorded into files that
//! `profile::read_file` takes. Here is what they have in common: the folder, which is replaced as a whole and only by one that has a
//! profile, and what is kept of the state of the sources.

mod binary;
mod language;
mod node;
mod python;
mod recorded;
mod rust;
mod state;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use clap::{Args, ValueEnum};

use super::profile;
use super::report::PROFILE;
use crate::child::{self, Ended};
use crate::cli::Output;
use crate::exit::{Done, Exit, Failure};
use crate::how_run;
use crate::shell::Shell;
use crate::untrusted::text_of;
pub(super) use language::{name_of, resolved};
pub(crate) use recorded::{NAME, Recorded, files_of, sum};
pub(crate) use rust::stands_in;

/// The file in the new folder with what a runner found that the profile will not show.
const LIMITS: &str = "limits.txt";

/// How a command is run so that it records.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) command: Command,
    /// What the profile will not show, to be said.
    pub(super) limits: Vec<String>,
    /// When the program was built, where the command does not build it itself.
    pub(super) built: Option<SystemTime>,
}

/// What turns what was recorded into profiles: the folder it is in, and the files that they are then in.
pub(super) type Finish = fn(&Path) -> Result<Vec<PathBuf>, Failure>;

#[derive(Args, Debug)]
#[command(after_help = "\
Ends with 0 if there is a profile; with 1 if there is one, of a command that failed; with 2 if nothing was recorded, and what was there
before stays.

Examples:
  cargo alloc-kit audit capture -- cargo run --release -- data.csv    what cargo runs, by valgrind or the dhat crate
  cargo alloc-kit audit capture -- node server.js
  cargo alloc-kit audit capture -o profile -- python -m pytest

For Rust it needs valgrind, or the dhat crate in the program; for Python memray, without which tracemalloc has only what was live in
the end; for Node nothing.")]
pub(crate) struct Options {
    /// The folder for what is recorded; the capture that is in it is replaced
    #[arg(short, long, value_name = "DIR", default_value = PROFILE)]
    out: PathBuf,
    /// The profiler
    #[arg(long, value_name = "TOOL", default_value = "auto")]
    tool: Tool,
    /// Of Node: how many bytes apart samples are on average; fewer are more exact, and slower [default: 16384]
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..))]
    interval: Option<u32>,
    /// The command, with its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// What records a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Tool {
    /// By the command: cargo and programs of Rust, node and its like, python
    Auto,
    /// Rust: the dhat crate, in the program itself
    Dhat,
    /// Rust: valgrind
    Valgrind,
    /// JavaScript: V8's sampler, in what runs by `NODE_OPTIONS`; also for scripts that start node
    Node,
    /// Python: memray, or tracemalloc where it is not installed
    Python,
    /// Python: memray
    Memray,
    /// Python: tracemalloc, which has only what is live when the program ends
    Tracemalloc,
}

pub(crate) fn run(options: &Options, _output: &Output, shell: &mut Shell) -> Done {
    let language = language::of(&options.command, options.tool)?;
    let folder = Folder::beside(&options.out)?;
    let (plan, finish) = plan(options, language, folder.path())?;
    let mut recorded = state::before(language, &options.command)?;
    recorded.limits = plan.limits;
    if let Some(built) = plan.built {
        recorded.changed = state::changed_since(built, recorded.sources.keys());
    }
    let shown = text_of(&how_run::shown(&recorded.command));
    let program = plan.command.get_program().to_owned();
    shell.status("Recording", &shown);
    let ended = child::run_as_is(plan.command)
        .map_err(|error| Failure::unusable(format!("cannot run {}: {error}", program.display())))?;
    if !ended.status.success() {
        recorded.failed = Some(ended.status.to_string());
    }
    recorded.limits.extend(noted_limits(folder.path()));
    let files = finish(folder.path()).map_err(|failure| of_failed(failure, &ended))?;
    recorded.profiles =
        files.iter().filter_map(|file| Some(file.file_name()?.to_str()?.to_owned())).collect();
    let profiles = files.iter().map(|file| profile::read_file(file)).collect::<Result<Vec<_>, _>>()?;
    let origin = profiles.first().map(|profile| profile.origin.clone()).unwrap_or_default();
    (recorded.tool, recorded.tool_version) = state::with_version(origin);
    let newer = profiles.iter().flat_map(|profile| &profile.newer);
    let below = newer.filter_map(|path| Path::new(path).strip_prefix(&recorded.root).ok());
    let changed: Vec<String> = below.map(super::walk::shown).collect();
    recorded.changed.extend(changed);
    for limit in profiles.iter().flat_map(|profile| &profile.limits) {
        if !recorded.limits.contains(limit) {
            recorded.limits.push(limit.clone());
        }
    }
    if bytes_of(&profiles) == 0 {
        return Err(of_failed(nothing(), &ended));
    }
    recorded.write(folder.path())?;
    folder.replace(&options.out)?;
    say(&recorded, &profiles, &options.out, shell);
    Ok(match ended.interrupted {
        Some(signal) => Exit::Interrupted(signal),
        None if !ended.status.success() => Exit::TestsFailed,
        None => Exit::Held,
    })
}

fn bytes_of(profiles: &[profile::Profile]) -> u64 {
    profiles.iter().flat_map(|profile| &profile.points).map(|point| point.bytes).fold(0, u64::saturating_add)
}

/// That there is no allocation in what was recorded.
fn nothing() -> Failure {
    Failure::unusable("nothing was recorded: the program allocated nothing").help(
        "if it starts another one, name that one; `--tool node`, `python` or `valgrind` says what records it",
    )
}

/// What came out only where a program was started, a line each.
fn noted_limits(folder: &Path) -> Vec<String> {
    let file = folder.join(LIMITS);
    let Ok(text) = fs::read_to_string(&file) else { return Vec::new() };
    // It has no meaning once it is in `capture.json`.
    let _ = fs::remove_file(&file);
    let mut limits: Vec<String> = text.lines().map(text_of).collect();
    limits.sort();
    limits.dedup();
    limits
}

fn plan(
    options: &Options,
    language: super::language::Language,
    folder: &Path,
) -> Result<(Plan, Finish), Failure> {
    use super::language::Language;
    let command = &options.command;
    if options.interval.is_some() && language != Language::JavaScript {
        return Err(Failure::unusable("`--interval`, and only V8 samples")
            .help("valgrind, the dhat crate, memray and tracemalloc see every allocation; it is for Node"));
    }
    let planned: (Plan, Finish) = match language {
        Language::Rust => {
            let by = match options.tool {
                Tool::Dhat => rust::By::Dhat,
                Tool::Valgrind => rust::By::Valgrind,
                _ => rust::By::Either,
            };
            (rust::plan(command, folder, by)?, rust::finish)
        }
        Language::JavaScript => (node::plan(command, folder, options.interval)?, node::finish),
        Language::Python => {
            let by = match options.tool {
                Tool::Memray => python::By::Memray,
                Tool::Tracemalloc => python::By::Tracemalloc,
                _ => python::By::Best,
            };
            (python::plan(command, folder, by)?, python::finish)
        }
    };
    Ok(planned)
}

/// That nothing was recorded, with how the command ended, which may be why.
fn of_failed(failure: Failure, ended: &Ended) -> Failure {
    if ended.status.success() {
        return failure;
    }
    Failure { message: format!("{}; the command failed ({})", failure.message, ended.status), ..failure }
}

fn say(recorded: &Recorded, profiles: &[profile::Profile], out: &Path, shell: &mut Shell) {
    for limit in &recorded.limits {
        shell.note(text_of(limit));
    }
    if let Some(failed) = &recorded.failed {
        shell
            .warning(format_args!("the command failed ({failed}): the profile is of what it did until then"));
    }
    let (bytes, profiles) = (
        crate::blocks::counted(bytes_of(profiles), "byte"),
        crate::blocks::counted(profiles.len() as u64, "profile"),
    );
    let tool = text_of(&recorded.tool);
    shell.status(
        "Recorded",
        format_args!("{bytes} in {profiles} by {tool}, in {}", text_of(&out.display().to_string())),
    );
}

/// The new folder, beside the one that it will replace. It is gone if it comes to nothing.
struct Folder(tempfile::TempDir);

impl Folder {
    fn beside(out: &Path) -> Result<Self, Failure> {
        check(out)?;
        let parent = match out.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let cannot =
            |error| Failure::unusable(format!("cannot make a folder in {}: {error}", parent.display()));
        let parent = fs::canonicalize(parent).map_err(cannot)?;
        let folder =
            tempfile::Builder::new().prefix(".alloc-kit-profile-").tempdir_in(parent).map_err(cannot)?;
        // Profiles are large, and of one machine.
        fs::write(folder.path().join(".gitignore"), "*\n").map_err(cannot)?;
        Ok(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes the place of the old one.
    fn replace(self, out: &Path) -> Result<(), Failure> {
        let cannot = |error| Failure::unusable(format!("cannot replace {}: {error}", out.display()));
        let old = self.path().with_extension("old");
        let had = out.exists();
        if had {
            fs::rename(out, &old).map_err(cannot)?;
        }
        let new = self.0.keep();
        if let Err(error) = fs::rename(&new, out) {
            if had {
                fs::rename(&old, out).map_err(cannot)?;
            }
            let _ = fs::remove_dir_all(&new);
            return Err(cannot(error));
        }
        if had {
            fs::remove_dir_all(&old).map_err(cannot)?;
        }
        Ok(())
    }
}

/// What is replaced must be a capture, or nothing.
fn check(out: &Path) -> Result<(), Failure> {
    let shown = out.display();
    let Ok(metadata) = fs::metadata(out) else { return Ok(()) };
    if !metadata.is_dir() {
        return Err(Failure::unusable(format!("{shown} is a file: `--out` names a folder")));
    }
    let mut entries =
        fs::read_dir(out).map_err(|error| Failure::unusable(format!("cannot read {shown}: {error}")))?;
    if out.join(NAME).exists() || entries.next().is_none() {
        return Ok(());
    }
    Err(Failure::unusable(format!("{shown} has something else than a capture in it, and would be replaced"))
        .help("`--out` names a new folder, or one of an earlier capture"))
}
