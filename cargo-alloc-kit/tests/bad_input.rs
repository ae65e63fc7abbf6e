//! What `cargo alloc-kit test` can't do: it says so before any test runs where that can be known, and what the last run left stays
//! as it is to the byte.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test bad_input`

mod support;

use std::env;
use std::fs;

use support::two_members::{Companion, folder};
use support::{Run, alloc_kit};

/// Refused with 2 before anything was built.
#[track_caller]
fn is_refused(run: Run, said: &[&str]) {
    let run = run.exits_with(2);
    run.expect(run.stdout().is_empty(), "there is no result");
    run.expect(run.stderr().starts_with("error: "), "nothing is said before");
    run.prints(said).never_prints(&["Compiling", "Running", "panicked"]);
}

#[test]
fn nothing_is_overwritten() {
    let companion = Companion::new();
    companion.run(&["test", "-q", "--tests", "--out", "out.json"]).exits_with(0);
    let before = (companion.last_run(), companion.project.read("out.json"));
    let test = |arguments: &[&str]| companion.run(&[&["test", "--out", "out.json"], arguments].concat());

    // A crate that does not compile: cargo says why.
    let source = companion.project.read("store/src/lib.rs");
    companion.project.write("store/src/lib.rs", &(source.clone() + "\nfn wrong() -> u32 { \"text\" }\n"));
    let run = test(&[]).exits_with(1);
    run.expect(run.stdout().is_empty(), "there is no result");
    run.prints(&["error[E0308]: mismatched types", "could not compile `store`"])
        .never_prints(&["no budgets"]);
    companion.project.write("store/src/lib.rs", &source);
    // A report of what was known does not pass for one of this.
    let report = companion.run(&["report", "--format", "github"]).exits_with(0);
    report.prints(&[
        "::warning title=alloc-kit%3A what this run does not show::this is not the last run: a later run failed before",
        "; but this is not the last run, only a part",
    ]);
    // What was known is kept, and that it is not of the last run.
    let superseded = companion.last_run();
    let (start, shards) = before.0.split_once("\"shards\"").expect("shards");
    assert!(superseded.ends_with(shards) && superseded.starts_with(start), "{superseded}");
    assert!(
        superseded.contains("\"superseded\":\"a later run failed before a test reported a budget: cargo")
    );

    // A manifest that is none, or has keys of nobody's.
    let manifest = companion.project.read("Cargo.toml");
    let with = |text: &str, said: &[&str]| {
        companion.project.write("Cargo.toml", &(manifest.clone() + text));
        is_refused(test(&[]), said);
    };
    with("\n[wor", &["error: cargo finds no package here: ", "Cargo.toml"]);
    let table = "\n[workspace.metadata.alloc-kit]\n";
    with(
        &format!("{table}colour = \"red\"\n"),
        &[
            "[workspace.metadata.alloc-kit] in ",
            "unknown field `colour`, expected one of `deny`, `allow`, `nextest`",
        ],
    );
    with(
        &format!("{table}deny = [\"everything\"]\n"),
        &["unknown variant `everything`, expected `never-exercised` or `not-verified`"],
    );
    with(&format!("{table}nextest = \"yes\"\n"), &["invalid type: string \"yes\", expected a boolean"]);
    with(
        &format!("{table}deny = [\"not-verified\"]\nallow = [\"not-verified\"]\n"),
        &["`not-verified` is both denied and allowed in [workspace.metadata.alloc-kit]"],
    );
    companion.project.write("Cargo.toml", &manifest);

    // Arguments.
    is_refused(
        test(&["--deny", "everything"]),
        &["invalid value 'everything'", "never-exercised, not-verified"],
    );
    is_refused(
        test(&["--deny", "not-verified", "--allow", "not-verified"]),
        &["both denied and allowed on the command line"],
    );
    is_refused(test(&["-q", "-v"]), &["'--quiet' cannot be used with '--verbose"]);
    is_refused(test(&["--release", "--profile", "dev"]), &["'--release' cannot be used with '--profile"]);
    is_refused(test(&["--color", "red"]), &["invalid value 'red'", "auto, always, never"]);
    is_refused(test(&["--manifest-path", "nowhere/Cargo.toml"]), &["nowhere/Cargo.toml"]);
    is_refused(test(&["--out", "second.json"]), &["'--out <FILE>' cannot be used multiple times"]);

    // What can't be written. Below a file nobody can, root neither.
    let to = |out: &str| companion.run(&["test", "--out", out]);
    is_refused(to("Cargo.toml/out.json"), &["error: cannot write Cargo.toml/out.json: "]);
    is_refused(to("store"), &["error: cannot write store: it is a folder"]);
    is_refused(
        test(&["--target-dir", "Cargo.toml/target"]),
        &["error: cannot write ", "Cargo.toml/target/alloc-kit/last-run.json: "],
    );
    let mut permissions = fs::metadata(companion.project.path("out.json")).expect("a file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(companion.project.path("out.json"), permissions).expect("a file");
    is_refused(test(&[]), &["error: cannot write out.json: it is read-only"]);

    assert_eq!((companion.last_run(), companion.project.read("out.json")), (superseded, before.1));
    assert_eq!(companion.kept(), ["last-run.json"]);
}

#[test]
fn there_has_to_be_a_package() {
    let (folder, _) = folder();
    let mut command = alloc_kit();
    command.current_dir(folder.path()).arg("test");
    is_refused(Run::of(command), &["error: cargo finds no package here: could not find `Cargo.toml`"]);
    let mut command = alloc_kit();
    command.current_dir(folder.path()).env("CARGO", folder.path().join("no-cargo")).arg("test");
    is_refused(Run::of(command), &["error: cannot run ", "no-cargo: "]);
}

/// By a cargo of the user's own, which has no nextest.
#[cfg(unix)]
#[test]
fn nextest_has_to_be_there() {
    use std::os::unix::fs::PermissionsExt;

    let companion = Companion::new();
    let cargo = env::var("CARGO").expect("a test is run by cargo");
    let text =
        format!("#!/bin/sh\necho \"$1\" >> asked\n[ \"$1\" = nextest ] && exit 101\nexec '{cargo}' \"$@\"\n");
    companion.project.write("cargo", &text);
    let own = companion.path("cargo");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).expect("a file");
    let run = companion.run_with(&[("CARGO", &own)], &["test", "--nextest"]);
    is_refused(
        run,
        &["error: `cargo nextest` is not installed\n  help: `cargo install --locked cargo-nextest`, or"],
    );
    assert_eq!(companion.project.read("asked"), "metadata\nnextest\n", "it is the one that was asked");

    let run = companion.run(&["test", "--nextest", "--doc"]);
    // Where nextest is not installed that is said first.
    is_refused(run, &["nextest"]);
}
