//! Runs a program under callgrind and reads the instructions it counted.
//!
//! Only what one function does and calls is counted: some of the crates have threads of their own.

use std::path::Path;
use std::process::Command;
use std::{env, fs, process};

use crate::Result;
use crate::support::program;

/// Whether there is a callgrind to run.
pub(crate) fn is_installed() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok()
}

/// The instructions of `function` (a pattern with `*`) in the program.
///
/// One number for each time that `part` returned, a function around it, and one for the rest: starting a process under
/// callgrind takes a second, so one can answer several questions.
pub(crate) fn count(
    program: &Path,
    arguments: &[&str],
    function: &str,
    part: Option<&str>,
) -> Result<Vec<u64>> {
    let folder = env::temp_dir().join(format!("alloc-kit-bench-callgrind-{}", process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("no place for callgrind's files: {error}"))?;
    let file = folder.join("out");
    let started = program::command("valgrind".as_ref(), &["--tool=callgrind"])
        .arg(format!("--toggle-collect={function}"))
        .args(part.map(|part| format!("--dump-after={part}")))
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program)
        .args(arguments)
        .output();
    let parts = (1..).map(|number| file.with_extension(number.to_string())).map_while(|file| total(&file));
    let totals: Vec<u64> = parts.chain(total(&file)).collect();
    let _ = fs::remove_dir_all(&folder);
    let output = started.map_err(|error| format!("valgrind does not start: {error}"))?;
    if totals.is_empty() || !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("callgrind says nothing about {}:\n{words}", program::name(program)));
    }
    Ok(totals)
}

/// What a file of callgrind's adds up to.
pub(crate) fn total(file: &Path) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("totals: "));
    line?.trim().parse().ok()
}
