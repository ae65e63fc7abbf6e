//! Runs `cargo-alloc-kit` on packages that are made for it, as their user would.

#[path = "../../../tests/support/mod.rs"]
pub(crate) mod projects;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use projects::run::Run;
pub(crate) use projects::{Project, workspace};
use projects::{clean_command, target};

/// A folder for new packages, and for workspaces.
pub(crate) fn folder() -> Project {
    Project::copy_from(&workspace().join("cargo-alloc-kit/tests/fixtures/new"))
}

/// The companion in a folder of the project.
pub(crate) fn companion(project: &Project, folder: &str, arguments: &[&str]) -> Run {
    companion_with(project, folder, &[], arguments)
}

/// With environment variables.
pub(crate) fn companion_with(
    project: &Project,
    folder: &str,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> Run {
    let mut command = clean_command(env!("CARGO_BIN_EXE_cargo-alloc-kit"));
    command.arg("alloc-kit").args(arguments);
    Run::of(prepared(command, project, folder, variables))
}

/// Cargo in a folder of the project.
pub(crate) fn cargo(project: &Project, folder: &str, arguments: &[&str]) -> Run {
    let mut command = clean_command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    Run::of(prepared(command, project, folder, &[]))
}

fn prepared(mut command: Command, project: &Project, folder: &str, variables: &[(&str, &str)]) -> Command {
    command.current_dir(project.path(folder));
    command.env("CARGO_TARGET_DIR", target()).env("CARGO_TERM_COLOR", "never").env("CARGO_INCREMENTAL", "0");
    command.envs(variables.iter().copied());
    command
}

/// The exit code that `exit.rs` names.
#[track_caller]
pub(crate) fn exits(run: Run, code: i32) -> Run {
    run.expect(run.code() == Some(code), &format!("it should have exited with {code}"));
    run
}

/// The folder of alloc-kit, for `--path`.
pub(crate) fn library() -> String {
    workspace().join("alloc-kit").display().to_string()
}

/// Writes a file, and the folders that it is in.
pub(crate) fn write(project: &Project, file: &str, text: &str) {
    let path: PathBuf = project.path(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
    fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// The versions that the workspace has, for a package in a folder of the project.
pub(crate) fn lock(project: &Project, folder: &str) {
    fs::copy(workspace().join("Cargo.lock"), project.path(folder).join("Cargo.lock")).expect("Cargo.lock");
}

/// Lets a script be run.
#[cfg_attr(not(unix), expect(unused_variables, reason = "there is nothing to set"))]
pub(crate) fn executable(script: &std::path::Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(script, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
}
