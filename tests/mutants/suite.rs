//! Test programs, built and run in the copy, and which test of them failed.

use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Result;
use super::copy::{Copy, workspace};

/// After so long a program hangs, which is noticed, too.
const PATIENCE: Duration = Duration::from_secs(300);

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No test failed.
    Survived,
    /// This one did, and programs that ran after it.
    Killed { test: String, more: usize },
    /// It is no mutant: the compiler's first error.
    DoesNotCompile(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Survived => f.write_str("SURVIVED"),
            Outcome::Killed { test, more: 0 } => f.write_str(test),
            Outcome::Killed { test, more } => write!(f, "{test}, and {more} more programs"),
            Outcome::DoesNotCompile(error) => write!(f, "DOES NOT COMPILE: {error}"),
        }
    }
}

/// Runs cargo in the copy.
#[derive(Debug)]
pub(crate) struct Suite {
    root: PathBuf,
    target: PathBuf,
}

impl Suite {
    pub(crate) fn in_copy(copy: &Copy) -> Self {
        Self { root: copy.root().to_owned(), target: workspace().join("target/mutants") }
    }

    /// Builds a test program and runs it: `counting`, `counting --release`, `hostile_programs stepped` for some of its tests, or
    /// `unit`, the crate's own.
    pub(crate) fn run(&self, test: &str) -> Result<Outcome> {
        let (program, options) = test.split_once(' ').unwrap_or((test, ""));
        let mut arguments = match program {
            "unit" => vec!["test", "-p", "alloc-kit", "--features", "enforce", "--lib"],
            program => vec!["test", "-p", "alloc-kit-tests", "--test", program],
        };
        arguments.extend(options.split_terminator(' '));

        let built = self.cargo(&[&arguments[..], &["--no-run"]].concat())?;
        if !built.succeeded() {
            let error = built.text.lines().find(|line| line.starts_with("error")).unwrap_or("(no message)");
            return Ok(Outcome::DoesNotCompile(error.to_owned()));
        }
        let ran = self.cargo(&arguments)?;
        if ran.succeeded() {
            return Ok(Outcome::Survived);
        }
        let test = match ran.failed_test() {
            Some(test) => test,
            // It died before it said so; one test after the other, it says which was the last.
            None => self.cargo(&[&arguments[..], &["--", "--test-threads=1"]].concat())?.last_test(),
        };
        Ok(Outcome::Killed { test: format!("{program}: {test}"), more: 0 })
    }

    fn cargo(&self, arguments: &[&str]) -> Result<Ran> {
        let output = self.root.join("output");
        let file = |path: &Path| File::create(path).map_err(|error| format!("{}: {error}", path.display()));
        let stdout = file(&output)?;
        let stderr = stdout.try_clone().map_err(|error| error.to_string())?;
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.root).stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_TERM_COLOR", "never");
        command.env_remove("ALLOC_KIT_MODE").env_remove("ALLOC_KIT_REPORT");
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().map_err(|error| format!("cannot run cargo: {error}"))?;
        let status = wait(child)?;
        let text = fs::read(&output).map_err(|error| error.to_string())?;
        Ok(Ran { status, text: String::from_utf8_lossy(&text).into_owned() })
    }
}

/// Waits for a program; gives none if it hung, and was ended.
fn wait(mut child: Child) -> Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => return Ok(Some(status)),
            None if started.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(20)),
            None => break,
        }
    }
    // The programs that cargo started are of its group.
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
    let _ = child.kill();
    child.wait().map_err(|error| error.to_string())?;
    Ok(None)
}

/// A cargo that ran, and all that it printed.
struct Ran {
    status: Option<ExitStatus>,
    text: String,
}

impl Ran {
    fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// The first test that failed; of a program with a single one, with the line.
    fn failed_test(&self) -> Option<String> {
        if self.status.is_none() {
            return Some(format!("hangs in {}", self.last_test()));
        }
        let named = |line: &'_ str| {
            let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
            Some(name.trim_end_matches(" - should panic").to_owned())
        };
        let name = self.text.lines().find_map(named)?;
        let place = self.text.split("panicked at tests/").nth(1).and_then(|rest| rest.split(':').nth(1));
        match place.filter(|_| self.text.contains("\nrunning 1 test\n")) {
            Some(line) => Some(format!("{name}, line {line}")),
            None => Some(name),
        }
    }

    /// The last test that began.
    fn last_test(&self) -> String {
        let began = |line: &'_ str| Some(line.strip_prefix("test ")?.split_once(" ... ")?.0.to_owned());
        let last = self.text.lines().filter_map(began).next_back();
        let last = last.unwrap_or_else(|| "before its first test".to_owned());
        // As cargo has it: `(signal: 6, SIGABRT: process abort signal)`.
        let signal = self.text.split("(signal: ").nth(1).and_then(|rest| rest.split([',', ':', ')']).nth(1));
        match signal {
            Some(signal) => format!("{last}, by{signal}"),
            None => last,
        }
    }
}
