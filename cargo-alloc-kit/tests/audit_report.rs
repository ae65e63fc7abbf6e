//! `audit report` of profiles that valgrind recorded, and `audit capture` of a program, where valgrind is installed.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use support::{Project, Run, alloc_kit};

fn project() -> Project {
    Project::copy_from(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/audit"))
}

fn audit(project: &Project, arguments: &[&str]) -> Run {
    let mut command = alloc_kit();
    command.arg("audit").args(arguments).current_dir(project.path(""));
    command.env("CARGO_TARGET_DIR", project.path("target"));
    Run::of(command)
}

/// What the program allocates is known: 1,000 lists of 32 bytes in `total`.
#[test]
fn a_recorded_profile_is_joined_from_another_folder() {
    let project = project();
    let text =
        audit(&project, &["report", "--linters", "none", "--profile", "valgrind.json"]).succeeds().stdout();
    for said in [
        "1. 32,000 bytes in 1,000 blocks, 38.5 % of all  [rust-collect-then-iter]",
        " --> src/parse.rs:5:5",
        "eliminable: 1,000 blocks, each lives for 0.",
        "fix: leave `collect` out",
        "#[alloc_budget(4)] on `total` (src/parse.rs:4): today 4 allocations a call on average: 4,000 blocks in 1,000 calls",
        "2. 16,352 bytes in 9 blocks, 19.7 % of all  [rust-push-in-loop]",
        "  = reducible: 9 blocks, of which the last has about half of the bytes",
        "8,679 bytes in 3,000 blocks, 10.4 % of all  src/parse.rs:9 in `number`",
        "at findings: 48,352 bytes in 1,009 blocks, 58.2 %",
        "Rust: 2 files, 35 lines, 2 findings",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
    let by_blocks = audit(
        &project,
        &["report", "--linters", "none", "--profile", "valgrind.json", "--by", "blocks", "--top", "1"],
    )
    .succeeds()
    .stdout();
    assert!(by_blocks.contains("3,000 blocks, 50.7 % of all  src/parse.rs:9"), "{by_blocks}");
    assert!(by_blocks.contains("and 3 more: `--top 4` shows all"), "{by_blocks}");
}

/// What the README shows of a report is what is printed of the same profile.
#[test]
fn the_readme_shows_what_is_printed() {
    let readme = fs::read_to_string(support::workspace::workspace().join("README.md")).expect("a README");
    let (_, section) = readme.split_once("\n## What to fix first\n").expect("the section");
    let (_, shown) = section.split_once("```text\n").expect("a report");
    let (shown, _) = shown.split_once("```").expect("its end");
    let text =
        audit(&project(), &["report", "--linters", "none", "--profile", "valgrind.json"]).succeeds().stdout();
    assert!(text.contains(shown), "{shown} is not in\n{text}");
}

#[test]
fn another_state_of_the_sources_is_said() {
    let project = project();
    // What was at the lines of the profile is now elsewhere.
    let moved = format!("{}{}", "fn unused() {\n    drop(1);\n}\n".repeat(6), project.read("src/parse.rs"));
    project.write("src/parse.rs", &moved);
    let text =
        audit(&project, &["report", "--linters", "none", "--profile", "valgrind.json"]).succeeds().stdout();
    for said in [
        "No finding has measured bytes",
        "2 findings of files that have changed since",
        "stale: src/parse.rs: the profile has `",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let project = project();
    audit(&project, &["report", "--linters", "none"])
        .fails()
        .prints(&["there is no heap profile", "audit capture"]);
    project.write("cut.json", &project.read("valgrind.json")[..9000]);
    audit(&project, &["report", "--profile", "cut.json"]).fails().prints(&["cut.json: is cut off"]);
    audit(&project, &["report", "--profile", "src"]).fails().prints(&["src has no heap profile"]);
    audit(&project, &["capture", "-o", "src", "--", "true"]).fails();
    project.write("start", "#!/bin/sh\n");
    audit(&project, &["capture", "--", "./start"])
        .fails()
        .prints(&["neither a program, nor a script", "--tool"]);
    assert!(!project.path("alloc-kit-profile").exists(), "nothing is left");
}

/// What can't be read is said, and what can is shown.
#[test]
fn one_that_is_cut_off_does_not_hide_the_rest() {
    let project = project();
    project.write("cut.json", &project.read("valgrind.json")[..9000]);
    let both = ["report", "--linters", "none", "--profile", "cut.json", "--profile", "valgrind.json"];
    let run = audit(&project, &both).fails();
    run.prints(&["1. 32,000 bytes in 1,000 blocks", "unread: cut.json: is cut off"]);
}

#[test]
fn the_same_profile_counts_once() {
    let project = project();
    project.write("copy.json", &project.read("valgrind.json"));
    let all = ["--profile", "valgrind.json", "--profile", "./valgrind.json", "--profile", "copy.json"];
    let report = [&["report", "--linters", "none"][..], &all].concat();
    let text = audit(&project, &report).succeeds().stdout();
    assert!(text.contains("1. 32,000 bytes in 1,000 blocks, 38.5 % of all"), "{text}");
    assert!(text.contains("copy.json is the same as valgrind.json, and counts once"), "{text}");
}

/// Whether there is a valgrind.
fn has_valgrind() -> bool {
    let run = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

#[test]
fn a_program_of_cargo_is_recorded() {
    if !has_valgrind() {
        println!("not tested: valgrind is not installed");
        return;
    }
    let project = project();
    let capture = ["capture", "--tool", "valgrind", "--", "cargo", "run", "--release", "--offline"];
    audit(&project, &capture)
        .succeeds()
        .prints(&["1501500 1000", "in 1 profile by valgrind, in alloc-kit-profile"]);
    assert_eq!(project.read("alloc-kit-profile/.gitignore"), "*\n");
    let text = audit(&project, &["report", "--linters", "none"]).succeeds().stdout();
    assert!(text.contains("1. 32,000 bytes in 1,000 blocks"), "{text}");

    // One that fails has a profile, and it is said.
    let failing = [&capture[..], &["--", "fail"]].concat();
    audit(&project, &failing).exits_with(1).prints(&["the command failed", "exit status: 3"]);
    let text = audit(&project, &["report", "--linters", "none"]).succeeds().stdout();
    assert!(text.contains("the command failed (exit status: 3"), "{text}");

    // One that records nothing leaves the old profile.
    let before = project.read("alloc-kit-profile/capture.json");
    let nothing = ["capture", "--", "cargo", "run", "--release", "--offline", "--bin", "none"];
    audit(&project, &nothing).fails().prints(&["nothing was recorded", "the command failed"]);
    assert_eq!(project.read("alloc-kit-profile/capture.json"), before);

    // What is changed is said by the sums of the capture.
    project.write("src/parse.rs", &(project.read("src/parse.rs") + "\n"));
    let text = audit(&project, &["report", "--linters", "none"]).succeeds().stdout();
    assert!(text.contains("src/parse.rs: it has changed since the profile was captured"), "{text}");
}
