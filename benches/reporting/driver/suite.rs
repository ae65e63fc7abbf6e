//! The test programs: built as their users would, and asked which tests they have.

use std::env;
use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::measured::Run;
use crate::support::cargo::{Build, executable};
use crate::support::program;

/// Test programs of a folder of this repository.
#[derive(Debug)]
pub(crate) struct Suite {
    folder: &'static str,
    names: Vec<String>,
    programs: Vec<PathBuf>,
}

impl Suite {
    /// Builds those that are wanted: of examples/, or the named ones of tests/.
    pub(crate) fn build(
        folder: &'static str,
        is_wanted: impl Fn(&str) -> bool,
        named: &[&str],
    ) -> Result<Self> {
        eprintln!("building the tests of {folder}/");
        let mut command = Command::new(cargo());
        command.args(["test", "-q", "-p", &package(folder), "--no-run", "--message-format=json"]);
        for name in named {
            command.args(["--test", name]);
        }
        command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = command.output().map_err(|error| format!("cargo does not start: {error}"))?;
        if !output.status.success() {
            return Err(format!("the tests of {folder}/ do not build ({})", output.status));
        }
        let lines = String::from_utf8_lossy(&output.stdout);
        let messages = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let mut built: Vec<(PathBuf, String)> = messages
            .filter(|message| message["profile"]["test"] == true)
            .filter_map(|message| {
                let name = message["target"]["name"].as_str().filter(|name| is_wanted(name))?;
                Some((PathBuf::from(message["executable"].as_str()?), name.to_owned()))
            })
            .collect();
        built.sort();
        if built.is_empty() {
            return Err(String::from("cargo names no test program"));
        }
        let (programs, all) = built.into_iter().unzip();
        Ok(Self { folder, names: all, programs })
    }

    /// Each program, with all of its tests.
    pub(crate) fn programs(&self) -> Vec<Run> {
        self.programs.iter().map(|program| self.one(program, &[])).collect()
    }

    fn one(&self, program: &Path, arguments: &[&str]) -> Run {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let folder = folder(self.folder);
        Run { program: program.to_owned(), arguments, folder, companion: None, budgets: None }
    }

    /// `cargo test` of the programs, all of them built, in whose place there is `cargo alloc-kit test`.
    pub(crate) fn by_cargo(&self) -> Result<Vec<Run>> {
        eprintln!("building cargo-alloc-kit");
        let mut command = Command::new(cargo());
        command.args(["build", "-q", "--release", "-p", "cargo-alloc-kit"]);
        let status = command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).status();
        let status = status.map_err(|error| format!("cargo does not start: {error}"))?;
        // Beside the temporary files of this bench.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().ok_or("no target folder")?;
        let companion = target.join("release").join(format!("cargo-alloc-kit{EXE_SUFFIX}"));
        if !status.success() || !companion.exists() {
            return Err(format!("cargo-alloc-kit does not build ({status})"));
        }
        let names = self.names.iter().flat_map(|name| ["--example".to_owned(), name.clone()]);
        let arguments = ["test", "-p", &package(self.folder)].map(str::to_owned).into_iter().chain(names);
        Ok(vec![Run {
            program: PathBuf::from(cargo()),
            arguments: arguments.collect(),
            folder: folder(self.folder),
            companion: Some(companion),
            budgets: None,
        }])
    }

    /// Each test of each program by itself.
    pub(crate) fn tests(&self) -> Result<Vec<Run>> {
        let mut runs = Vec::new();
        for program in &self.programs {
            let listed = program::output(program, &["--list", "--format=terse"])?;
            let tests = listed.lines().filter_map(|line| line.strip_suffix(": test"));
            runs.extend(tests.map(|test| self.one(program, &["--exact", test])));
        }
        Ok(runs)
    }
}

fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"))
}

/// The package of a folder of this repository, and where cargo runs its tests.
fn package(folder: &str) -> String {
    format!("alloc-kit-{folder}")
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(name)
}

/// Programs of one's own, each so often that it can be timed.
pub(crate) struct Own {
    kept: PathBuf,
}

impl Own {
    pub(crate) fn build() -> Result<Self> {
        eprintln!("building programs with 30 and 500 budgets, and one that calls them often");
        let build = Build {
            package: "reporting",
            programs: &["few", "many", "calls"],
            arguments: &[],
            profile_folder: "debug",
            layout: 0,
        };
        let kept = Build::root(build.package).join("kept");
        build.run(&kept)?;
        Ok(Self { kept })
    }

    pub(crate) fn runs(&self, program: &str, budgets: usize, times: usize) -> Vec<Run> {
        let program = executable(&self.kept, program);
        let folder = folder("examples");
        vec![Run { program, arguments: Vec::new(), folder, companion: None, budgets: Some(budgets) }; times]
    }
}
