//! `cargo alloc-kit init`: a package gets the dependency, a first test and the job for CI. Shown first, written with `--apply`.

mod change;
mod manifest;
mod setup;
mod sources;
mod texts;
mod workflow;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use serde::Serialize;

use crate::cli::{Build, Lock, MessageFormat, Output};
use crate::command::{Package, Workspace, cargo};
use crate::exit::{Done, Exit, Failure};
use crate::shell::Shell;
use change::Change;

/// The arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo alloc-kit init                          what it would add to the package here
  cargo alloc-kit init --apply                  write it
  cargo alloc-kit init -p parser | git apply    to one of a workspace")]
pub(crate) struct Options {
    /// Write what is shown
    #[arg(long)]
    apply: bool,
    /// Take alloc-kit from this folder, and not from crates.io
    #[arg(long, value_name = "FOLDER")]
    path: Option<PathBuf>,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// Package to set up; several may be given
    #[arg(short, long, value_name = "NAME")]
    package: Vec<String>,
    /// All packages of the workspace
    #[arg(long, conflicts_with = "package")]
    workspace: bool,
    #[command(flatten)]
    lock: Lock,
}

#[cfg(test)]
impl Options {
    pub(crate) fn lock(&self) -> &Lock {
        &self.lock
    }
}

/// What is to be done, and what is to be known of it.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) changes: Vec<Change>,
    pub(crate) notes: Vec<String>,
    pub(crate) warnings: Vec<String>,
    /// A job to put into a workflow by hand.
    pub(crate) job: Option<String>,
}

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    let build = Build {
        manifest_path: options.manifest_path.clone(),
        lock: options.lock.clone(),
        ..Build::default()
    };
    let workspace = Workspace::find(&build)?;
    let packages = chosen(options, &workspace)?;
    let base = workflow::repository(&workspace.root);
    let mut plan = Plan::default();
    for package in packages {
        setup::package(package, &workspace, options.path.as_deref(), &mut plan)?;
    }
    workflow::add(base.as_deref(), &workspace.root, &mut plan);
    plan.changes.retain(|change| change.old.as_ref() != Some(&change.new));
    let base = base.unwrap_or_else(|| workspace.root.clone());
    if options.apply {
        change::apply(&plan.changes)?;
    }
    match output.message_format {
        MessageFormat::Json => shell.result(json(&plan, &base, options.apply)),
        MessageFormat::Human => {
            for change in &plan.changes {
                shell.result(change.coloured(&base));
            }
            say(&plan, options.apply, shell);
        }
    }
    Ok(Exit::Held)
}

fn say(plan: &Plan, applied: bool, shell: &mut Shell) {
    for warning in &plan.warnings {
        shell.warning(warning);
    }
    for note in &plan.notes {
        shell.note(note);
    }
    if let Some(job) = &plan.job {
        shell.note(format_args!("there are workflows already: put this under `jobs:` of one\n{job}"));
    }
    match (plan.changes.len(), applied) {
        (0, _) => shell.status("Unchanged", "nothing to do"),
        (1, true) => shell.status("Wrote", "1 file; now `cargo test`, and `cargo alloc-kit test`"),
        (files, true) => {
            shell
                .status("Wrote", format_args!("{files} files; now `cargo test`, and `cargo alloc-kit test`"));
        }
        (1, false) => shell.status("Would", "write 1 file: `--apply` does"),
        (files, false) => shell.status("Would", format_args!("write {files} files: `--apply` does")),
    }
}

/// The packages that were asked for, or the one whose folder this is.
fn chosen<'a>(options: &Options, workspace: &'a Workspace) -> Result<Vec<&'a Package>, Failure> {
    let members = || {
        let names = workspace.members.iter().map(|package| format!("`{}`", package.name));
        names.collect::<Vec<_>>().join(", ")
    };
    if options.workspace {
        return Ok(workspace.members.iter().collect());
    }
    if !options.package.is_empty() {
        let mut packages: Vec<&Package> = Vec::new();
        for name in &options.package {
            let package =
                workspace.members.iter().find(|package| package.name == *name).ok_or_else(|| {
                    Failure::unusable(format!(
                        "no package `{name}` in the workspace of {}",
                        workspace.root.display()
                    ))
                    .help(format!("its members are {}", members()))
                })?;
            if !packages.iter().any(|other| other.id == package.id) {
                packages.push(package);
            }
        }
        return Ok(packages);
    }
    let here = located(options.manifest_path.as_deref())?;
    let of_here =
        |package: &&Package| package.manifest_path == here || same_file(&package.manifest_path, &here);
    if let Some(package) = workspace.members.iter().find(of_here) {
        return Ok(vec![package]);
    }
    if let [package] = &workspace.members[..] {
        return Ok(vec![package]);
    }
    Err(Failure::unusable(format!("{} is a workspace without a package of its own", here.display()))
        .help(format!("`-p NAME` for one of {}, or `--workspace` for all", members())))
}

/// The manifest that cargo takes.
fn located(manifest: Option<&Path>) -> Result<PathBuf, Failure> {
    let mut command = Command::new(cargo());
    command.args(["locate-project", "--message-format", "plain"]);
    if let Some(path) = manifest {
        command.arg("--manifest-path").arg(path);
    }
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::unusable(format!("cannot run {}: {error}", cargo().display())))?;
    let said = String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr });
    if !output.status.success() {
        return Err(Failure::unusable(format!("cargo finds no package here: {}", said.trim())));
    }
    Ok(said.trim().into())
}

fn same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

#[derive(Serialize)]
struct Json<'a> {
    alloc_kit_init: u64,
    applied: bool,
    changes: Vec<JsonChange>,
    warnings: &'a [String],
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonChange {
    file: String,
    new: bool,
    diff: String,
}

fn json(plan: &Plan, base: &Path, applied: bool) -> String {
    let changes = plan.changes.iter().map(|change| JsonChange {
        file: change::shown(&change.path, base),
        new: change.old.is_none(),
        diff: change.diff(base),
    });
    let json = serde_json::to_string(&Json {
        alloc_kit_init: 1,
        applied,
        changes: changes.collect(),
        warnings: &plan.warnings,
        notes: &plan.notes,
        job: plan.job.as_deref(),
    });
    // All keys are texts.
    json.map_or_else(|error| unreachable!("{error}"), |json| json + "\n")
}
