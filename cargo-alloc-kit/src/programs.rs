//! Test programs that did not report all that they knew: they crashed or were killed, and the table lacks something.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde::Deserialize;

use crate::record_file::Parsed;
use crate::runner::Runner;
use crate::shell::Shell;
use crate::user_report::UserReport;

/// Names those that can be known.
pub(crate) fn say_unended(parsed: &Parsed, runner: &Runner, tests_passed: bool, shell: &mut Shell) {
    for process in parsed.records.unended() {
        shell.warning(format_args!(
            "{} (process {}) did not get to its end: of budgets that it did not break nothing is known",
            process.program, process.pid
        ));
    }
    if let Some(line) = parsed.cut.first() {
        shell.warning(format_args!(
            "a test process was killed while it reported: line {line} of its report is cut off"
        ));
    }
    // Who passes has come to its end.
    if tests_passed {
        return;
    }
    for program in silent(parsed, runner) {
        shell.warning(format_args!(
            "{program} reported nothing: it crashed, was killed, or has no budgets; if it has, nothing is known of them"
        ));
    }
}

/// Programs that were to run, have the library in them, and said nothing.
fn silent(parsed: &Parsed, runner: &Runner) -> Vec<String> {
    let Some(listing) = runner.listing().and_then(|mut command| command.stdout(Stdio::piped()).output().ok())
    else {
        return Vec::new();
    };
    if !listing.status.success() {
        return Vec::new();
    }
    let spoke: BTreeSet<&str> = parsed.records.processes().map(|process| name(&process.program)).collect();
    let programs = listing.stdout.split(|byte| *byte == b'\n').filter_map(program);
    programs.filter(|program| !spoke.contains(name(program)) && can_report(program)).collect()
}

/// The test program of a message of cargo's.
fn program(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Artifact {
        executable: Option<String>,
        profile: Profile,
    }
    #[derive(Deserialize)]
    struct Profile {
        test: bool,
    }
    let artifact: Artifact = serde_json::from_slice(line).ok()?;
    artifact.executable.filter(|_| artifact.profile.test)
}

fn name(program: &str) -> &str {
    program.rsplit(['/', '\\']).next().unwrap_or(program)
}

/// Whether the library is in it, which has the name of the variable.
fn can_report(program: &str) -> bool {
    let Ok(bytes) = fs::read(Path::new(program)) else { return false };
    memchr::memmem::find(&bytes, UserReport::VARIABLE.as_bytes()).is_some()
}
