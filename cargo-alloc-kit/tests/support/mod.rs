//! What the end-to-end tests share: the command, and packages in which it is run as its user would.

#![allow(dead_code, unused_imports, reason = "every test uses its part of it")]

pub(crate) mod packages;
pub(crate) mod published;
pub(crate) mod two_members;
#[path = "../../../tests/support/mod.rs"]
pub(crate) mod workspace;

use std::env;
use std::process::Command;

pub(crate) use workspace::run::Run;
pub(crate) use workspace::{Project, clean_command};

/// The program as cargo calls it, in an environment without what another build, or this one's user, left there.
pub(crate) fn alloc_kit() -> Command {
    let mut command = clean_command(env!("CARGO_BIN_EXE_cargo-alloc-kit"));
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("ALLOC_KIT_") {
            command.env_remove(name);
        }
    }
    command.arg("alloc-kit").env("CARGO_INCREMENTAL", "0").env_remove("CI").env_remove("COMPANION");
    if let Some(cargo) = env::var_os("CARGO") {
        command.env("CARGO", cargo);
    }
    command
}
