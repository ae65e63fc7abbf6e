//! Node: a script that is loaded before the program, in workers and child processes too, and samples every allocation, also what
//! was freed.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::Plan;
use crate::exit::Failure;
use crate::untrusted::text_of;

const SCRIPT: &str = include_str!("node.cjs");
const SCRIPT_NAME: &str = "node.cjs";
/// What the script writes, and what it leaves of a thread that was killed before.
const PROFILE: &str = "heapprofile";
const STARTED: &str = "started";

/// What the script reads how many bytes apart samples are from.
const INTERVAL: &str = "ALLOC_KIT_NODE_INTERVAL";

/// The command with the script in `NODE_OPTIONS`, before what is there. The interval is how many bytes apart samples are on average, or
/// else what the environment says.
pub(super) fn plan(command: &[OsString], folder: &Path, interval: Option<u32>) -> Result<Plan, Failure> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::unusable("no command to record"));
    };
    if interval.is_none() {
        check(std::env::var_os(INTERVAL).as_deref())?;
    }
    let cannot = |error| Failure::unusable(format!("cannot write to {}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(cannot)?;
    // Of a recording before.
    for old in files(folder, &[PROFILE, STARTED, "part"])? {
        fs::remove_file(old).map_err(cannot)?;
    }
    let folder = std::path::absolute(folder).map_err(cannot)?;
    let script = folder.join(SCRIPT_NAME);
    fs::write(&script, SCRIPT).map_err(cannot)?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("NODE_OPTIONS", options(&script, std::env::var_os("NODE_OPTIONS"))?)
        .env("ALLOC_KIT_NODE_FOLDER", &folder);
    if let Some(bytes) = interval {
        command.env(INTERVAL, bytes.to_string());
    }
    let limits = [
        "V8 samples, counts no blocks, and knows functions and no lines",
        "Buffers and what else lies outside of V8's heap is not in it",
        "a process that is given an environment without NODE_OPTIONS is not recorded, nor one that SIGKILL ends",
    ];
    Ok(Plan { command, limits: limits.map(str::to_owned).into(), built: None })
}

/// The profiles that were written.
pub(super) fn finish(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    // It is no source of the project's, and the folder may be kept beside those that are.
    let _ = fs::remove_file(folder.join(SCRIPT_NAME));
    let profiles = files(folder, &[PROFILE])?;
    let lost: Vec<String> = files(folder, &[STARTED])?.iter().map(|file| started(file)).collect();
    let Some(first) = profiles.first() else {
        return Err(none_written(&lost));
    };
    if !lost.is_empty() {
        note_lost(first, &lost)?;
    }
    Ok(profiles)
}

fn none_written(lost: &[String]) -> Failure {
    if lost.is_empty() {
        return Failure::unusable("no profile was written: no Node process ran with the NODE_OPTIONS that load the recorder")
            .help("the command must run `node` (18 or later), itself or by npm, npx and the like, and keep NODE_OPTIONS");
    }
    Failure::unusable(format!(
        "no profile was written: killed before it could be, or still running: {}",
        lost.join(", ")
    ))
    .help("end the program by itself, or by SIGINT or SIGTERM; SIGKILL and `process.abort()` leave no time to write")
}

/// The process and what it runs: `1234-0: app.js`.
fn started(file: &Path) -> String {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let command = fs::read_to_string(file).unwrap_or_default();
    text_of(&format!("{name}: {}", command.trim_end()))
}

/// Says in a profile that there should be more, so that whoever reads it is told.
fn note_lost(profile: &Path, lost: &[String]) -> Result<(), Failure> {
    let cannot = |error: &dyn std::fmt::Display| {
        Failure::unusable(format!("cannot read {} again: {error}", profile.display()))
    };
    let text = fs::read(profile).map_err(|error| cannot(&error))?;
    // The tree may be deep, and need not be read: what was added stands behind it.
    let Some(at) = memchr::memmem::rfind(&text, b",\"allocKit\":{") else { return Ok(()) };
    let noted = serde_json::to_string(&Value::from(lost)).map_err(|error| cannot(&error))?;
    let (before, after) = text.split_at(at + b",\"allocKit\":{".len());
    let whole = [before, b"\"lost\":", noted.as_bytes(), b",", after].concat();
    fs::write(profile, whole).map_err(|error| cannot(&error))
}

/// The files that the script makes: `PID-THREAD.ENDING`.
fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error| Failure::unusable(format!("cannot read {}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let is_ending = path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one));
        let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_ending
            && stem.split_once('-').is_some_and(|(process, thread)| number(process) && number(thread))
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn check(text: Option<&OsStr>) -> Result<(), Failure> {
    let Some(text) = text else { return Ok(()) };
    let is_number = text.to_str().and_then(|text| text.parse::<u32>().ok()).is_some_and(|bytes| bytes > 0);
    if is_number {
        return Ok(());
    }
    let text = text_of(&text.to_string_lossy());
    Err(Failure::unusable(format!("{INTERVAL} is `{text}`; it takes a number of bytes from 1 on")))
}

/// Node splits the variable at spaces; in quotes a backslash takes what follows as it is.
fn options(script: &Path, before: Option<OsString>) -> Result<OsString, Failure> {
    let Some(script) = script.to_str() else {
        return Err(Failure::unusable(format!("{}: NODE_OPTIONS takes UTF-8 only", script.display()))
            .help("`-o` names another folder"));
    };
    let script = script.replace('\\', "\\\\").replace('"', "\\\"");
    let mut options = OsString::from(format!("--require \"{script}\""));
    if let Some(before) = before.filter(|before| !before.is_empty()) {
        options.push(" ");
        options.push(before);
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs node as `plan` says; None if it is not installed.
    fn run(arguments: &[&str], folder: &Path) -> Option<std::process::Output> {
        let command: Vec<OsString> = ["node"].iter().chain(arguments).map(OsString::from).collect();
        let ran = plan(&command, folder, Some(64)).unwrap().command.output();
        if ran.is_err() {
            println!("not tested: node cannot be run");
        }
        ran.ok()
    }

    /// The profiles' texts after `program` ran, put together; or why there is none.
    fn recorded(program: &str, name: &str) -> Option<(Result<String, Failure>, std::process::Output)> {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join(name);
        fs::write(&script, program).unwrap();
        let profiles = folder.path().join(if cfg!(windows) { "a b" } else { "a \"b\" \\c" });
        let ran = run(&[script.to_str().unwrap()], &profiles)?;
        let text = finish(&profiles).map(|files| {
            files.iter().map(|file| fs::read_to_string(file).unwrap()).collect::<Vec<_>>().join("\n")
        });
        Some((text, ran))
    }

    const CHURN: &str = "function churn() { let last; for (let i = 0; i < 1e5; i++) last = { i, text: [i] }; return last; }\n";

    fn has_churn(text: &str, script: &str) -> bool {
        let at = text.find("\"functionName\":\"churn\"").expect("no such function");
        text[at..].split("\"children\"").next().unwrap().contains(script)
    }

    #[test]
    fn every_way_to_end_leaves_a_profile() {
        let ends = [
            ("", 0),
            ("process.exit(3);", 3),
            ("throw new Error('meant');", 1),
            ("Promise.reject(new Error('meant'));", 1),
            ("process.reallyExit(4);", 4),
            ("process.on('exit', () => { churn(); process.exitCode = 5; });", 5),
        ];
        for (end, code) in ends {
            let Some((text, ran)) = recorded(&format!("{CHURN}churn();\n{end}"), "app.js") else { return };
            assert_eq!(ran.status.code(), Some(code), "{end}: {}", String::from_utf8_lossy(&ran.stderr));
            assert!(has_churn(&text.unwrap(), "app.js"), "{end}");
        }
    }

    #[test]
    fn modules_workers_and_children_are_recorded() {
        let worker = format!(
            "import {{ Worker, isMainThread }} from 'node:worker_threads';\n{CHURN}\
            if (isMainThread) {{ new Worker(new URL(import.meta.url)); }} else {{ churn(); }}"
        );
        let terminated = format!(
            "const {{ Worker, isMainThread, parentPort }} = require('worker_threads');\n{CHURN}\
            if (isMainThread) {{ const w = new Worker(__filename); w.on('message', () => w.terminate()); }}\n\
            else {{ churn(); parentPort.on('message', () => {{}}); parentPort.postMessage(0); }}"
        );
        let left = terminated.replace("w.terminate()", "process.exit(0)");
        let child = format!(
            "{CHURN}if (process.argv[2]) churn();\n\
            else require('child_process').execFileSync(process.execPath, [__filename, 'child']);"
        );
        let programs = [(worker, "w.mjs"), (terminated, "t.js"), (left, "left.js"), (child, "c.js")];
        for (program, name) in programs {
            let Some((text, ran)) = recorded(&program, name) else { return };
            assert!(ran.status.success(), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
            let text = text.unwrap();
            assert_eq!(text.lines().count(), 2, "{name}");
            assert!(has_churn(&text, name), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn signals_end_it_as_they_would_have() {
        use std::os::unix::process::ExitStatusExt;
        for (signal, number) in [("SIGINT", 2), ("SIGTERM", 15)] {
            let program = format!(
                "{CHURN}churn(); setInterval(() => {{}}, 1000); process.kill(process.pid, '{signal}');"
            );
            let Some((text, ran)) = recorded(&program, "app.js") else { return };
            assert_eq!(ran.status.signal(), Some(number));
            assert!(has_churn(&text.unwrap(), "app.js"));
        }
        let own = format!(
            "{CHURN}churn(); setTimeout(() => {{}}, 60000);\n\
            process.on('SIGTERM', () => process.exit(9)); process.kill(process.pid, 'SIGTERM');"
        );
        let Some((text, ran)) = recorded(&own, "own.js") else { return };
        assert_eq!(ran.status.code(), Some(9));
        assert!(has_churn(&text.unwrap(), "own.js"));
    }

    #[cfg(unix)]
    #[test]
    fn what_was_killed_is_said() {
        let Some((text, _)) = recorded("process.kill(process.pid, 'SIGKILL');", "killed.js") else { return };
        let failure = text.unwrap_err();
        assert!(failure.message.starts_with("no profile was written: killed"), "{failure}");
        assert!(failure.message.contains("killed.js"), "{failure}");
        let program = format!(
            "{CHURN}if (process.argv[2]) process.kill(process.pid, 'SIGKILL');\n\
            churn(); require('child_process').spawnSync(process.execPath, [__filename, 'child']);"
        );
        let Some((text, _)) = recorded(&program, "half.js") else { return };
        let text = text.unwrap();
        assert!(text.contains("\"allocKit\":{\"lost\":[\"") && text.contains("half.js child"), "{text}");
    }

    #[test]
    fn what_loads_the_recorder_is_gone_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        plan(&["node".into()], folder.path(), None).unwrap();
        assert!(folder.path().join(SCRIPT_NAME).exists());
        fs::write(folder.path().join("12-0.heapprofile"), "{}").unwrap();
        finish(folder.path()).unwrap();
        let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), ["12-0.heapprofile"]);
    }

    #[test]
    fn a_command_without_node_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let failure = finish(folder.path()).unwrap_err();
        assert!(failure.message.contains("no Node process ran"), "{failure}");
    }

    #[test]
    fn what_node_options_had_stays() {
        let options = options(Path::new("/a b/\"c\\.cjs"), Some("--no-warnings".into())).unwrap();
        assert_eq!(options, "--require \"/a b/\\\"c\\\\.cjs\" --no-warnings");
    }

    #[test]
    fn only_its_own_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["12-0.heapprofile", "mine.heapprofile", "12-0.started", "1-x.started"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        plan(&["node".into()], folder.path(), None).unwrap();
        assert!(files(folder.path(), &[PROFILE, STARTED]).unwrap().is_empty());
        assert!(
            folder.path().join("mine.heapprofile").exists() && folder.path().join("1-x.started").exists()
        );
    }
}
