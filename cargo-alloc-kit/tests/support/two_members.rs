//! The fixture `companion`, with a target folder of its own for what the command keeps. What cargo builds is in the folder that all
//! fixtures share.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use super::packages::alone;
use super::workspace::{self, Project};
use super::{Run, alloc_kit};

/// A copy of it. There is one at a time.
pub(crate) struct Companion {
    pub(crate) project: Project,
    _lock: File,
}

impl Companion {
    pub(crate) fn new() -> Self {
        let lock = alone("companion");
        Self { project: Project::copy_of("companion"), _lock: lock }
    }

    /// Runs `cargo alloc-kit`.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        self.run_with(&[], arguments)
    }

    /// Runs it with environment variables.
    pub(crate) fn run_with<S: AsRef<OsStr>>(&self, variables: &[(&str, &str)], arguments: &[S]) -> Run {
        let mut command = self.command();
        command.args(arguments).envs(variables.iter().copied());
        Run::of(command)
    }

    /// The command, to be run in another way.
    pub(crate) fn command(&self) -> Command {
        let mut command = alloc_kit();
        command.current_dir(self.project.path(""));
        command
            .env("CARGO_TARGET_DIR", self.project.path("target"))
            .env("CARGO_BUILD_BUILD_DIR", workspace::target());
        command
    }

    /// What the last run left.
    pub(crate) fn last_run(&self) -> String {
        self.project.read("target/alloc-kit/last-run.json")
    }

    /// What is in the folder of the command.
    pub(crate) fn kept(&self) -> Vec<String> {
        let folder = fs::read_dir(self.project.path("target/alloc-kit")).expect("the folder of the command");
        let names = folder.map(|entry| entry.expect("an entry").file_name().display().to_string());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    pub(crate) fn path(&self, file: &str) -> String {
        self.project.path(file).display().to_string()
    }
}

/// A new folder, and the path of a file in it.
pub(crate) fn folder() -> (tempfile::TempDir, impl Fn(&str) -> PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_owned();
    (folder, move |file: &str| path.join(file))
}
