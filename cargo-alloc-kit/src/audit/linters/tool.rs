//! A linter as a process: found on the way up from a path or on PATH, run for a limited time, and what it wrote.

use std::env;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Fault;
use crate::untrusted;

/// How long a linter that builds nothing may take.
pub(super) const LINT: Duration = Duration::from_secs(300);
const VERSION: Duration = Duration::from_secs(30);

/// What it started itself may go on and hold its pipes: when it has ended, and nothing came for so long, it has written all.
const QUIET: Duration = Duration::from_secs(1);

/// The most of arguments that are given at once, in bytes: Windows takes 32 KiB.
const MOST_ARGUMENT_BYTES: usize = 24 * 1024;

/// What a process wrote, and whether it ended well.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
    pub(super) code: Option<i32>,
}

/// The program of a name: in `below` of a folder at or above one of the paths (`node_modules/.bin`), or else on PATH.
pub(super) fn find(paths: &[PathBuf], below: &[&str], name: &str) -> Option<PathBuf> {
    let names = if cfg!(windows) {
        vec![format!("{name}.exe"), format!("{name}.cmd")]
    } else {
        vec![name.to_owned()]
    };
    let above = paths.iter().filter_map(|path| std::path::absolute(path).ok());
    let above = above.flat_map(|path| path.ancestors().map(Path::to_owned).collect::<Vec<_>>());
    let local = above.flat_map(|folder| below.iter().map(move |below| folder.join(below)));
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = local.chain(env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty()));
    let programs = folders.flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    let mut programs = programs.filter(|program| program.is_file());
    programs.next()
}

/// What `--version` says, in one line.
pub(super) fn version(name: &str, program: &Path) -> Result<String, Fault> {
    let mut command = Command::new(program);
    command.arg("--version");
    let output = run(command, VERSION)?;
    let said = String::from_utf8_lossy(&output.stdout);
    let said = said.lines().next().unwrap_or_default().trim();
    if output.code != Some(0) {
        return Err(Fault::Failed(format!("does not even say its version{}", first_line(&output.stderr))));
    }
    // `ruff 0.6`, `Version: 1.2`, `v9.1`
    let number = said.rsplit(' ').next().unwrap_or_default().trim_start_matches('v');
    Ok(format!("{name} {number}"))
}

/// Runs it. What it writes is read while it runs; one that takes too long is ended.
pub(super) fn run(mut command: Command, limit: Duration) -> Result<Output, Fault> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child =
        command.spawn().map_err(|error| Fault::Failed(format!("could not be started ({error})")))?;
    let stdout = child.stdout.take().map(Written::read);
    let stderr = child.stderr.take().map(Written::read);
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() < limit => thread::sleep(pause),
            Ok(None) => {
                let _ = child.kill().and_then(|()| child.wait());
                return Err(Fault::Failed(format!("took more than {} s and was ended", limit.as_secs())));
            }
            Err(error) => return Err(Fault::Failed(format!("cannot be waited for ({error})"))),
        }
        pause = (pause * 2).min(Duration::from_millis(50));
    };
    let stdout = stdout.map(Written::end).unwrap_or_default();
    let stderr = stderr.map(Written::end).unwrap_or_default();
    Ok(Output { stdout, stderr: String::from_utf8_lossy(&stderr).into_owned(), code: status.code() })
}

/// What came from a pipe so far.
struct Written {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: thread::JoinHandle<()>,
}

impl Written {
    fn read(mut from: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&bytes);
        let reader = thread::spawn(move || {
            let mut piece = vec![0; 64 * 1024];
            // What there is before an error is still looked at.
            while let Ok(length @ 1..) = from.read(&mut piece) {
                all.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&piece[..length]);
            }
        });
        Self { bytes, reader }
    }

    /// All of it, when the process has ended.
    fn end(self) -> Vec<u8> {
        let length = || self.bytes.lock().unwrap_or_else(PoisonError::into_inner).len();
        let (mut known, mut since) = (length(), Instant::now());
        while !self.reader.is_finished() && since.elapsed() < QUIET {
            thread::sleep(Duration::from_millis(1));
            if length() > known {
                (known, since) = (length(), Instant::now());
            }
        }
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Runs it as often as the files need, so many at once as a command line has room for.
pub(super) fn run_on(
    files: &[PathBuf],
    command: &dyn Fn() -> Command,
    each: &mut dyn FnMut(Output) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut rest = files;
    while !rest.is_empty() {
        let mut bytes = 0;
        let count = rest.iter().take_while(|file| {
            bytes += file.as_os_str().len() + 3;
            bytes <= MOST_ARGUMENT_BYTES
        });
        // One that is longer than all of the room is still tried.
        let (now, later) = rest.split_at(count.count().max(1));
        let mut command = command();
        command.args(now.iter().map(OsString::from));
        each(run(command, LINT)?)?;
        rest = later;
    }
    Ok(())
}

/// What it wrote, as JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(output: &Output) -> Result<T, Fault> {
    serde_json::from_slice(&output.stdout)
        .map_err(|error| failed(output, &format!("wrote no JSON ({error})")))
}

/// That it failed, with the first line of what it wrote.
pub(super) fn failed(output: &Output, what: &str) -> Fault {
    let code = output.code.map_or("a signal".to_owned(), |code| format!("exit code {code}"));
    Fault::Failed(format!("{what}, {code}{}", first_line(&output.stderr)))
}

fn first_line(stderr: &str) -> String {
    let line = stderr.lines().map(str::trim).find(|line| !line.is_empty());
    line.map(|line| format!(" (`{}`)", untrusted::text_of(line))).unwrap_or_default()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    /// The sleep has the pipe for longer than any test may take.
    #[test]
    fn what_it_leaves_running_is_not_waited_for() {
        let output = run(shell("sleep 1000 & echo '[1]'; echo $! >&2"), LINT).expect("it ended");
        end(&output.stderr);
        assert_eq!((json::<Vec<u32>>(&output).expect("JSON"), output.code), (vec![1], Some(0)));
    }

    #[test]
    fn one_that_takes_too_long_is_ended_whatever_it_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let left = folder.path().join("left");
        let script = format!("sleep 1000 & echo $! > '{}'; wait", left.display());
        let fault = run(shell(&script), Duration::from_secs(2)).expect_err("too long");
        end(&std::fs::read_to_string(left).unwrap_or_default());
        let Fault::Failed(why) = fault else { panic!("{fault:?}") };
        assert_eq!(why, "took more than 2 s and was ended");
    }

    fn end(process: &str) {
        let process = process.trim();
        if !process.is_empty() {
            shell(&format!("kill {process}")).status().expect("a shell");
        }
    }
}
