//! Copies a fixture package out of the workspace and runs cargo on it, as its user would.
//!
//! - Each copy lies in a new folder under the system's folder for temporary files. It goes when the test passes, and
//!   stays when it fails.
//! - A fixture names alloc-kit by a relative path, so that it can be opened where it is; in the copy that path is
//!   absolute. It gets its own `Cargo.lock`, or else the workspace's, so versions are the committed ones.
//! - All copies build into one target folder, which outlives them: a dependency is compiled once. Cargo knows a
//!   package there by its name, so no two copies of one fixture may live at the same time.
//! - Everything that fails says what was run, and what it printed.

#![allow(dead_code, reason = "every test uses its part of it")]

pub(crate) mod run;
pub(crate) mod rustc;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::thread;

use run::Run;

/// How fixtures name the published crates in their manifests.
const CRATES_IN_FIXTURES: [(&str, &str); 3] = [
    ("alloc-kit", "\"../../../alloc-kit\""),
    ("alloc-kit-bench", "\"../../../alloc-kit-bench\""),
    ("alloc-kit", "\"../../alloc-kit\""),
];

/// The workspace's folder.
pub(crate) fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the tests are a folder of the workspace").to_owned()
}

/// A package, or a workspace, of its own.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// A copy of `tests/fixtures/<fixture>`.
    pub(crate) fn copy_of(fixture: &str) -> Self {
        Self::copy_from(&workspace().join("tests/fixtures").join(fixture))
    }

    /// A copy of a package that is elsewhere in the workspace, two or three folders deep.
    pub(crate) fn copy_from(original: &Path) -> Self {
        let temporary = env::temp_dir();
        // The debug information and the working folder must agree on the name, which a symbolic link would spoil.
        let temporary = if cfg!(unix) { temporary.canonicalize().expect("a folder") } else { temporary };
        assert!(original.is_dir(), "there is no fixture {}", original.display());
        let fixture = original.file_name().expect("a name").display();
        // Process ids come again, and folders of tests that failed stay. The name is not alloc-kit's: the tests look
        // for that in programs.
        let mut names = (0..100).map(|n| temporary.join(format!("fixture-{fixture}-{}-{n}", process::id())));
        let root = names.find(|root| fs::create_dir(root).is_ok()).expect("a new folder for temporary files");
        copy(original, &root);
        let project = Self { root };
        if !project.path("Cargo.lock").exists() {
            project.lock();
        }
        project
    }

    /// Puts the workspace's `Cargo.lock` there: cargo drops from it what a project does not use, for now.
    pub(crate) fn lock(&self) {
        fs::copy(workspace().join("Cargo.lock"), self.path("Cargo.lock")).expect("copy Cargo.lock");
    }

    /// A file of the project.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// The text of a file of the project.
    pub(crate) fn read(&self, file: &str) -> String {
        let path = self.path(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Writes a file of the project.
    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Where a piece of the source stands, as messages give it: `src/lib.rs:10:5`.
    pub(crate) fn place(&self, file: &str, line_with: &str, expression: &str) -> String {
        let text = self.read(file);
        let mut lines = text.lines().enumerate().filter(|(_, line)| line.contains(line_with));
        let (Some((index, line)), None) = (lines.next(), lines.next()) else {
            panic!("{file} does not have one line with {line_with:?}:\n{text}");
        };
        let column = line.find(expression).unwrap_or_else(|| panic!("{line:?} has no {expression:?}"));
        format!("{file}:{}:{}", index + 1, line[..column].chars().count() + 1)
    }

    /// Runs cargo in the project's folder.
    pub(crate) fn cargo<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        self.cargo_with(&[], arguments)
    }

    /// Runs cargo with environment variables.
    pub(crate) fn cargo_with<S: AsRef<OsStr>>(&self, variables: &[(&str, &str)], arguments: &[S]) -> Run {
        self.run_cargo(cargo(), variables, arguments)
    }

    /// Cargo in the project's folder, to be run in another way than by [`Run`].
    pub(crate) fn command(&self) -> Command {
        let mut cargo = cargo();
        self.prepare(&mut cargo);
        cargo
    }

    /// Runs the cargo of another toolchain with environment variables.
    pub(crate) fn cargo_of<S: AsRef<OsStr>>(
        &self,
        toolchain: &str,
        variables: &[(&str, &str)],
        arguments: &[S],
    ) -> Run {
        let mut cargo = clean_command("rustup");
        cargo.args(["run", toolchain, "cargo"]);
        self.run_cargo(cargo, variables, arguments)
    }

    fn run_cargo<S: AsRef<OsStr>>(
        &self,
        mut command: Command,
        variables: &[(&str, &str)],
        arguments: &[S],
    ) -> Run {
        self.prepare(&mut command);
        command.args(arguments).envs(variables.iter().copied());
        Run::of(command)
    }

    fn prepare(&self, command: &mut Command) {
        command.current_dir(&self.root);
        command.env("CARGO_TARGET_DIR", target()).env("CARGO_TERM_COLOR", "never");
        // Nothing is built twice here, and incremental builds take space.
        command.env("CARGO_INCREMENTAL", "0");
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("kept for a look: {}", self.root.display());
        } else if let Err(error) = fs::remove_dir_all(&self.root) {
            eprintln!("cannot remove {}: {error}", self.root.display());
        }
    }
}

/// The target folder that all projects share, inside the workspace's own.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures")
}

/// The cargo that runs this test.
fn cargo() -> Command {
    clean_command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Copies a folder; manifests get the absolute paths of the crates.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("read a folder") {
        let entry = entry.expect("read a folder");
        let (source, copied) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            // What was built where the fixture is.
            if entry.file_name() != "target" {
                fs::create_dir(&copied).unwrap_or_else(|error| panic!("{}: {error}", copied.display()));
                copy(&source, &copied);
            }
            continue;
        }
        let mut text = fs::read_to_string(&source).expect("fixtures are text");
        if entry.file_name() == "Cargo.toml" {
            for (name, relative) in CRATES_IN_FIXTURES {
                let absolute = format!("'{}'", workspace().join(name).display());
                text = text.replace(relative, &absolute);
            }
        }
        fs::write(&copied, text).unwrap_or_else(|error| panic!("{}: {error}", copied.display()));
    }
}

/// A command without what the cargo that runs this test, or its user, put into the environment for another build.
pub(crate) fn clean_command(program: impl AsRef<OsStr>) -> Command {
    /// Where things are and how they are downloaded stays.
    const KEPT: [&str; 6] =
        ["CARGO_HOME", "CARGO_NET_", "CARGO_HTTP_", "CARGO_REGISTR", "CARGO_SOURCE_", "RUSTUP_"];
    const REMOVED: [&str; 6] = ["CARGO", "RUST", "NEXTEST", "LLVM_PROFILE_FILE", "NO_COLOR", "CLICOLOR"];

    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let starts_with_one = |of: &[&str]| of.iter().any(|start| name.to_string_lossy().starts_with(start));
        if starts_with_one(&REMOVED) && !starts_with_one(&KEPT) {
            command.env_remove(&name);
        }
    }
    command
}
