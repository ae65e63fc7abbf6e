//! The status line on a terminal, and what Ctrl-C and kill leave: on a pseudoterminal of the test's own.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test progress`

#![cfg(unix)]

mod support;

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use support::two_members::Companion;

/// Back to the first column, and away with the line.
const CLEAR: &str = "\r\u{1b}[K";

/// A terminal of so many columns, and where a program writes to it.
fn terminal(columns: u16) -> (File, File) {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudoterminal");
    grantpt(&controller).expect("to open it");
    unlockpt(&controller).expect("to open it");
    let name = ptsname(&controller, Vec::new()).expect("its name");
    let size = Winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&controller, size).expect("a size");
    let user = OpenOptions::new()
        .read(true)
        .write(true)
        .open(OsStr::from_bytes(name.to_bytes()))
        .expect("its other end");
    (File::from(controller), user)
}

/// Reads on until a text is there, or, without one, to the end.
fn read_until(terminal: &mut File, seen: &mut String, text: Option<&str>) {
    let mut buffer = [0; 1024];
    while !text.is_some_and(|text| seen.contains(text)) {
        match terminal.read(&mut buffer) {
            Ok(read @ 1..) => *seen += &String::from_utf8_lossy(&buffer[..read]),
            _ if text.is_none() => return,
            _ => panic!("it ended without {text:?}:\n{seen}"),
        }
    }
}

fn signal(child: &Child, signal: Signal) {
    let id = Pid::from_raw(child.id().try_into().expect("an id")).expect("an id");
    kill_process(id, signal).expect("it lives");
}

fn start(companion: &Companion, user: Option<File>) -> Child {
    let mut command: Command = companion.command();
    command
        .env("COMPANION", "break,wait")
        .env("TERM", "xterm")
        .env("COMPANION_WAITS", companion.path("waits"));
    // Of several threads libtest says whole lines, however many cores there are.
    command
        .args(["test", "-p", "fields", "--tests", "--", "--test-threads", "2"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    match user {
        Some(user) => command.stderr(user),
        None => command.stderr(Stdio::piped()),
    };
    command.spawn().expect("a run")
}

/// What a test left waiting, which nobody else ends.
fn end_waiting(companion: &Companion) {
    let id = companion.project.read("waits").parse().ok().and_then(Pid::from_raw);
    // It has ended with the others.
    let _ = kill_process(id.expect("an id"), Signal::KILL);
}

#[test]
fn a_status_line_is_drawn_and_taken_away() {
    let companion = Companion::new();
    companion.run(&["test", "-q", "--tests"]).exits_with(0);
    let before = companion.last_run();
    let (mut terminal, user) = terminal(90);
    let mut child = start(&companion, Some(user));
    let mut seen = String::new();
    let status = "     Checked 8 budgets in 2 test processes, 1 broken so far";
    read_until(&mut terminal, &mut seen, Some(status));
    assert!(
        seen.contains("test counts ... ") && seen.contains("\u{1b}["),
        "cargo and the tests see a terminal:\n{seen}"
    );
    // It stands on a line of its own, behind whole lines or where it was before.
    for (at, _) in seen.match_indices("     Checked ") {
        assert!(seen[..at].ends_with('\n') || seen[..at].ends_with(CLEAR), "in a line:\n{seen:?}");
    }
    signal(&child, Signal::TERM);
    let code = child.wait().expect("an end").code();
    read_until(&mut terminal, &mut seen, None);
    let (_, rest) = seen.rsplit_once(status).expect("the status");
    assert!(rest.starts_with(CLEAR), "it is taken away:\n{seen:?}");
    assert!(rest.contains("interrupted: what this run knew is not kept"), "{rest}");
    assert_eq!(code, Some(143));
    end_waiting(&companion);
    assert_eq!(companion.last_run(), before);
    assert_eq!(companion.kept(), ["last-run.json"]);
}

/// Where nobody looks there is none; and an interrupt ends the run also where no terminal gives it to all.
#[test]
fn an_interrupt_leaves_nothing() {
    let companion = Companion::new();
    companion.run(&["test", "--no-run"]).exits_with(0);
    let mut child = start(&companion, None);
    let mut stderr = child.stderr.take().expect("a pipe");
    // The program that waits has its own time.
    while !fs::read_to_string(companion.project.path("waits")).is_ok_and(|id| !id.is_empty()) {
        assert!(child.try_wait().expect("a state").is_none(), "it ended");
        std::thread::yield_now();
    }
    signal(&child, Signal::INT);
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    end_waiting(&companion);
    let mut said = String::new();
    stderr.read_to_string(&mut said).expect("text");
    assert!(said.contains("warning: interrupted: what this run knew is not kept\n"), "{said}");
    assert!(!said.contains("Checked") && !said.contains('\u{1b}'), "{said:?}");
    assert!(companion.kept().is_empty(), "{:?}", companion.kept());
}
