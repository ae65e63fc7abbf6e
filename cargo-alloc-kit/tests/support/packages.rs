//! Packages that a test makes, or copies of fixtures, and commands that are run in their folders as their user would. They share the
//! folder for what is built.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::workspace::{self, Project, clean_command, target};
use super::{Run, alloc_kit};

/// A folder for new packages, and for workspaces.
pub(crate) fn folder() -> Project {
    Project::copy_from(&workspace::workspace().join("cargo-alloc-kit/tests/fixtures/new"))
}

/// Waits until no other test, of whatever process, has packages of these names: cargo knows one in the shared folder by its name, and
/// whether it is built anew by the time of its files, so it has to be copied after that.
pub(crate) fn alone(name: &str) -> File {
    fs::create_dir_all(target()).expect("a folder");
    let lock = File::create(target().join(format!("{name}.lock"))).expect("a file");
    lock.lock().expect("a lock");
    lock
}

/// `cargo alloc-kit` in a folder of the project.
pub(crate) fn run(project: &Project, folder: &str, arguments: &[&str]) -> Run {
    run_with(project, folder, &[], arguments)
}

/// With environment variables.
pub(crate) fn run_with(
    project: &Project,
    folder: &str,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> Run {
    let mut command = prepared(alloc_kit(), project, folder);
    command.args(arguments).envs(variables.iter().copied());
    Run::of(command)
}

/// Cargo in a folder of the project.
pub(crate) fn cargo(project: &Project, folder: &str, arguments: &[&str]) -> Run {
    let mut command = clean_command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).env("CARGO_INCREMENTAL", "0");
    Run::of(prepared(command, project, folder))
}

fn prepared(mut command: Command, project: &Project, folder: &str) -> Command {
    command.current_dir(project.path(folder));
    command.env("CARGO_TARGET_DIR", target()).env("CARGO_TERM_COLOR", "never");
    command
}

/// The folder of alloc-kit, for `--path`.
pub(crate) fn library() -> String {
    workspace::workspace().join("alloc-kit").display().to_string()
}

/// Writes a file, and the folders that it is in.
pub(crate) fn write(project: &Project, file: &str, text: &str) {
    let path: PathBuf = project.path(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
    project.write(file, text);
}

/// The versions that the workspace has, for a package in a folder of the project.
pub(crate) fn lock(project: &Project, folder: &str) {
    let lock = workspace::workspace().join("Cargo.lock");
    fs::copy(lock, project.path(folder).join("Cargo.lock")).expect("Cargo.lock");
}

/// Lets a script be run.
#[cfg_attr(not(unix), expect(unused_variables, reason = "there is nothing to set"))]
pub(crate) fn executable(script: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(script, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
}
