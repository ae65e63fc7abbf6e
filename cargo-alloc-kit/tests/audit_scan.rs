//! `audit scan` on whatever lies in a folder: what it can't read it says, and the rest is still found.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test audit_scan`.

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::packages::{folder, run, write};
use support::{Project, Run};

/// A line that a rule finds, and the start of what is said of it.
const RUST: &str =
    "fn f(v: &[u32]) -> u32 { v.iter().map(|x| x + 1).collect::<Vec<_>>().into_iter().sum() }\n";
const RULE: &str = "[rust-collect-then-iter]";
const SCRIPT: &str = "for (const x of xs) { ys.push(x.find((y) => y > 0)); }\n";
const SCRIPT_RULE: &str = "[js-closure-in-loop]";

fn scan(project: &Project, arguments: &[&str]) -> Run {
    let mut all = vec!["audit", "scan", "--linters", "none"];
    all.extend(arguments);
    run(project, "", &all)
}

fn bytes(project: &Project, file: &str, bytes: &[u8]) {
    write(project, file, "");
    fs::write(project.path(file), bytes).expect("it can be written");
}

/// The lines that have a finding of one of the two rules.
fn found(run: &Run) -> Vec<String> {
    let stdout = run.stdout();
    let lines = stdout.lines().filter(|line| line.contains(RULE) || line.contains(SCRIPT_RULE));
    lines.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn says_what_where_and_how_many() {
    let project = folder();
    write(&project, "src/lib.rs", &format!("\n{RUST}"));
    write(&project, "web/a.ts", SCRIPT);
    write(&project, "b.py", "x = 1\n");
    let run = scan(&project, &[]).exits_with(0);
    run.expect(found(&run) == ["src/lib.rs:2:26", "web/a.ts:1:38"], "two places");
    let run = run.prints(&[
        "Rust: 1 finding in 1 file, 2 lines",
        "TypeScript/JavaScript: 1 finding in 1 file, 1 line",
        "Python: 0 findings in 1 file, 1 line",
        "       1  rust-collect-then-iter",
    ]);
    run.expect(run.stderr().contains("nothing of this is measured"), "that is a note");
    let quiet = scan(&project, &["-q"]).exits_with(0);
    quiet.expect(quiet.stderr().is_empty(), "nothing beside");
    quiet.never_prints(&["       1  "]);
    scan(&project, &["-v", "src"]).exits_with(0).prints(&["    why: ", "    fix: ", "    leave it if: "]);
}

#[test]
fn the_json_is_for_other_tools() {
    let project = folder();
    write(&project, "a.rs", RUST);
    bytes(&project, "b.rs", b"a\0");
    let json: Value =
        serde_json::from_str(&scan(&project, &["--message-format", "json"]).exits_with(0).stdout())
            .expect("JSON");
    assert_eq!(json["alloc_kit_scan"], 1);
    assert_eq!(json["scanned"][0]["lines"], 1);
    let finding = &json["findings"][0];
    assert_eq!((&finding["rule"], &finding["file"]), (&"rust-collect-then-iter".into(), &"a.rs".into()));
    assert_eq!(finding["function"]["name"], "f");
    assert_eq!(json["rules"]["rust-collect-then-iter"]["findings"], 1);
    assert_eq!(json["skipped"][0]["file"], "b.rs");
}

#[test]
fn what_does_not_parse_is_said_and_the_rest_is_found() {
    let project = folder();
    write(&project, "a.rs", &format!("{RUST}\nfn broken( {{ let = ; \n}}\n{RUST}"));
    write(&project, "b.js", &format!("if (x ))) {{\n{SCRIPT}"));
    let run = scan(&project, &[]).exits_with(0);
    run.expect(found(&run).contains(&"a.rs:1:26".to_owned()), "what stands before it");
    run.expect(run.stderr().contains("a.rs:3 could not be parsed"), "the line is said");
    run.expect(run.stderr().contains("b.js:1 could not be parsed"), "of the other, too");
}

#[test]
fn bytes_that_are_no_utf8() {
    let project = folder();
    let with = |before: &[u8], text: &str| [before, text.as_bytes()].concat();
    bytes(&project, "latin.rs", &with(b"// Stra\xdfe\n", RUST));
    bytes(&project, "mark.rs", &with(b"\xef\xbb\xbf", RUST));
    let wide: Vec<u8> = RUST.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes(&project, "wide.rs", &[b"\xff\xfe", &wide[..]].concat());
    bytes(&project, "nul.rs", &with(b"\0", RUST));
    bytes(&project, "empty.rs", b"");
    let run = scan(&project, &[]).exits_with(0);
    run.expect(found(&run) == ["latin.rs:2:26", "mark.rs:1:26", "wide.rs:1:26"], "three places");
    run.expect(run.stderr().contains("latin.rs is no UTF-8 from byte 7 on"), "what was replaced is said");
    run.expect(run.stderr().contains("nul.rs is no text: byte 0 is 0"), "what was skipped is said");
}

#[test]
fn columns_are_characters_whatever_ends_a_line() {
    let project = folder();
    write(&project, "crlf.rs", &format!("\r\n{}", RUST.replace('\n', "\r\n")));
    write(&project, "tabs.rs", &format!("\t\t{RUST}"));
    write(&project, "wide.rs", &format!("/* \u{e4}\u{1f980} */ {RUST}"));
    let run = scan(&project, &[]).exits_with(0);
    run.expect(found(&run) == ["crlf.rs:2:26", "tabs.rs:1:28", "wide.rs:1:35"], "three places");
}

#[test]
fn what_is_too_large_is_not_read() {
    let project = folder();
    // A hole: it takes no room.
    write(&project, "large.rs", "");
    fs::File::create(project.path("large.rs")).and_then(|file| file.set_len(100 << 20)).expect("a file");
    write(&project, "small.rs", RUST);
    let run = scan(&project, &[]).exits_with(0);
    run.expect(found(&run) == ["small.rs:1:26"], "the other is looked at");
    run.expect(run.stderr().contains("large.rs has 104857600 bytes"), "it is said");
}

#[test]
fn what_nests_deep_ends_nothing() {
    let project = folder();
    for (name, open, inner, close) in [
        ("a.rs", "(", "1", ")"),
        ("b.js", "[", "1", "]"),
        ("c.py", "(", "1", ")"),
        ("d.js", "!", "1", ""),
        ("e.py", "a.", "b", ""),
        ("f.ts", "(() => ", "1", ")"),
        ("g.rs", "(", "", ""),
    ] {
        let before = if name.ends_with("rs") { "fn f() { let x = " } else { "x = " };
        let text = format!("{before}{}{inner}{}", open.repeat(100_000), close.repeat(100_000));
        write(&project, name, &text);
    }
    write(&project, "h.rs", RUST);
    let run = scan(&project, &["-v"]).exits_with(0);
    run.expect(found(&run) == ["h.rs:1:26"], "the other is looked at");
    for name in ["a.rs", "b.js", "d.js", "e.py", "f.ts"] {
        run.expect(run.stderr().contains(&format!("{name} nests too deep")), name);
    }
}

#[test]
fn a_line_of_a_third_of_a_megabyte() {
    let project = folder();
    // Functions, whose columns take as long as the square of it if each is counted from the line's start.
    let line = format!("{}{SCRIPT}", "f('\u{e4}',(a)=>a+1);".repeat(20_000));
    write(&project, "a.min.js", &line);
    let run = scan(&project, &[]).exits_with(0);
    run.expect(found(&run) == ["a.min.js:1:320038"], "its column");
    run.expect(run.stdout().len() < 2_000, "its text is not shown");
}

#[test]
fn names_are_shown_harmless() {
    if cfg!(windows) {
        println!("not tested: names cannot have such characters here");
        return;
    }
    let project = folder();
    write(&project, "a\nb\u{1b}[2J.rs", RUST);
    let run = scan(&project, &[]).exits_with(0);
    run.expect(found(&run) == ["a\u{fffd}b\u{fffd}[2J.rs:1:26"], "one line");
    run.expect(!run.stdout().contains('\u{1b}'), "nothing that a terminal obeys");
}

#[test]
fn a_file_is_found_once_however_it_is_named() {
    let project = folder();
    write(&project, "src/a.rs", RUST);
    let absolute = project.path("src");
    let run = scan(&project, &[".", "src", "./src/a.rs", absolute.to_str().expect("UTF-8")]).exits_with(0);
    run.expect(found(&run) == ["src/a.rs:1:26"], "once");
    let run = scan(&project, &[absolute.to_str().expect("UTF-8")]).exits_with(0);
    run.expect(found(&run) == ["src/a.rs:1:26"], "as it is shown from here");
}

#[test]
fn what_others_wrote_is_left_out_unless_it_is_named() {
    let project = folder();
    for file in
        ["node_modules/x/a.js", "dist/a.js", ".venv/lib/a.js", "target/a.js", ".hidden/a.js", "kept/a.js"]
    {
        write(&project, file, SCRIPT);
    }
    write(&project, "ignored/sub/a.js", SCRIPT);
    write(&project, ".gitignore", "ignored/\n");
    let run = scan(&project, &[]).exits_with(0);
    run.expect(found(&run) == ["kept/a.js:1:38"], "one is left");
    for named in [
        "node_modules/x",
        "node_modules",
        "dist",
        ".venv",
        "target/a.js",
        ".hidden",
        "ignored",
        "ignored/sub",
    ] {
        let run = scan(&project, &[named]).exits_with(0);
        run.expect(found(&run).len() == 1, named);
    }
}

#[test]
fn a_path_that_is_not_there_is_an_error() {
    let project = folder();
    scan(&project, &["nowhere"]).exits_with(2).prints(&["cannot read nowhere"]);
    write(&project, "a.txt", "text");
    let run = scan(&project, &["a.txt"]).exits_with(0);
    run.expect(run.stderr().contains("a.txt is of none of the languages"), "it is said");
    run.expect(run.stderr().contains("there is no file of Rust"), "nothing was looked at");
}

#[test]
fn comments_turn_rules_off() {
    let project = folder();
    let trailing = RUST.replace('\n', " // alloc-kit-ignore: rust-collect-then-iter\n");
    let other = RUST.replace('\n', " // alloc-kit-ignore: rust-other\n");
    write(&project, "a.rs", &format!("\n{trailing}// alloc-kit-ignore\n{RUST}{RUST}{other}"));
    write(&project, "b.rs", &format!("// alloc-kit-ignore\n\n\n{RUST}"));
    let run = scan(&project, &[]).exits_with(0);
    run.expect(found(&run) == ["a.rs:5:26", "a.rs:6:26"], "two are left");
}

#[test]
fn threads_change_nothing() {
    let project = folder();
    for number in 0..40 {
        write(&project, &format!("{number}.rs"), RUST);
    }
    let one = scan(&project, &["--threads", "1"]).exits_with(0).stdout();
    assert_eq!(scan(&project, &["--threads", "7"]).exits_with(0).stdout(), one);
    assert_eq!(one.matches(RULE).count(), 40);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;

    use super::*;

    fn link(project: &Project, to: impl AsRef<Path>, name: &str) {
        symlink(to, project.path(name)).expect("a link");
    }

    #[test]
    fn links_are_followed_where_they_are_named_alone() {
        let (project, elsewhere) = (folder(), folder());
        write(&elsewhere, "out.rs", RUST);
        write(&project, "src/a.rs", RUST);
        link(&project, "..", "src/up");
        link(&project, "loop", "loop");
        link(&project, elsewhere.path(""), "out");
        link(&project, "src/a.rs", "b.rs");
        let run = scan(&project, &[]).exits_with(0);
        run.expect(found(&run) == ["src/a.rs:1:26"], "what is here");
        let run = scan(&project, &["out", "b.rs"]).exits_with(0);
        run.expect(found(&run) == ["b.rs:1:26", "out/out.rs:1:26"], "what was named");
        scan(&project, &["loop"]).exits_with(2).prints(&["cannot read loop"]);
    }

    #[test]
    fn what_is_no_file_is_not_opened() {
        let project = folder();
        write(&project, "a.rs", RUST);
        let made = std::process::Command::new("mkfifo").arg(project.path("pipe.py")).status();
        if !made.is_ok_and(|status| status.success()) {
            println!("not tested: mkfifo is not installed");
            return;
        }
        let run = scan(&project, &[]).exits_with(0);
        run.expect(found(&run) == ["a.rs:1:26"], "it does not wait for a writer");
        let run = scan(&project, &["pipe.py", "/dev/null"]).exits_with(0);
        run.expect(run.stderr().contains("pipe.py is neither a file nor a folder"), "it is said");
    }

    #[test]
    fn what_may_not_be_read_is_said() {
        use std::os::unix::fs::PermissionsExt;
        let project = folder();
        write(&project, "a.rs", RUST);
        write(&project, "closed.rs", RUST);
        fs::set_permissions(project.path("closed.rs"), fs::Permissions::from_mode(0o000)).expect("a mode");
        if fs::read(project.path("closed.rs")).is_ok() {
            println!("not tested: this user may read everything");
            return;
        }
        let run = scan(&project, &[]).exits_with(0);
        run.expect(found(&run) == ["a.rs:1:26"], "the other is looked at");
        run.expect(run.stderr().contains("closed.rs Permission denied"), "it is said");
    }
}
