//! The test programs: built as their users would, and asked which tests they have.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::measured::Run;
use crate::support::cargo::{self, Build};
use crate::support::program;

/// The test programs of examples/.
#[derive(Debug)]
pub(crate) struct Suite {
    programs: Vec<PathBuf>,
}

impl Suite {
    /// Builds those that are wanted.
    pub(crate) fn build(is_wanted: impl Fn(&str) -> bool) -> Result<Self> {
        eprintln!("building the tests of examples/");
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
        command.args(["test", "-q", "-p", "alloc-kit-examples", "--no-run", "--message-format=json"]);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = command.output().map_err(|error| format!("cargo does not start: {error}"))?;
        if !output.status.success() {
            return Err(format!("the tests of examples/ do not build ({})", output.status));
        }
        let lines = String::from_utf8_lossy(&output.stdout);
        let messages = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let mut programs: Vec<PathBuf> = messages
            .filter(|message| message["profile"]["test"] == true)
            .filter(|message| message["target"]["name"].as_str().is_some_and(&is_wanted))
            .filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
            .collect();
        programs.sort();
        if programs.is_empty() {
            Err(String::from("cargo names no test program"))
        } else {
            Ok(Self { programs })
        }
    }

    /// Each program, with all of its tests.
    pub(crate) fn programs(&self) -> Vec<Run> {
        let run =
            |program: &PathBuf| Run { program: program.clone(), arguments: Vec::new(), folder: examples() };
        self.programs.iter().map(run).collect()
    }

    /// Each test of each program by itself.
    pub(crate) fn tests(&self) -> Result<Vec<Run>> {
        let mut runs = Vec::new();
        for program in &self.programs {
            let listed = program::output(program, &["--list", "--format=terse"])?;
            let tests = listed.lines().filter_map(|line| line.strip_suffix(": test"));
            runs.extend(tests.map(|test| Run {
                program: program.clone(),
                arguments: ["--exact", test].map(str::to_owned).to_vec(),
                folder: examples(),
            }));
        }
        Ok(runs)
    }
}

/// Where cargo runs the tests of examples/.
fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("examples")
}

/// A short process with many budgets, ten times.
pub(crate) fn short() -> Result<Vec<Run>> {
    eprintln!("building a program with 500 budgets");
    let build = Build {
        package: "reporting",
        programs: &["short"],
        arguments: &[],
        profile_folder: "debug",
        layout: 0,
    };
    let kept = Build::root(build.package).join("kept");
    build.run(&kept)?;
    let run = Run { program: cargo::executable(&kept, "short"), arguments: Vec::new(), folder: examples() };
    Ok(vec![run; 10])
}
