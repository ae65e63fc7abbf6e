//! Test programs that did not report all that they knew: they crashed or were killed, and the table lacks something.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use object::{BinaryFormat, Object, ObjectSection};
use serde::Deserialize;

use crate::record_file::Parsed;
use crate::run_file::Lost;
use crate::runner::Runner;
use crate::shell::Shell;
use crate::untrusted;
use crate::user_report::UserReport;

/// Names those that can be known, and gives what is lost with them.
pub(crate) fn lost(parsed: &Parsed, runner: &Runner, tests_passed: bool, shell: &mut Shell) -> Lost {
    let mut lost = Lost::new();
    for process in parsed.records.unended() {
        lost.insert(format!(
            "{} (process {}) did not get to its end: of budgets that it did not break nothing is known",
            process.program, process.pid
        ));
    }
    if let Some(line) = parsed.cut.first() {
        lost.insert(format!(
            "a test process was killed while it reported: line {line} of its report is cut off"
        ));
    }
    // Also where the tests passed: `_exit(0)` in a test looks like that.
    for (program, has_budgets) in silent(parsed, runner) {
        let said = format!("{program} reported nothing");
        match has_budgets {
            Some(true) => drop(lost.insert(format!(
                "{said}: it crashed, was killed or did not end as programs do, and nothing is known of its budgets"
            ))),
            Some(false) => {}
            None if tests_passed => shell.warning(format_args!(
                "{said}: if it has budgets, nothing is known of them"
            )),
            None => shell.warning(format_args!(
                "{said}: it crashed, was killed, or has no budgets; if it has, nothing is known of them"
            )),
        }
    }
    for what in &lost {
        shell.warning(untrusted::text_of(what));
    }
    lost
}

/// Programs that were to run and said nothing, and whether they have budgets.
fn silent(parsed: &Parsed, runner: &Runner) -> Vec<(String, Option<bool>)> {
    let Some(listing) = runner.listing().and_then(|mut command| command.stdout(Stdio::piped()).output().ok())
    else {
        return Vec::new();
    };
    if !listing.status.success() {
        return Vec::new();
    }
    let spoke: BTreeSet<&str> = parsed.records.processes().map(|process| name(&process.program)).collect();
    let programs = listing.stdout.split(|byte| *byte == b'\n').filter_map(program);
    let silent = programs.filter(|program| !spoke.contains(name(program)));
    silent
        .map(|program| {
            let has_budgets = fs::read(&program).map_or(None, |bytes| has_budgets(&bytes));
            (program, has_budgets)
        })
        .collect()
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

/// Whether the library is in a program, which has the name of the variable, and was told of a budget: by the linker, which puts
/// them into a section. Where its name says less, what is in it may be of others.
fn has_budgets(program: &[u8]) -> Option<bool> {
    if memchr::memmem::find(program, UserReport::VARIABLE.as_bytes()).is_none() {
        return Some(false);
    }
    let file = object::File::parse(program).ok()?;
    let is_filled = |name: &str| {
        let mut sections = file.sections();
        sections.any(|section| section.size() > 0 && section.name().is_ok_and(|of| of.contains(name)))
    };
    if file.format() == BinaryFormat::Elf {
        return Some(is_filled("linkme_SITES"));
    }
    if is_filled("linkme") { None } else { Some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_program_has_no_budgets() {
        assert_eq!(has_budgets(b"#!/bin/sh\n"), Some(false));
        // It may be one of a kind that is not known here.
        assert_eq!(has_budgets(UserReport::VARIABLE.as_bytes()), None);
        // This one has the name, and no section.
        let own = std::env::current_exe().and_then(fs::read).expect("this program");
        assert_eq!(has_budgets(&own), Some(false));
    }
}
