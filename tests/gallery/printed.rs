//! What a terminal shows when the command of a kind is run: both streams in their order, with colours, without what is
//! another thing on each machine, and cut to what matters.

use std::io::{self, Read};

use crate::kind::Kind;
use crate::support::{Project, target, workspace};
use crate::svg::plain;

/// Starts of lines that are left out; `...` stands for a run of them.
const LEFT_OUT: [&str; 21] = [
    "Compiling ",
    "Finished ",
    "Running ",
    "Doc-tests ",
    "Blocking ",
    "Updating ",
    "Locking ",
    "Adding ",
    "Downloading ",
    "Downloaded ",
    "note: run with `RUST_BACKTRACE=1`",
    "running ",
    "failures:",
    "---- ",
    "test result: ",
    "Timer precision: ",
    "error: test failed, to rerun pass `--lib`",
    "error: test failed, to rerun pass `-p",
    "error: 1 target failed",
    "For more information",
    "Some errors have",
];

/// Said or not, as it comes: not even `...` stands for it.
const BY_CHANCE: &str = "warning: build failed, waiting for other jobs";
/// What a test program is told here, since no terminal looks.
const COLOUR: [&str; 2] = ["--color", "always"];

/// The command and its output.
pub(crate) fn of(app: &Project, kind: &Kind) -> String {
    let output = neutral(app, &run(app, &kind.command));
    let shown = cut(&output);
    format!("\x1b[1m$ {}\x1b[0m\n{shown}", kind.command)
}

/// Runs the command as if for a terminal.
fn run(app: &Project, command: &str) -> String {
    let mut words = command.split(' ').peekable();
    let mut cargo = app.command();
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        cargo.env(name, value);
        words.next();
    }
    assert_eq!(words.next(), Some("cargo"), "{command}");
    let arguments: Vec<&str> = words.collect();
    cargo.args(&arguments);
    // What finds out by itself whether a terminal looks has to be told.
    cargo.env("CARGO_TERM_COLOR", "always").env("CLICOLOR_FORCE", "1").env("TERM", "xterm-256color");
    if arguments.first() == Some(&"test") {
        cargo.arg("--").args(COLOUR);
    }
    // With one thread the name of a test is printed before it runs.
    cargo.env("RUST_TEST_THREADS", "2");
    let (mut reader, writer) = io::pipe().expect("a pipe");
    cargo.stdout(writer.try_clone().expect("a pipe")).stderr(writer);
    let mut child = cargo.spawn().expect("cargo");
    // It holds the ends for writing, without which reading would not end.
    drop(cargo);
    let mut output = Vec::new();
    reader.read_to_end(&mut output).expect("what it prints");
    child.wait().expect("cargo ends");
    String::from_utf8_lossy(&output).replace('\r', "")
}

/// Without paths of the machine, thread numbers, and hashes.
fn neutral(app: &Project, output: &str) -> String {
    let mut text = output.to_owned();
    for (path, name) in [
        (target(), "target/"),
        (app.path(""), ""),
        (workspace().join("alloc-kit"), "alloc-kit-0.1.0/"),
        (workspace().join("alloc-kit-bench"), "alloc-kit-bench-0.1.0/"),
    ] {
        let path = path.display().to_string();
        let path = format!("{}/", path.trim_end_matches('/'));
        text = text.replace(&path, name);
    }
    let text = text.replace(&format!(" {}", COLOUR.join(" ")), "");
    let lines = text.lines().map(|line| {
        let line = without_thread_number(line);
        without_hash(&line)
    });
    lines.map(|line| line + "\n").collect()
}

/// `thread 'main' (1234) panicked` is without its number.
fn without_thread_number(line: &str) -> String {
    let parts = line.split_once(" (").zip(line.split_once(") panicked at "));
    match parts {
        Some(((thread, _), (_, place))) if thread.starts_with("thread '") => {
            format!("{thread} panicked at {place}")
        }
        _ => line.to_owned(),
    }
}

/// `target/debug/deps/app-0123456789abcdef` is without its hash.
fn without_hash(line: &str) -> String {
    let Some((before, program)) = line.split_once("/deps/") else { return line.to_owned() };
    match program.split_once('-') {
        Some((name, rest)) => {
            format!(
                "{before}/deps/{name}{}",
                rest.trim_start_matches(|letter: char| letter.is_ascii_hexdigit())
            )
        }
        None => line.to_owned(),
    }
}

/// What matters of it.
fn cut(output: &str) -> String {
    let plain_output = plain(output);
    let failed = plain_output.lines().any(|line| line.starts_with("thread '"));
    let signal = plain_output.contains("(signal: ");
    let mut in_list = false;
    let mut shown: Vec<&str> = Vec::new();
    for line in output.lines() {
        let text = plain(line);
        let text = text.trim();
        if text.starts_with(BY_CHANCE) {
            continue;
        }
        // The names of those that failed come a second time.
        in_list = text == "failures:" || (in_list && !text.is_empty() && !text.starts_with("----"));
        // What a test said already is said again at the end of the process.
        let again = failed && text.starts_with("alloc-kit: ") && text.contains(" was over its budget in ");
        let of_cargo = text.starts_with("error: test failed") && signal;
        let left_out = in_list || again || LEFT_OUT.iter().any(|start| text.starts_with(start)) && !of_cargo;
        let last = shown.last().copied();
        if left_out {
            // Blank lines round it go with it.
            while shown.last().is_some_and(|line| line.is_empty()) {
                shown.pop();
            }
            if shown.last() != Some(&"...") {
                shown.push("...");
            }
        } else if !(text.is_empty() && matches!(last, None | Some("" | "..."))) {
            shown.push(line);
        }
    }
    while shown.last().is_some_and(|line| line.is_empty()) {
        shown.pop();
    }
    shown.join("\n") + "\n"
}
