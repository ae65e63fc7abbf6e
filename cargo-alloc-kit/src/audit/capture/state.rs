//! The state in which a command is recorded: what is to be known later of the sources, the commit and the tool.

use std::collections::{BTreeMap, BTreeSet};
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

/// The sources that were changed after that time.
pub(super) fn changed_since<'s>(
    built: SystemTime,
    sources: impl Iterator<Item = &'s String>,
) -> BTreeSet<String> {
    let is_newer = |name: &&String| {
        fs::metadata(name).and_then(|of| of.modified()).is_ok_and(|modified| modified > built)
    };
    sources.filter(is_newer).cloned().collect()
}

/// What git says, if there is one and this is a repository.
fn git(arguments: &[&str]) -> Option<String> {
    output(Command::new("git").args(arguments))
}

/// The name of the tool that wrote a profile, and its version as it says it: profiles of Python have it in them, with the name.
pub(super) fn with_version(origin: String) -> (String, Option<String>) {
    if let Some((name, version)) = origin.split_once(' ')
        && ["memray", "tracemalloc"].contains(&name)
    {
        return (name.to_owned(), Some(version.to_owned()));
    }
    let program = match origin.as_str() {
        "valgrind" => "valgrind",
        "V8" => "node",
        _ => return (origin, None),
    };
    let version = output(Command::new(Path::new(program)).arg("--version"));
    (origin, version)
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_writes_a_profile_of_python_has_its_version_behind_its_name() {
        let both = |origin: &str| with_version(origin.to_owned());
        assert_eq!(both("memray 1.20.0"), ("memray".to_owned(), Some("1.20.0".to_owned())));
        let of_python = both("tracemalloc of Python 3.11.7");
        assert_eq!(of_python, ("tracemalloc".to_owned(), Some("of Python 3.11.7".to_owned())));
        assert_eq!(both("the dhat crate"), ("the dhat crate".to_owned(), None));
    }
}
