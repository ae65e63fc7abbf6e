//! `audit scan` and linters: clippy itself on a package, and programs in its place that fail in every way.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test audit_linters`.

mod support;

use support::packages::{folder, run_with, write};
use support::{Project, Run};

const MANIFEST: &str =
    "[package]\nname = \"a\"\nedition = \"2021\"\n[lints.clippy]\nall = \"allow\"\n[workspace]\n";
/// What the rule's own pattern finds, what only clippy does, by its macro and under `allow`, and what is turned off.
const SOURCE: &str = "\
#![deny(warnings)]
#![allow(clippy::needless_collect)]
macro_rules! all {
    ($e:expr) => {
        $e.iter().map(|x| x + 1).collect::<Vec<u32>>()
    };
}
pub fn own(v: &[u32]) -> u32 {
    v.iter().map(|x| x + 1).collect::<Vec<_>>().iter().sum()
}
pub fn theirs(v: &[u32]) -> usize {
    let all = v.iter().map(|x| x + 1).collect::<Vec<_>>(); all.len()
}
pub fn off(v: &[u32]) -> usize {
    // alloc-kit-ignore
    v.iter().map(|x| x + 1).collect::<Vec<_>>().len()
}
pub fn in_macro(v: &[u32]) -> usize {
    all!(v).len()
}
";
const RULE: &str = "[rust-collect-then-iter]";

fn package() -> Project {
    let project = folder();
    write(&project, "Cargo.toml", MANIFEST);
    write(&project, "src/lib.rs", SOURCE);
    project
}

fn scan(project: &Project, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let target = project.path("target");
    let target = ("CARGO_TARGET_DIR", target.to_str().expect("UTF-8"));
    run_with(project, "", &[variables, &[target]].concat(), &[&["audit", "scan"], arguments].concat())
}

/// The lines of the rule, and what is said behind it.
fn found(run: &Run) -> Vec<String> {
    let stdout = run.stdout();
    let lines = stdout.lines().filter_map(|line| line.split_once(RULE));
    let line = |(before, behind): (&str, &str)| {
        let place = before.split(' ').next().unwrap_or_default();
        format!("{}{behind}", place.trim_start_matches("src/lib.rs:"))
    };
    lines.map(line).collect()
}

fn has_clippy() -> bool {
    let mut clippy = support::clean_command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let is_there = Run::of({
        clippy.args(["clippy", "--version"]);
        clippy
    })
    .succeeded();
    if !is_there {
        println!("not tested: clippy is not installed");
    }
    is_there
}

#[test]
fn clippy_finds_what_a_pattern_does_not() {
    if !has_clippy() {
        return;
    }
    let project = package();
    write(&project, "clippy.toml", "msrv = \"1.70\"\n");
    let run = scan(&project, &[], &["--linters", "clippy"]).exits_with(0);
    let found = found(&run);
    run.expect(
        found.iter().any(|line| line == "9:5 (clippy needless_collect)")
            || found.iter().any(|line| line == "9:5"),
        "the pattern's own",
    );
    let alone = |line: &&String| line.starts_with("12:") && line.ends_with(" (clippy needless_collect)");
    run.expect(found.iter().filter(alone).count() == 1, "by clippy alone");
    // The code is of several rules, and a place is one finding.
    run.expect(run.stdout().matches("src/lib.rs:12:").count() == 1, "one");
    run.expect(!found.iter().any(|line| line.starts_with("16:")), "what a comment turns off stays off");
    run.expect(run.stdout().contains("also asked: clippy "), "with its version");
    // In a folder of its own, where nothing else is built.
    assert!(project.path("target/alloc-kit/clippy/conf/clippy.toml").is_file());
    assert!(!project.path("target/debug").exists());
    let config = project.read("target/alloc-kit/clippy/conf/clippy.toml");
    run.expect(config.contains("msrv = \"1.70\""), "the user's configuration is kept");
}

#[test]
fn a_package_that_does_not_build_is_said() {
    if !has_clippy() {
        return;
    }
    let project = package();
    write(&project, "src/lib.rs", &format!("{SOURCE}\nfn broken() -> u32 {{ \"\" }}\n"));
    let run = scan(&project, &[], &[]).exits_with(0);
    run.expect(run.stderr().contains("builds (`mismatched types`)"), "the error");
    run.expect(found(&run).contains(&"9:5".to_owned()), "the pattern's own is found");
}

#[test]
fn without_a_package_the_rest_is_done() {
    let project = folder();
    write(&project, "src/lib.rs", SOURCE);
    let run = scan(&project, &[], &[]).exits_with(0);
    run.expect(found(&run) == ["9:5"], "the pattern's own");
    run.expect(run.stderr().contains("needless_collect"), "what was not looked for is named");
}

#[test]
fn names_that_nobody_knows_are_refused() {
    let project = package();
    let run = scan(&project, &[], &["--linters", "ruff,pylint"]).exits_with(2);
    run.prints(&[
        "`pylint` is neither `auto` nor `none`, nor one of `clippy`, `ruff`, `oxlint`, `eslint`, `biome`",
    ]);
}

/// A program in the place of cargo.
#[cfg(unix)]
fn in_place(project: &Project, script: &str) -> String {
    let path = project.path("cargo.sh");
    write(project, "cargo.sh", &format!("#!/bin/sh\n{script}\n"));
    support::packages::executable(&path);
    path.to_str().expect("UTF-8").to_owned()
}

#[cfg(unix)]
#[test]
fn one_that_is_missing_is_a_note_or_an_error() {
    let project = package();
    let cargo = in_place(&project, "exit 101");
    let run = scan(&project, &[("CARGO", &cargo)], &[]).exits_with(0);
    run.expect(run.stderr().contains("clippy is not installed: "), "it is said");
    run.expect(run.stderr().contains("needless_collect"), "with what was not looked for");
    run.expect(found(&run) == ["9:5"], "the pattern's own");
    let run = scan(&project, &[("CARGO", &cargo)], &["--linters", "clippy"]).exits_with(2);
    run.prints(&["clippy is not installed", "rustup component add clippy"]);
    scan(&project, &[("CARGO", &cargo)], &["--linters", "none"])
        .exits_with(0)
        .never_prints(&["not installed"]);
}

#[cfg(unix)]
#[test]
fn one_that_fails_is_said() {
    let project = package();
    let root = project.path("").to_str().expect("UTF-8").trim_end_matches('/').to_owned();
    let metadata = format!("{{\"workspace_root\": \"{root}\", \"target_directory\": \"{root}/target\"}}");
    for (does, says) in [
        ("echo no JSON at all; echo 'it \u{1b}[31mbroke' >&2; exit 3", "failed, exit code 3 (`it "),
        ("kill -9 $$", "failed, a signal"),
        ("exit 0", "failed, exit code 0"),
    ] {
        let script = format!(
            "if [ \"$2\" = --version ]; then echo clippy 1; elif [ \"$1\" = metadata ]; then echo '{metadata}'; else {does}; fi"
        );
        let cargo = in_place(&project, &script);
        let run = scan(&project, &[("CARGO", &cargo)], &[]).exits_with(0);
        run.expect(run.stderr().contains(&format!("clippy {says}")), says);
        run.expect(!run.stderr().contains('\u{1b}'), "nothing that a terminal obeys");
        run.expect(found(&run) == ["9:5"], "the pattern's own");
    }
    let script = "if [ \"$2\" = --version ]; then echo clippy 1; else echo '{'; fi";
    let cargo = in_place(&project, script);
    let run = scan(&project, &[("CARGO", &cargo)], &[]).exits_with(0);
    run.expect(run.stderr().contains("clippy wrote no JSON"), "of its metadata, too");
}
