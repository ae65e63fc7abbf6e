//! The service: built in one of the ways, started, asked how things are, and ended.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};

use crate::Result;
use crate::support::cargo;
use crate::verdicts::Tally;

/// A way to build it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Without,
    Off,
    Counting,
    Enforced,
    Metered,
}

impl Way {
    /// The features of the package.
    fn features(self) -> &'static str {
        match self {
            Way::Without => "",
            Way::Off => "budgets",
            Way::Counting => "counting",
            Way::Enforced => "enforce",
            Way::Metered => "metered",
        }
    }

    /// As it is called in the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Way::Without => "without alloc-kit",
            Way::Off => "its attributes off",
            Way::Counting => "counting, no budgets",
            Way::Enforced | Way::Metered => "budgets judged",
        }
    }

    /// Builds it.
    pub(crate) fn build(self) -> Result<PathBuf> {
        let mut programs = cargo::layouts("load", "service", self.features(), 1)?;
        programs.pop().ok_or_else(|| String::from("no program was built"))
    }
}

/// How things are when nothing goes on.
#[derive(Debug, Default)]
pub(crate) struct Mark {
    /// What the allocator below alloc-kit's has given out, at the end of the stretch.
    pub(crate) bytes: i64,
    pub(crate) threads: u64,
    pub(crate) resident_kib: u64,
    /// Answers so far, by route and status.
    pub(crate) answers: BTreeMap<(String, u64), u64>,
    /// Requests so far, by route and what was planted.
    pub(crate) requests: BTreeMap<(String, u64), u64>,
}

/// A service that runs.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    errors: Option<JoinHandle<Tally>>,
    pub(crate) address: String,
}

impl Service {
    /// Starts it, with variables that begin so in its environment and no others of alloc-kit's.
    pub(crate) fn start(command: &mut Command, variables: &[(&str, &OsStr)]) -> Result<Self> {
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("ALLOC_KIT") {
                command.env_remove(name);
            }
        }
        // A backtrace by std reads debug information once more, and keeps it.
        command.env("RUST_BACKTRACE", "0").env("NO_COLOR", "1").envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Lines of the source are shown from here.
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("load"));
        let mut child = command.spawn().map_err(|error| format!("the service does not start: {error}"))?;
        let errors = child.stderr.take().ok_or("no standard error")?;
        let errors = thread::spawn(move || Tally::of(errors));
        let lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
        let mut service = Self { child, lines, errors: Some(errors), address: String::new() };
        loop {
            let line = service.line()?;
            if let Some(address) = line.strip_prefix("listens ") {
                address.clone_into(&mut service.address);
                return Ok(service);
            }
        }
    }

    fn line(&mut self) -> Result<String> {
        match self.lines.next() {
            Some(Ok(line)) => Ok(line),
            _ => Err(String::from("the service has ended")),
        }
    }

    /// How things are; ends a stretch.
    pub(crate) fn mark(&mut self) -> Result<Mark> {
        let to = self.child.stdin.as_mut().ok_or("no standard input")?;
        to.write_all(b"mark\n").map_err(|error| format!("the service takes no command: {error}"))?;
        self.read_mark()
    }

    fn read_mark(&mut self) -> Result<Mark> {
        let mut mark = Mark::default();
        loop {
            let line = self.line()?;
            let words: Vec<&str> = line.split(' ').collect();
            let number = |word: &str| word.parse::<u64>().map_err(|_| format!("not understood: `{line}`"));
            match words[..] {
                ["marked"] => return Ok(mark),
                ["ends", bytes] => mark.bytes = number(bytes)?.cast_signed(),
                ["begins", _] => {}
                ["threads", threads] => mark.threads = number(threads)?,
                ["resident", kib] => mark.resident_kib = number(kib)?,
                ["answers", route, status, times] => {
                    mark.answers.insert((route.to_owned(), number(status)?), number(times)?);
                }
                ["requests", route, planted, times] => {
                    mark.requests.insert((route.to_owned(), number(planted)?), number(times)?);
                }
                _ => return Err(format!("not understood: `{line}`")),
            }
        }
    }

    /// Ends it; how things were at last, and what was on its standard error.
    pub(crate) fn end(mut self) -> Result<(Mark, Tally)> {
        drop(self.child.stdin.take());
        let mark = self.read_mark()?;
        let status = self.child.wait().map_err(|error| format!("the service does not end: {error}"))?;
        let tally = self.errors.take().map(JoinHandle::join).ok_or("ended twice")?;
        let tally = tally.map_err(|_| String::from("its standard error could not be read"))?;
        if !status.success() {
            return Err(format!("the service failed ({status}): {:?}", tally.wrong));
        }
        Ok((mark, tally))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Where something went wrong before its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
