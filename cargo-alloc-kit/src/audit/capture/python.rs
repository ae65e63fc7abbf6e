//! Python: memray, or tracemalloc where it is not installed.
//!
//! The program is run by a script of ours (`record.py`), in the interpreter that would have run it; what was recorded becomes a
//! profile by another one (`convert.py`), since only Python reads it.

mod probe;
mod program;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use self::probe::{last_line, probe, tool_of};
use self::program::Program;
use super::Plan;
use crate::exit::Failure;
use crate::untrusted;

const RECORD: &str = include_str!("python/record.py");
const CONVERT: &str = include_str!("python/convert.py");
/// What `convert.py` ends with where there is nothing to convert.
const NOTHING: i32 = 3;

/// What is kept in the folder until [`finish`].
#[derive(Serialize, Deserialize)]
struct State {
    interpreter: String,
    command: String,
    /// Where it ran.
    folder: PathBuf,
}

/// What is to record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// memray, or tracemalloc where it is not installed.
    Best,
    Memray,
    Tracemalloc,
}

/// Runs the command in its own interpreter, recording into the folder.
pub(super) fn plan(command: &[OsString], folder: &Path, by: By) -> Result<Plan, Failure> {
    let program = Program::of(command)?;
    let (tool, limits) = tool_of(&program.interpreter, &probe(&program)?, by)?;
    let parts = folder.join("python");
    let cannot =
        |error: std::io::Error| Failure::unusable(format!("cannot write to {}: {error}", parts.display()));
    if parts.exists() {
        fs::remove_dir_all(&parts).map_err(cannot)?;
    }
    for old in profiles(folder) {
        fs::remove_file(old).map_err(cannot)?;
    }
    fs::create_dir_all(&parts).map_err(cannot)?;
    // The program may go to another folder.
    let parts = std::path::absolute(&parts).map_err(cannot)?;
    fs::write(parts.join("record.py"), RECORD).map_err(cannot)?;
    fs::write(parts.join("convert.py"), CONVERT).map_err(cannot)?;
    let shown: Vec<_> = command.iter().map(|word| word.to_string_lossy()).collect();
    let state = State {
        interpreter: program.interpreter.to_string_lossy().into_owned(),
        command: shown.join(" "),
        folder: std::env::current_dir().map_err(cannot)?,
    };
    let state = serde_json::to_string(&state).unwrap_or_else(|error| unreachable!("three texts: {error}"));
    fs::write(parts.join("state.json"), state).map_err(cannot)?;
    let mut command = Command::new(&program.interpreter);
    command.args(&program.options).arg(parts.join("record.py")).arg(tool).arg(&parts).args(&program.run);
    Ok(Plan { command, limits, built: None })
}

/// Makes a profile of each process that was recorded: `python.dhat.json`, and `python-PID.dhat.json` of what it forked.
pub(super) fn finish(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let parts = std::path::absolute(folder.join("python")).unwrap_or_else(|_| folder.join("python"));
    let text = fs::read_to_string(parts.join("state.json"))
        .map_err(|error| Failure::unusable(format!("cannot read {}: {error}", parts.display())))?;
    let state: State = serde_json::from_str(&text)
        .map_err(|error| Failure::unusable(format!("{} is damaged: {error}", parts.display())))?;
    let mut recorded = recorded(&parts);
    if recorded.is_empty() {
        return Err(Failure::unusable("nothing was recorded: the program ended before its recording did")
            .help(
                "`os._exit` and a crash leave nothing where tracemalloc records; memray does record then",
            ));
    }
    // The first process comes last, and tells what could not be read of the others.
    let (_, first) = recorded.remove(0);
    let mut written = Vec::new();
    let mut lost = Vec::new();
    for (process, path) in &recorded {
        let profile = folder.join(format!("python-{process}.dhat.json"));
        match convert(&parts, &state, path, &profile, &[]) {
            Ok(true) => written.push(profile),
            Ok(false) => {}
            Err(why) => lost.push(format!("of the forked process {process} nothing could be read: {why}")),
        }
    }
    let profile = folder.join("python.dhat.json");
    match convert(&parts, &state, &first, &profile, &lost) {
        Ok(true) => written.insert(0, profile),
        Ok(false) if written.is_empty() => {
            return Err(Failure::unusable("nothing was recorded: the program allocated nothing"));
        }
        Ok(false) => {}
        Err(why) => return Err(Failure::unusable(format!("cannot convert what was recorded: {why}"))),
    }
    // What was recorded has every single allocation, and is large.
    let _ = fs::remove_dir_all(&parts);
    Ok(written)
}

/// Whether there was something to convert; or why it could not be.
fn convert(
    parts: &Path,
    state: &State,
    recorded: &Path,
    profile: &Path,
    limits: &[String],
) -> Result<bool, String> {
    let mut command = Command::new(&state.interpreter);
    command.arg(parts.join("convert.py")).arg(recorded).arg(profile).arg(&state.command).arg(&state.folder);
    let output = command.args(limits).stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    match output.status.code() {
        Some(0) => Ok(true),
        Some(NOTHING) => Ok(false),
        _ => Err(untrusted::text_of(&last_line(&output.stderr))),
    }
}

/// The files that were recorded with their processes, the first process first: it has no number with memray, and the least one
/// with tracemalloc, of those that are there.
fn recorded(parts: &Path) -> Vec<(u32, PathBuf)> {
    let number = |name: &str| -> Option<u32> {
        let process = match name.strip_prefix("memray.bin") {
            Some("") => return Some(0),
            Some(process) => process.strip_prefix('.')?,
            None => name.strip_prefix("tracemalloc-")?.strip_suffix(".json")?,
        };
        process.parse().ok()
    };
    let entries = fs::read_dir(parts).into_iter().flatten().flatten();
    let mut files: Vec<(u32, PathBuf)> =
        entries.filter_map(|entry| Some((number(entry.file_name().to_str()?)?, entry.path()))).collect();
    files.sort();
    files
}

/// The profiles of an earlier capture.
fn profiles(folder: &Path) -> Vec<PathBuf> {
    let is_profile = |path: &PathBuf| {
        path.file_name()
            .and_then(OsStr::to_str)
            .is_some_and(|name| name.starts_with("python") && name.ends_with(".dhat.json"))
    };
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(is_profile)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With memray or tracemalloc, whichever the interpreter on the path has.
    #[test]
    fn a_program_is_recorded_and_ends_as_ever() {
        const PROGRAM: &str = "\
import sys, threading
def keep():
    return bytearray(1_000_000)
kept = []
thread = threading.Thread(target=lambda: kept.append(keep()))
thread.start()
sys.exit(3)
";
        let folder = tempfile::tempdir().unwrap();
        let app = folder.path().join("app.py");
        fs::write(&app, PROGRAM).unwrap();
        let python = if cfg!(windows) { "python" } else { "python3" };
        let command = [python.into(), app.clone().into_os_string(), "x".into()];
        let mut plan = match plan(&command, folder.path(), By::Best) {
            Ok(plan) => plan,
            Err(failure) => return eprintln!("not tested: {failure}"),
        };
        let status = plan.command.stdin(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(3));
        let written = finish(folder.path()).unwrap();
        assert_eq!(written, [folder.path().join("python.dhat.json")]);
        assert!(!folder.path().join("python").exists());
        let profile: serde_json::Value = serde_json::from_slice(&fs::read(&written[0]).unwrap()).unwrap();
        assert_eq!(profile["cmd"], format!("{python} {} x", app.display()));
        assert!(!profile["alloc-kit"]["limits"].as_array().unwrap().is_empty());
        let frames = profile["ftbl"].as_array().unwrap();
        let is_of = |point: &&serde_json::Value| {
            let innermost = usize::try_from(point["fs"][0].as_u64().unwrap()).unwrap();
            frames[innermost].as_str().unwrap().ends_with("app.py:3)")
        };
        let points: Vec<_> = profile["pps"].as_array().unwrap().iter().filter(is_of).collect();
        let bytes: u64 = points.iter().map(|point| point["tb"].as_u64().unwrap()).sum();
        assert!((1_000_000..1_010_000).contains(&bytes), "{points:?}");
        // The script that runs it is in no stack.
        assert!(!frames.iter().any(|frame| frame.as_str().unwrap().contains("record.py")), "{frames:?}");
    }
}
