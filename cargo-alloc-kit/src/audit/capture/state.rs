//! The state in which a command is recorded: what is to be known later of the sources, the commit and the tool.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use ignore::WalkBuilder;

use super::recorded::{Recorded, sum};
use crate::audit::language::Language;
use crate::audit::read::MOST_BYTES;
use crate::audit::walk::shown;
use crate::exit::Failure;

/// What is known before the command runs.
pub(super) fn before(language: Language, command: &[OsString]) -> Result<Recorded, Failure> {
    let root = env::current_dir()
        .and_then(fs::canonicalize)
        .map_err(|error| Failure::unusable(format!("cannot find the current folder: {error}")))?;
    let command = command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    // A clock before 1970 is none.
    let started = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut recorded = Recorded::new(language, command, started, root, sources());
    recorded.commit = git(&["rev-parse", "HEAD"]);
    recorded.dirty = git(&["status", "--porcelain"]).map(|changes| !changes.is_empty());
    Ok(recorded)
}

/// The sums of all source files below this folder, as the scan finds them.
fn sources() -> BTreeMap<String, String> {
    let entries = WalkBuilder::new(".").require_git(false).build().flatten();
    let is_source = |path: &PathBuf| {
        Language::of(path).is_some()
            && fs::metadata(path).is_ok_and(|of| of.is_file() && of.len() <= MOST_BYTES)
    };
    let paths = entries.map(ignore::DirEntry::into_path).filter(is_source);
    // What can't be read is not scanned, either.
    paths.filter_map(|path| Some((shown(&path), sum(&fs::read(&path).ok()?)))).collect()
}

/// What git says, if there is one and this is a repository.
fn git(arguments: &[&str]) -> Option<String> {
    output(Command::new("git").args(arguments))
}

/// The version of a tool, as it says it.
pub(super) fn version_of(tool: &str) -> Option<String> {
    let program = match tool {
        "valgrind" => "valgrind",
        "V8" => "node",
        _ => return None,
    };
    output(Command::new(Path::new(program)).arg("--version"))
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
