//! `cargo alloc-kit prove` as its user has it: what is refused, and how; and each verdict with its exit code.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test prove`

mod support;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use support::packages::{self, folder, library, write};
use support::workspace::{target, workspace};
use support::{Project, Run};

/// Elsewhere nothing can be built that can be read.
fn is_linux() -> bool {
    let is = cfg!(all(target_os = "linux", target_arch = "x86_64"));
    if !is {
        eprintln!("not tested: this system's programs are not judged");
    }
    is
}

/// In a folder of the project, with a target folder of its own, in which no other test keeps its last run.
fn prove(project: &Project, of: &str, arguments: &[&str]) -> Run {
    let target = target_dir();
    let target = target.to_str().expect("a text");
    packages::run(project, of, &[&["prove", "--target-dir", target], arguments].concat())
}

fn target_dir() -> PathBuf {
    target().join("prove-command")
}

fn package(project: &Project, name: &str, main: &str, source: &str) {
    let manifest =
        format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n");
    write(project, &format!("{name}/Cargo.toml"), &manifest);
    write(project, &format!("{name}/src/{main}"), source);
}

/// Refused with 2, and why.
#[track_caller]
fn is_refused(run: Run, said: &[&str]) {
    let run = run.exits_with(2);
    run.expect(run.stdout().is_empty(), "there is no result");
    run.expect(run.stderr().contains("error: "), "it is an error");
    run.prints(said).never_prints(&["Compiling", "panicked"]);
}

#[test]
fn what_can_not_be_judged_is_told() {
    let project = folder();
    package(&project, "prove-library", "lib.rs", "pub fn f() {}\n");
    let refused =
        |arguments: &[&str], said: &[&str]| is_refused(prove(&project, "prove-library", arguments), said);
    refused(&["--target", "riscv64gc-unknown-linux-gnu"], &["x86_64 and aarch64, and no others", "--target"]);
    refused(&["--target", "x86_64-pc-windows-msvc"], &["reads ELF"]);
    refused(&["Cargo.toml", "--bins"], &["`--bins` says what to build, and a file is judged as it is"]);
    refused(&["--json", "--out", "-"], &["both write to standard output"]);
    refused(&["--deny", "all"], &["invalid value 'all'", "unknown"]);
    refused(&["no-such-file"], &["cannot read no-such-file"]);
    refused(&["src"], &["cannot read src: it is a folder"]);
    refused(&["Cargo.toml"], &["Cargo.toml: ", "ELF"]);
    refused(&["Cargo.toml", "--out", "Cargo.toml"], &["would overwrite what is to be read"]);
    if is_linux() {
        refused(&[], &["no program and no shared library", "`--tests`", "`--example NAME`"]);
        refused(
            &["--lib"],
            &["`--lib` judges shared libraries (cdylib), and there is none here", "`--tests`"],
        );
        let this = fs::read(env::current_exe().expect("a program")).expect("its bytes");
        for bytes in [3, 40, 100, 5_000] {
            fs::write(project.path("prove-library/cut"), &this[..bytes]).expect("a file");
            refused(&["cut", "--function", "*"], &["cut: "]);
        }
    }
    let manifest = project.read("prove-library/Cargo.toml");
    let trust = "[workspace.metadata.alloc-kit]\nprove-trust = [{ function = \"f\", reason = \"\" }]\n";
    write(&project, "prove-library/Cargo.toml", &(manifest + trust));
    refused(&[], &["`prove-trust` in [workspace.metadata.alloc-kit]: an entry has an empty `reason`"]);
}

#[test]
fn what_is_built_may_fail_or_have_nothing_to_judge() {
    if !is_linux() {
        return;
    }
    let project = folder();
    package(&project, "prove-wrong", "main.rs", "fn main() { let n: u32 = \"\"; }\n");
    let run = prove(&project, "prove-wrong", &[]).exits_with(1);
    run.prints(&["mismatched types", "error: `cargo build` failed"]);

    let source = "
        use std::hint::black_box;
        #[inline(never)]
        fn pure(n: u64) -> u64 { black_box(n) ^ 3 }
        #[inline(never)]
        fn boxes(n: u64) -> Box<u64> { Box::new(black_box(n)) }
        fn main() { println!(\"{} {}\", pure(black_box(1)), boxes(black_box(2))); }";
    package(&project, "prove-bare", "main.rs", source);
    let bare = |arguments: &[&str]| prove(&project, "prove-bare", arguments);
    // Built by the user's own wrapper, which is still called.
    write(&project, "wrapper", "#!/bin/sh\necho \"$@\" >> \"$WRAPPED\"\nexec \"$@\"\n");
    packages::executable(&project.path("wrapper"));
    let (wrapper, log) = (project.path("wrapper"), project.path("wrapped"));
    let variables =
        [("RUSTC_WRAPPER", wrapper.to_str().expect("a text")), ("WRAPPED", log.to_str().expect("a text"))];
    let target = target_dir();
    let arguments = ["prove", "--target-dir", target.to_str().expect("a text")];
    let run = packages::run_with(&project, "prove-bare", &variables, &arguments).exits_with(7);
    run.prints(&["there is no annotated function in any binary", "--function PATTERN"]);
    let called = project.read("wrapped");
    assert!(
        called.contains("--crate-name prove_bare") && called.contains("--cfg alloc_kit_prove"),
        "{called}"
    );
    let run = bare(&["--function", "prove_bare::p*re"]).exits_with(0);
    run.prints(&[
        "proven",
        "prove_bare::pure",
        "src/main.rs:4",
        "1 function in 1 binary (release): 1 proven",
    ]);
    let run = bare(&["--function", "prove_bare::boxes"]).exits_with(3);
    run.prints(&["prove_bare::boxes may allocate in prove-bare:", "src/main.rs:6", "allocates by "]);
    let run = bare(&["--function", "prove_bare::pur"]).exits_with(2);
    run.prints(&["no function of prove-bare is named `prove_bare::pur`", "there are `prove_bare::pure`"]);

    // As a file it is not known that nothing was inlined, but std's allocator is by its names.
    let program = target_dir().join("alloc-kit/prove/release/prove-bare");
    let program = program.to_str().expect("a text");
    bare(&[program]).exits_with(2).prints(&["has no records of annotated functions", "`--function PATTERN`"]);
    bare(&[program, "--function", "prove_bare::pure"])
        .exits_with(0)
        .prints(&["1 function in 1 binary: 1 proven"]);
    bare(&[program, "--function", "prove_bare::boxes", "-q"]).exits_with(3);
}

/// An allocator that is inlined leaves no name where it allocates.
#[test]
fn an_allocator_is_not_inlined_by_this_build_and_not_known_of_another() {
    if !is_linux() {
        return;
    }
    let project = folder();
    let bump =
        fs::read_to_string(workspace().join("cargo-alloc-kit/tests/fixtures/prove-bump.rs")).expect("a file");
    package(&project, "prove-bump", "main.rs", &bump);
    let manifest = project.read("prove-bump/Cargo.toml");
    let profile = "[profile.release]\nlto = \"fat\"\ncodegen-units = 1\n";
    write(&project, "prove-bump/Cargo.toml", &(manifest + profile));
    let functions = ["--function", "prove_bump::boxes", "--function", "prove_bump::renews"];
    let run = prove(&project, "prove-bump", &functions).exits_with(3);
    run.prints(&["prove_bump::boxes may allocate", "prove_bump::renews may allocate", "__rust_alloc"]);
    let program = target_dir().join("alloc-kit/prove/release/prove-bump");
    Run::of(Command::new(program)).exits_with(0).prints(&["3 1\n"]);

    let usual = target_dir().join("usual");
    let built = usual.join("release/prove-bump");
    let cargo = packages::cargo(
        &project,
        "prove-bump",
        &["build", "--release", "--target-dir", usual.to_str().expect("a text")],
    );
    cargo.succeeds();
    let arguments = [built.to_str().expect("a text"), "--function", "*boxes*"];
    let run = prove(&project, "prove-bump", &arguments).exits_with(6);
    run.prints(&["no verdict", "the global allocator is not known"]).never_prints(&["1 proven"]);
}

fn tiny() -> Project {
    let project = Project::copy_from(&workspace().join("cargo-alloc-kit/tests/fixtures/prove-tiny"));
    let manifest =
        project.read("Cargo.toml").replace("\"../../../../alloc-kit\"", &format!("{:?}", library()));
    project.write("Cargo.toml", &manifest);
    write(&project, ".cargo/config.toml", "[build]\nrustflags = [\"--cfg\", \"of_configuration\"]\n");
    project
}

#[test]
fn each_verdict_is_said_with_its_reason() {
    if !is_linux() {
        return;
    }
    let project = tiny();
    let run = prove(&project, "", &["--out", "proof.json"]).exits_with(3);
    let text = run.stdout();
    let rows: Vec<String> = text
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let expected = [
        "may allocate tiny::twice::<alloc::vec::Vec<u8>> src/main.rs:14",
        "unknown tiny::calls src/main.rs:19",
        "not compiled tiny::constant src/main.rs:24 const fn: cannot allocate",
        "not compiled tiny::never src/main.rs:29 the binary has no code of it",
        "proven tiny::sum src/main.rs:9",
        "proven tiny::twice::<u32> src/main.rs:14",
        "proven tiny::excepted src/main.rs:35",
        "proven tiny::trusting src/main.rs:45 by trusting calls",
        "proven assertion in tiny::main src/main.rs:58",
    ];
    run.expect(rows == expected, &format!("{rows:#?}"));
    run.prints(&[
        "tiny::twice::<alloc::vec::Vec<u8>> may allocate in tiny:\n  tiny::twice::<alloc::vec::Vec<u8>> at src/main.rs:16\n",
        "allocates by __rustc::__rust_alloc",
        "may be one that is never taken",
        "tiny::calls is unknown in tiny:\n  a call of a function that is not known",
        "    tiny::calls at src/main.rs:21\n",
        "Trusted, not looked at:\n  tiny::trusted: 1 function, 1 call was not followed (it was read)\n",
        "src/main.rs:37 (once)",
        "Verified in the binary, if:",
        "9 functions in 1 binary (release): 1 may allocate, 1 unknown, 2 not compiled, 5 proven",
        "note: built with the profile `release`, with debug = \"line-tables-only\" and strip = \"none\"",
        "warning: `prove-trust`: no function or import is named `tiny::gone*`",
    ]);
    let json: Value = serde_json::from_str(&project.read("proof.json")).expect("JSON");
    let verdicts = json["binaries"][0]["verdicts"].as_array().expect("verdicts");
    let count = |verdict: &str| verdicts.iter().filter(|of| of["verdict"] == verdict).count();
    assert_eq!(["proven", "may-allocate", "unknown", "not-compiled"].map(count), [5, 1, 1, 2], "{json:#}");
    assert_eq!((&json["version"], &json["exit_code"]), (&json!(1), &json!(3)));

    let kept: Value = serde_json::from_str(
        &fs::read_to_string(target_dir().join("alloc-kit/last-proof.json")).expect("what is kept"),
    )
    .expect("JSON");
    let of = |name: &str| {
        let functions = kept["functions"].as_array().expect("functions");
        functions.iter().find(|of| of["name"] == name).map(|of| of["verdict"].clone())
    };
    // The worst of its instances.
    assert_eq!(of("twice"), Some(json!("may-allocate")), "{kept:#}");
    assert_eq!(of("sum"), Some(json!("proven")), "{kept:#}");

    let run = prove(&project, "", &["-q"]).exits_with(3);
    run.prints(&["may allocate"]).never_prints(&["tiny::calls", "tiny::sum", "Verified in"]);
    // Without the function that may, what is not known is what counts.
    let only = ["--function", "tiny::calls"];
    prove(&project, "", &only).exits_with(0).prints(&["1 unknown"]);
    prove(&project, "", &[&only[..], &["--deny", "unknown"]].concat()).exits_with(6);
    prove(&project, "", &["--function", "tiny::sum", "--deny", "not-compiled"]).exits_with(0);
    // A library that no program was made of.
    let single = project.read("Cargo.toml");
    let quiet = single.replace("name = \"tiny\"", "name = \"quiet\"");
    let (package, rest) = quiet.split_once("[workspace]").expect("a workspace");
    let dependencies = rest.split_once("[dependencies]").expect("dependencies").1;
    let dependencies = dependencies.split("[profile").next().expect("a text");
    write(&project, "quiet/Cargo.toml", &format!("{package}[dependencies]{dependencies}"));
    write(&project, "quiet/src/lib.rs", "#[alloc_kit::no_alloc]\npub fn f() {}\n");
    project.write("Cargo.toml", &single.replace("[workspace]\n", "[workspace]\nmembers = [\"quiet\"]\n"));
    let run = prove(&project, "", &["--workspace", "-q"]).exits_with(3);
    run.prints(&["warning: nothing of `quiet` was judged: it has no program", "`--tests` or `--examples`"]);
    // What is annotated can't be trusted.
    let manifest = project.read("Cargo.toml").replace("\"tiny::trusted\"", "\"tiny::tr*\"");
    project.write("Cargo.toml", &manifest);
    is_refused(prove(&project, "", &["-q"]), &["`tiny::tr*` is of `tiny::trusting`, which is annotated"]);
}
