//! Programs in an environment that lacks what everybody has, or says what nobody means.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use alloc_kit::measure;

use crate::child::{
    Folder, alone_with, assert_shows_the_line, be_bounded, breaks, broken, command, holds, is_child, quietly,
};
use crate::support::run::Run;

#[test]
fn values_that_nobody_knows() {
    let test = "environment::values_that_nobody_knows";
    for (value, shown) in [
        (&b"fial"[..], "fial"),
        (b"WARN", "WARN"),
        (b" warn", " warn"),
        (b"1", "1"),
        (b"warn\n", "warn\n"),
        (b"f\xffil", "f\u{fffd}il"),
    ] {
        let run = alone_with(
            test,
            |command| {
                command.env("ALLOC_KIT_MODE", OsStr::from_bytes(value));
            },
            || holds(1),
        );
        let Some(run) = run else { return };
        run.fails().prints(&[
            &format!("alloc-kit: `ALLOC_KIT_MODE={shown}` is no mode; accepted:"),
            "fail   a broken",
            "warn   it is",
            "abort  the process",
            "off    nothing",
            "test result: FAILED. 0 passed; 1 failed",
        ]);
    }
}

#[test]
fn a_name_that_is_no_text() {
    let test = "environment::a_name_that_is_no_text";
    let folder = Folder::new(test);
    let report = folder.0.join(OsStr::from_bytes(b"r\xff.jsonl"));
    let run = alone_with(
        test,
        |command| {
            command.env("ALLOC_KIT_REPORT", &report).env("NO_COLOR", OsStr::from_bytes(b"\xff"));
        },
        || holds(1),
    );
    let Some(run) = run else { return };
    let run = run.succeeds();
    let text = fs::read_to_string(&report).expect("a report under that very name");
    run.expect(text.contains("\"calls\":1,\"judged\":1,"), &text);
}

/// The program: a message with its place, and exact figures.
fn program() {
    be_bounded();
    quietly();
    let message = broken(|| breaks(3));
    assert!(message.contains("`breaks` made 3 heap allocations (30 bytes); its budget is 0"), "{message}");
    if env::var_os("WITHOUT_ITS_FILE").is_none() {
        assert_shows_the_line(&message);
    } else {
        let said = "the line is not known, since the program's own file cannot be read: ";
        assert!(message.contains(said) || message.contains("child.rs:"), "{message}");
        println!("it said: {message}");
    }
    assert_eq!(measure(|| holds(4)).1.allocations, 4);
}

#[test]
fn an_empty_environment() {
    let test = "environment::an_empty_environment";
    if is_child() {
        return program();
    }
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.env_clear().env("HOSTILE_CHILD", test).args(["--exact", test, "--nocapture"]);
    Run::of(command).succeeds().prints(&["test result: ok. 1 passed"]);
}

#[test]
fn a_folder_that_is_gone() {
    let test = "environment::a_folder_that_is_gone";
    if is_child() {
        if env::var_os("NOW").is_some() {
            fs::remove_dir(env::current_dir().expect("a folder")).expect("it goes");
        }
        return program();
    }
    let folder = Folder::new(test);
    let gone = folder.path("gone");
    fs::create_dir(&gone).expect("a folder");
    let mut here = command(test);
    here.current_dir(&gone).env("NOW", "1").env("ALLOC_KIT_REPORT", "report.jsonl");
    let said = format!(
        "alloc-kit: cannot write the report to ALLOC_KIT_REPORT={}/report.jsonl: No such file or directory",
        gone.display()
    );
    Run::of(here).fails().prints(&[&said, "test result: ok. 1 passed"]);
    // Gone before it started.
    fs::create_dir(&gone).expect("a folder");
    let program = command(test);
    let mut shell = Command::new("sh");
    shell.args(["-c", "rmdir \"$PWD\" && exec \"$0\" \"$@\""]).arg(program.get_program());
    shell.args(program.get_args()).current_dir(&gone).env("HOSTILE_CHILD", test);
    shell.env("ALLOC_KIT_REPORT", "report.jsonl");
    let said =
        "alloc-kit: cannot write the report to ALLOC_KIT_REPORT=report.jsonl: No such file or directory";
    Run::of(shell).fails().prints(&[said, "test result: ok. 1 passed"]);
}

#[test]
fn without_proc() {
    let test = "environment::without_proc";
    if is_child() {
        return program();
    }
    let mut probe = Command::new("unshare");
    probe.args(["-m", "sh", "-c", "mount -t tmpfs none /proc"]);
    if !probe.output().is_ok_and(|output| output.status.success()) {
        eprintln!("not tested: nothing can be mounted");
        return;
    }
    let program = command(test);
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", "mount -t tmpfs none /proc && exec \"$0\" \"$@\""]);
    command.arg(program.get_program()).args(program.get_args());
    command.env("HOSTILE_CHILD", test).env("WITHOUT_ITS_FILE", "1");
    Run::of(command).succeeds().prints(&["test result: ok. 1 passed"]);
}

#[test]
fn a_program_whose_file_is_gone() {
    let test = "environment::a_program_whose_file_is_gone";
    if is_child() {
        fs::remove_file(env::current_exe().expect("this program")).expect("it goes");
        return program();
    }
    let folder = Folder::new(test);
    let copy = folder.path("program");
    fs::copy(env::current_exe().expect("this program"), &copy).expect("a copy");
    let program = command(test);
    let mut command = Command::new(&copy);
    command.args(program.get_args()).env("HOSTILE_CHILD", test).env("WITHOUT_ITS_FILE", "1");
    Run::of(command).succeeds().prints(&["test result: ok. 1 passed"]);
}
