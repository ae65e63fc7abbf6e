//! The compiler by itself, with alloc-kit as cargo has built it: for looking at what becomes of one file.

use std::path::{Path, PathBuf};

use super::run::Run;
use super::{Project, clean_command};

/// A mode of alloc-kit, built.
#[derive(Debug)]
pub(crate) struct Built {
    library: PathBuf,
}

impl Built {
    /// What a `cargo build --message-format=json` has built.
    pub(crate) fn by(build: &Run) -> Self {
        let stdout = build.stdout();
        let artifacts = stdout.lines().filter(|line| line.contains("\"reason\":\"compiler-artifact\""));
        let mut lines = artifacts.filter(|line| line.contains("\"name\":\"alloc_kit\""));
        let names = lines.next().and_then(|line| line.split_once("\"filenames\":[")).map(|(_, names)| names);
        let library = names
            .and_then(|names| {
                names.split('"').find(|name| Path::new(name).extension().is_some_and(|end| end == "rlib"))
            })
            .unwrap_or_else(|| panic!("no library in\n{build}"));
        Self { library: PathBuf::from(library) }
    }

    /// Compiles a file of the project, to which `alloc_kit` is this one.
    pub(crate) fn compile(&self, project: &Project, file: &str, arguments: &[&str]) -> Run {
        let dependencies = self.library.parent().unwrap_or(Path::new("."));
        let mut command = clean_command("rustc");
        command.current_dir(project.path(".")).args(["--edition=2024", file]).args(arguments);
        command.arg("-L").arg(format!("dependency={}", dependencies.display()));
        command.arg("--extern").arg(format!("alloc_kit={}", self.library.display()));
        Run::of(command)
    }
}
