//! Triage of an access log: which paths fail, which are slow, and who asks the most. The job is done twice, once as
//! most people write it (`triage/usual.rs`) and once under allocation budgets (`triage/lean.rs`); both must come to
//! the same report, and what each of them cost is printed below it.
//!
//! Run with:
//!
//! ```sh
//! cargo run --release --example triage                  # the sample in examples/data/
//! cargo run --release --example triage /var/log/nginx/access.log
//! cargo test --example triage                           # holds the budgets on the sample
//! # Heap profiles in place of timings; profiling.md says how to read them.
//! cargo run --release --features dhat-heap --example triage
//! ```

#[path = "triage/compare.rs"]
mod compare;
#[path = "triage/lean.rs"]
mod lean;
#[path = "triage/parse.rs"]
mod parse;
// dhat has one profiler a process, and tests run side by side.
#[cfg(all(feature = "dhat-heap", not(test)))]
#[path = "triage/profile.rs"]
mod profile;
#[path = "triage/report.rs"]
mod report;
#[cfg(test)]
#[path = "triage/tests.rs"]
mod tests;
#[path = "triage/usual.rs"]
mod usual;

use compare::{CostTable, Log, TOP, compare, time};
use report::grouped;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/access.log");

const USAGE: &str = "\
usage: triage [FILE]

Reads an access log in the combined format and prints which paths fail, which are slow (where each line ends in the
request time in seconds) and which clients ask the most. Without FILE it reads the sample in examples/data/.";

fn main() -> ExitCode {
    let done = run(env::args_os().skip(1), &mut io::stdout().lock(), &mut io::stderr().lock());
    let Err(failure) = done else { return ExitCode::SUCCESS };
    let (problem, code) = match failure {
        Failure::Usage(problem) => (format!("{problem}\n\n{USAGE}"), 2),
        Failure::Log(problem) => (problem, 1),
        #[cfg(all(feature = "dhat-heap", not(test)))]
        Failure::Profile(problem) => (problem, 1),
        // The reader of our output, `head` for one, has seen enough.
        Failure::Output(error) if error.kind() == ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
        Failure::Output(error) => (format!("cannot write the report: {error}"), 1),
    };
    say(&mut io::stderr(), &problem);
    ExitCode::from(code)
}

/// Says what is beside the report. Where standard error is closed there is nobody to tell.
fn say(err: &mut impl Write, what: &str) {
    let _ = writeln!(err, "triage: {what}");
}

#[derive(Debug)]
enum Failure {
    Usage(String),
    Log(String),
    #[cfg(all(feature = "dhat-heap", not(test)))]
    Profile(String),
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// The whole program: the report goes to `out`, what is said about the reading of it to `err`.
fn run(
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<(), Failure> {
    let file = match parse_arguments(arguments)? {
        Command::Help => return Ok(writeln!(out, "{USAGE}")?),
        Command::Triage(file) => file,
    };
    let name = short_name(&file);
    let unreadable = |problem: io::Error| Failure::Log(format!("cannot read {name}: {problem}"));

    let log = Log { file: &file, file_bytes: file_bytes(&file).map_err(unreadable)? };
    if log.file_bytes == 0 {
        say(err, &format!("{name} is empty: there is nothing to report"));
        return Ok(());
    }
    say(err, &format!("reading {name}, {} bytes, in both ways ...", grouped(log.file_bytes)));

    let comparison = compare(log).map_err(unreadable)?;
    if !comparison.agree {
        return Err(Failure::Log(format!("the two ways disagree about {name}: did it change meanwhile?")));
    }
    let report = comparison.triage.report(TOP);
    if let Some(complaint) = report.totals.complaint() {
        say(err, &complaint);
    }
    if report.totals.malformed == report.totals.lines {
        return Err(Failure::Log(format!("no line of {name} is in the combined format")));
    }
    write!(out, "{name}: {report}")?;
    let times = if cfg!(feature = "dhat-heap") { None } else { Some(time(log).map_err(unreadable)?) };
    write!(out, "\n{}", CostTable(&comparison, times.as_ref()))?;
    out.flush()?;
    #[cfg(all(feature = "dhat-heap", not(test)))]
    profile::write_both(log, err)?;
    Ok(())
}

#[derive(Debug)]
enum Command {
    Help,
    Triage(PathBuf),
}

fn parse_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, Failure> {
    let (mut file, mut only_files) = (None, false);
    for argument in arguments {
        let is_option = !only_files && argument.as_encoded_bytes().starts_with(b"-");
        if is_option && argument == "--" {
            only_files = true;
        } else if is_option && (argument == "--help" || argument == "-h") {
            return Ok(Command::Help);
        } else if is_option {
            return Err(Failure::Usage(format!("unknown option `{}`", argument.display())));
        } else if file.is_some() {
            let problem = format!("one file at a time: `{}` is a second one", argument.display());
            return Err(Failure::Usage(problem));
        } else {
            file = Some(PathBuf::from(argument));
        }
    }
    Ok(Command::Triage(file.unwrap_or_else(|| PathBuf::from(SAMPLE))))
}

/// The size of the log. It is read more than once, so that a pipe will not do.
fn file_bytes(file: &Path) -> io::Result<u64> {
    let metadata = fs::metadata(file)?;
    if metadata.is_dir() {
        return Err(io::Error::new(ErrorKind::IsADirectory, "it is a directory"));
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file, and it has to be read more than once"));
    }
    Ok(metadata.len())
}

/// The file's name as seen from here.
fn short_name(file: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    file.strip_prefix(here).unwrap_or(file).display().to_string()
}
