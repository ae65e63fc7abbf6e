//! Python: memray, or tracemalloc where it is not installed.
//!
//! The program is run by a script of ours (`record.py`), in the interpreter that would have run it; what was recorded becomes a
//! profile by another one (`convert.py`), since only Python reads it.

mod program;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use self::program::Program;
use super::Plan;
use crate::exit::Failure;
use crate::untrusted;

const RECORD: &str = include_str!("python/record.py");
const CONVERT: &str = include_str!("python/convert.py");
/// Prints the version, and then which profilers there are.
const PROBE: &str = "\
import sys
print(*sys.version_info[:2])
try:
    import memray
    print(memray.__version__)
except Exception:
    print()
try:
    import tracemalloc
    print('tracemalloc')
except ImportError:
    print()
";
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

/// What an interpreter has.
#[derive(Debug, PartialEq, Eq)]
struct Probed {
    version: (u32, u32),
    memray: Option<String>,
    has_tracemalloc: bool,
}

/// Runs the command in its own interpreter, recording into the folder.
pub(super) fn plan(command: &[OsString], folder: &Path) -> Result<Plan, Failure> {
    let program = Program::of(command)?;
    let (tool, limits) = tool_of(&program.interpreter, &probe(&program)?)?;
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
    Ok(Plan { command, limits })
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

/// Which of its profilers records, and what that will not show.
fn tool_of(interpreter: &OsStr, probed: &Probed) -> Result<(&'static str, Vec<String>), Failure> {
    let interpreter = interpreter.to_string_lossy();
    let (major, minor) = probed.version;
    if (major, minor) < (3, 8) {
        return Err(Failure::unusable(format!(
            "{interpreter} is Python {major}.{minor}, and 3.8 is the least"
        )));
    }
    let install = format!("`{interpreter} -m pip install memray`");
    match &probed.memray {
        Some(version) if is_recent(version) => Ok(("memray", Vec::new())),
        _ if !probed.has_tracemalloc => {
            Err(Failure::unusable(format!("{interpreter} has neither memray nor tracemalloc"))
                .help(format!("{install}, which CPython on Linux and macOS can have")))
        }
        found => {
            let why = match found {
                Some(version) => format!("memray {version} is older than 1.4"),
                None => "memray is not installed".to_owned(),
            };
            let limit = format!(
                "{why} for {interpreter}, so tracemalloc records: only what is live when the program ends, nothing that was \
                 freed before; {install} for all of it"
            );
            Ok(("tracemalloc", vec![limit]))
        }
    }
}

/// Whether it can follow Python's own allocators.
fn is_recent(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (1, 4)
}

fn probe(program: &Program) -> Result<Probed, Failure> {
    let shown = program.interpreter.to_string_lossy();
    let mut command = Command::new(&program.interpreter);
    command.args(&program.options).args(["-c", PROBE]).stdin(Stdio::null());
    let output = command
        .output()
        .map_err(|error| Failure::unusable(format!("cannot run the interpreter {shown}: {error}")))?;
    probed(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| {
        let said = untrusted::text_of(&last_line(&output.stderr));
        Failure::unusable(format!("{shown} does not run as Python ({}): {said}", output.status))
    })
}

fn probed(text: &str) -> Option<Probed> {
    let mut lines = text.lines();
    let (major, minor) = lines.next()?.split_once(' ')?;
    let version = (major.parse().ok()?, minor.parse().ok()?);
    let memray = lines.next()?.to_owned();
    Some(Probed {
        version,
        memray: Some(memray).filter(|version| !version.is_empty()),
        has_tracemalloc: lines.next()? == "tracemalloc",
    })
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

/// With an exception it is the one that says what.
fn last_line(text: &[u8]) -> String {
    String::from_utf8_lossy(text).lines().last().unwrap_or_default().to_owned()
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

    #[test]
    fn an_interpreter_tells_what_it_has() {
        let all = probed("3 11\n1.20.0\ntracemalloc\n").unwrap();
        assert_eq!(all, Probed { version: (3, 11), memray: Some("1.20.0".into()), has_tracemalloc: true });
        assert_eq!(probed("no Python\n"), None);
        assert_eq!(probed("3 x\n\n\n"), None);
    }

    #[test]
    fn the_profiler_is_the_best_there_is() {
        let probed = |version, memray: Option<&str>, has_tracemalloc| Probed {
            version,
            memray: memray.map(str::to_owned),
            has_tracemalloc,
        };
        let tool = |probed: &Probed| tool_of(OsStr::new("py"), probed);
        let (name, limits) = tool(&probed((3, 11), Some("1.20.0"), true)).unwrap();
        assert_eq!((name, limits.len()), ("memray", 0));
        let (name, limits) = tool(&probed((3, 13), None, true)).unwrap();
        assert_eq!(name, "tracemalloc");
        assert!(limits[0].contains("only what is live when the program ends"), "{limits:?}");
        let (name, limits) = tool(&probed((3, 8), Some("1.3.1"), true)).unwrap();
        assert_eq!(name, "tracemalloc");
        assert!(limits[0].starts_with("memray 1.3.1 is older"), "{limits:?}");
        let old = tool(&probed((3, 7), Some("1.20.0"), true)).unwrap_err();
        assert_eq!(old.message, "py is Python 3.7, and 3.8 is the least");
        assert!(tool(&probed((3, 10), None, false)).is_err());
    }

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
        let mut plan = match plan(&command, folder.path()) {
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
