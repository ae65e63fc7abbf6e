//! Reports that can't be written, or only in part. Whoever asked for one has to know: the process fails, and says why.

use std::ffi::CString;
use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use crate::child::{Folder, be_bounded, breaks, broken, command, holds, is_child, quietly};
use crate::support::run::Run;

/// The program: a budget that holds, and where it is told to one that breaks and is swallowed.
fn program() {
    be_bounded();
    quietly();
    holds(1);
    if std::env::var_os("BREAKS").is_some() {
        broken(|| breaks(1));
    }
    if let Some(folder) = std::env::var_os("GOES_TO") {
        std::env::set_current_dir(folder).expect("a folder");
    }
}

/// The program with a report.
fn reporting(test: &str, report: &Path) -> Command {
    let mut command = command(test);
    command.env("ALLOC_KIT_REPORT", report);
    command
}

/// The budgets that whole reports are of; every line has to be whole.
fn functions(text: &str) -> Vec<String> {
    let line = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
    let lines: Vec<Value> = text.lines().map(line).collect();
    lines.iter().filter_map(|line| Some(line["path"].as_str()?.to_owned())).collect()
}

/// Whether a process wrote its report to the end.
fn is_whole(text: &str) -> bool {
    let functions = functions(text);
    let of = |name: &str| functions.iter().filter(|path| path.ends_with(name)).count();
    text.ends_with('\n') && of("child::holds") == 1 && of("child::breaks") >= 1
}

/// It has to fail, and to say so with the path and the reason.
#[track_caller]
fn cannot(run: Run, report: &Path, why: &str) {
    let said = format!("alloc-kit: cannot write the report to ALLOC_KIT_REPORT={}: {why}", report.display());
    let run = run.prints(&[&said, "test result: ok. 1 passed"]);
    run.expect(run.to_string().contains("exit status: 101"), "it should have failed");
}

#[test]
fn a_path_that_no_report_can_be_at() {
    let test = "reports::a_path_that_no_report_can_be_at";
    if is_child() {
        return program();
    }
    let folder = Folder::new(test);
    fs::write(folder.path("file"), "").expect("a file");
    let pipe = folder.path("pipe");
    let name = CString::new(pipe.as_os_str().as_bytes()).expect("a name");
    // SAFETY: the name ends with a zero.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    let long = folder.path(&"n".repeat(300));
    for (report, why) in [
        (folder.path("no/such/folder"), "No such file or directory (os error 2)"),
        (folder.0.clone(), "Is a directory (os error 21)"),
        (folder.path("file/report"), "Not a directory (os error 20)"),
        (long, "File name too long (os error 36)"),
        ("/proc/report".into(), "No such file or directory (os error 2)"),
        ("/dev/full".into(), "No space left on device (os error 28)"),
        (pipe, "No such device or address (os error 6)"),
    ] {
        for breaks in [false, true] {
            let mut command = reporting(test, &report);
            if breaks {
                command.env("BREAKS", "1");
            }
            cannot(Run::of(command), &report, why);
        }
    }
    // Nobody may write there but root.
    let report = folder.path("file");
    fs::set_permissions(&report, Permissions::from_mode(0o400)).expect("a file");
    // SAFETY: it has no requirement.
    if unsafe { libc::geteuid() } == 0 {
        let mut command = reporting(test, &report);
        let bare =
            |folder: &Path| fs::set_permissions(folder, Permissions::from_mode(0o755)).expect("a folder");
        bare(&folder.0);
        command.uid(65_534).gid(65_534);
        if command.status().is_ok() {
            let mut command = reporting(test, &report);
            command.uid(65_534).gid(65_534);
            cannot(Run::of(command), &report, "Permission denied (os error 13)");
        } else {
            eprintln!("not tested: another user cannot run this program");
        }
    } else {
        cannot(Run::of(reporting(test, &report)), &report, "Permission denied (os error 13)");
    }
}

#[test]
fn a_pipe_that_is_read_is_written_to() {
    let test = "reports::a_pipe_that_is_read_is_written_to";
    if is_child() {
        return program();
    }
    let folder = Folder::new(test);
    let pipe = folder.path("pipe");
    let name = CString::new(pipe.as_os_str().as_bytes()).expect("a name");
    // SAFETY: the name ends with a zero.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    // Open for both at first, so that nobody waits for the other.
    let both = File::options().read(true).write(true).open(&pipe).expect("a pipe");
    let mut reader = File::open(&pipe).expect("a pipe");
    thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut text = String::new();
            reader.read_to_string(&mut text).map(|_| text)
        });
        let run = Run::of(reporting(test, &pipe)).succeeds();
        drop(both);
        let text = reader.join().expect("no panic").expect("a text");
        run.expect(is_whole(&text), &text);
    });
}

/// As a disk that is full after so many bytes, in the middle of a write.
fn with_room_for(command: &mut Command, bytes: u64) {
    let limit = move || {
        // Else the signal would end it.
        // SAFETY: it has no requirement.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
        let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
        // SAFETY: the limit is one.
        let set = unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit) };
        if set == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: two system calls, which may be made between `fork` and `exec`.
    unsafe { command.pre_exec(limit) };
}

#[test]
fn what_does_not_fit_leaves_what_was_there() {
    let test = "reports::what_does_not_fit_leaves_what_was_there";
    if is_child() {
        return program();
    }
    let folder = Folder::new(test);
    let report = folder.path("report.jsonl");
    Run::of(reporting(test, &report)).succeeds();
    let before = fs::read(&report).expect("a report");
    let length = before.len() as u64;
    for room in [length, length + 1, length + 100, length + length / 2, 2 * length - 1] {
        let mut command = reporting(test, &report);
        with_room_for(&mut command, room);
        cannot(Run::of(command), &report, "File too large (os error 27)");
        assert!(fs::read(&report).expect("a report") == before, "with room for {room} bytes");
    }
    // A half line of a process that was killed keeps its own line.
    let killed = [&before[..], b"{\"alloc_kit\":1,\"ki"].concat();
    fs::write(&report, &killed).expect("a file");
    let mut command = reporting(test, &report);
    with_room_for(&mut command, length + 200);
    cannot(Run::of(command), &report, "File too large (os error 27)");
    assert!(fs::read(&report).expect("a report") == killed);
    Run::of(reporting(test, &report)).succeeds();
    let text = fs::read_to_string(&report).expect("a report");
    let (_, rest) = text.split_at(killed.len());
    assert!(text.as_bytes().starts_with(&killed) && rest.starts_with('\n') && is_whole(&rest[1..]), "{text}");
}

#[test]
fn a_disk_that_is_full() {
    let test = "reports::a_disk_that_is_full";
    if is_child() {
        return program();
    }
    let folder = Folder::new(test);
    // In a mount namespace of its own, which goes with the process.
    let script = "mount -t tmpfs -o size=8k none \"$0\" && printf '{}\\n' > \"$0/report.jsonl\" && \
        head -c 4000 /dev/zero > \"$0/other\"; \"$@\"; status=$?; cat \"$0/report.jsonl\"; exit $status";
    let report = folder.path("report.jsonl");
    let program = reporting(test, &report);
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script]).arg(&folder.0).arg(program.get_program());
    command.args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut probe = Command::new("unshare");
    probe.args(["-m", "sh", "-c", "mount -t tmpfs none \"$0\""]).arg(&folder.0);
    if !probe.output().is_ok_and(|output| output.status.success()) {
        eprintln!("not tested: nothing can be mounted");
        return;
    }
    let run = Run::of(command);
    let text = run.stdout();
    assert!(text.ends_with("\n{}\n"), "half a line:\n{run}");
    cannot(run, &report, "No space left on device (os error 28)");
}

#[test]
fn closed_outputs_and_broken_pipes() {
    let test = "reports::closed_outputs_and_broken_pipes";
    if is_child() {
        return program();
    }
    let folder = Folder::new(test);
    for (n, redirection) in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"].into_iter().enumerate() {
        let report = folder.path(&format!("{n}.jsonl"));
        let program = reporting(test, &report);
        let mut command = command(test);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec \"$0\" \"$@\" {redirection}")]).arg(program.get_program());
        shell.args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        std::mem::swap(&mut command, &mut shell);
        let run = Run::of(command).succeeds();
        let text = fs::read_to_string(&report).expect("a report");
        run.expect(is_whole(&text), redirection);
    }
    // A reader that has gone: the harness can't print, and the report is whole.
    for closed in ["stdout", "stderr"] {
        let report = folder.path(&format!("{closed}.jsonl"));
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        let mut command = reporting(test, &report);
        if closed == "stdout" {
            command.stdout(writer).stderr(Stdio::null());
        } else {
            command.stderr(writer).stdout(Stdio::null()).env("BREAKS", "1");
        }
        let status = command.status().expect("a process");
        // Not a signal: nobody is killed for what could not be said.
        assert_eq!(status.code(), Some(if closed == "stdout" { 101 } else { 0 }), "{closed}: {status}");
        let text = fs::read_to_string(&report).expect("a report");
        assert!(is_whole(&text), "{closed}: {text}");
    }
}

#[test]
fn a_program_that_goes_elsewhere() {
    let test = "reports::a_program_that_goes_elsewhere";
    if is_child() {
        return program();
    }
    let folder = Folder::new(test);
    let other = folder.path("other");
    fs::create_dir(&other).expect("a folder");
    let mut command = reporting(test, Path::new("report.jsonl"));
    command.current_dir(&folder.0).env("GOES_TO", &other).env("BREAKS", "1");
    let run = Run::of(command).succeeds();
    let text = fs::read_to_string(folder.path("report.jsonl")).expect("a report where it was to be");
    run.expect(is_whole(&text), "it is whole");
    assert!(!other.join("report.jsonl").exists());
}
