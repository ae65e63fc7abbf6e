//! What the tests of the command share: fixtures of the workspace, and the command run on them as cargo would.

#![allow(dead_code, reason = "every test uses its part of it")]

#[path = "../../../tests/support/mod.rs"]
mod workspace;

use std::env;
use std::process::Command;

pub(crate) use workspace::Project;
pub(crate) use workspace::run::Run;

/// Runs `cargo alloc-kit` in a project's folder.
pub(crate) fn alloc_kit(project: &Project, arguments: &[&str]) -> Run {
    alloc_kit_in(project, ".", arguments)
}

/// Runs `cargo alloc-kit` in a folder of a project.
pub(crate) fn alloc_kit_in(project: &Project, folder: &str, arguments: &[&str]) -> Run {
    let cargo = project.command();
    let mut command = workspace::clean_command(env!("CARGO_BIN_EXE_cargo-alloc-kit"));
    for (name, value) in cargo.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("CARGO", cargo.get_program());
    command.current_dir(project.path(folder)).arg("alloc-kit").args(arguments);
    Run::of(command)
}

/// Another command in a project's folder.
pub(crate) fn command(project: &Project, program: &str, arguments: &[&str]) -> Run {
    let mut command = Command::new(program);
    command.current_dir(project.path(".")).args(arguments);
    Run::of(command)
}
