//! What `ALLOC_KIT_MODE` chooses, and instruments that change what an allocator sees: where counts can't be trusted
//! nothing is judged, and that is said; where they can, verdicts are the same. The package is `fixtures/register`.
//!
//! Run with: `cargo test -p alloc-kit-tests --test modes`.

mod support;

use std::process::Command;

use support::Project;
use support::run::Run;

const VARIABLE: &str = "ALLOC_KIT_MODE";
const BREAKING: [&str; 3] = ["test", "--test", "breaking"];
const TITLE: &str = "alloc-kit: `breaks` made 3 heap allocations (30 bytes); its budget is 0";

#[test]
fn modes_and_instruments() {
    let user = Project::copy_of("register");
    let place = user.place("src/lib.rs", "drop(black_box(vec![1_u8; 10]))", "vec!");
    let with = |value: &str| user.cargo_with(&[(VARIABLE, value)], &BREAKING);

    for fails in ["fail", ""] {
        with(fails).fails().prints(&[TITLE, &format!("--> {place}"), "test breaks_by_three ... FAILED"]);
    }
    // Told past what libtest captures of a test that passes.
    with("warn").succeeds().prints(&[TITLE, &format!("--> {place}"), "test breaks_by_three ... ok"]);
    with("off")
        .succeeds()
        .prints(&["alloc-kit: budgets are not verified: ALLOC_KIT_MODE=off"])
        .never_prints(&[TITLE]);
    for wrong in ["FAIL", "panic", "0"] {
        with(wrong)
            .fails()
            .prints(&[&format!("alloc-kit: `ALLOC_KIT_MODE={wrong}` is no mode; accepted:")])
            .prints(&["fail   a broken", "warn   it is", "abort  the process", "off    nothing"])
            .prints(&["test breaks_by_three ... FAILED", "test holds_still ... FAILED"]);
    }
    aborts_at_the_allocation(&user);
    what_the_report_says_of_modes(&user);
    under_valgrind(&user);
    under_coverage(&user);
}

fn aborts_at_the_allocation(user: &Project) {
    let line =
        user.place("src/lib.rs", "pub fn breaks", "pub").split(':').nth(1).unwrap().parse::<usize>().unwrap()
            - 1;
    let said =
        format!("alloc-kit: `breaks` (src/lib.rs:{line}) is over its budget here: ALLOC_KIT_MODE=abort");
    let run = user.cargo_with(&[(VARIABLE, "abort")], &BREAKING);
    run.fails().prints(&[&said, "SIGABRT"]).never_prints(&[TITLE]);

    let debugger = Command::new("gdb").arg("--version").output();
    if debugger.is_err() {
        eprintln!("not tested: there is no gdb");
        return;
    }
    let mut command = Command::new("gdb");
    command.args([
        "-q",
        "-batch",
        "-ex",
        "run",
        "-ex",
        "backtrace",
        "--args",
        &program(user, "breaking"),
        "breaks_by_three",
    ]);
    command.args(["--test-threads=1"]).env(VARIABLE, "abort").current_dir(user.path("."));
    Run::of(command).prints(&["alloc::alloc::", "register::allocate (n=3)", "register::breaks (n=3)"]);
}

fn what_the_report_says_of_modes(user: &Project) {
    let file = user.path("report.jsonl");
    let report = |mode: &str, file: &std::path::Path| {
        let _ = std::fs::remove_file(file);
        user.cargo_with(&[(VARIABLE, mode), ("ALLOC_KIT_REPORT", file.to_str().unwrap())], &BREAKING);
        std::fs::read_to_string(file).unwrap()
    };
    let about = |name: &str, text: &str| text.lines().rfind(|line| line.contains(name)).unwrap().to_owned();
    let breaks = |text: &str| about("\"register::breaks\"", text);
    let warned = breaks(&report("warn", &file));
    assert!(warned.contains("\"broken\":1,") && warned.contains("\"verdict\":\"broken\""), "{warned}");
    let off = breaks(&report("off", &file));
    let why = "\"verdict\":\"not verified\",\"why\":\"ALLOC_KIT_MODE=off\"";
    assert!(off.contains(why) && off.contains("\"judged\":0,"), "{off}");
    let wrong = about("\"register::holds\"", &report("wrong", &file));
    assert!(wrong.contains("\"why\":\"ALLOC_KIT_MODE has an unknown value\""), "{wrong}");
}

/// Its own allocator is under ours, so nothing changes.
fn under_valgrind(user: &Project) {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("not tested: there is no valgrind");
        return;
    }
    let mut command = Command::new("valgrind");
    command
        .args(["--error-exitcode=9", "--leak-check=no", &program(user, "breaking")])
        .current_dir(user.path("."));
    let run = Run::of(command).fails().prints(&[
        TITLE,
        "test breaks_by_three ... FAILED",
        "test holds_still ... ok",
    ]);
    run.prints(&["ERROR SUMMARY: 0 errors"]);
}

/// Instrumentation for coverage allocates by itself, so nothing is judged.
fn under_coverage(user: &Project) {
    let (profiles, target) = (user.path("%p.profraw"), support::target().join("coverage"));
    let variables = [
        ("RUSTFLAGS", "-Cinstrument-coverage"),
        ("LLVM_PROFILE_FILE", profiles.to_str().unwrap()),
        ("CARGO_TARGET_DIR", target.to_str().unwrap()),
    ];
    user.cargo_with(&variables, &BREAKING)
        .succeeds()
        .prints(&["alloc-kit: budgets are not verified: coverage instrumentation allocates by itself"]);
}

/// The path of a test program.
fn program(user: &Project, test: &str) -> String {
    let build = user.cargo(&["test", "--test", test, "--no-run", "--message-format=json"]).succeeds();
    let stdout = build.stdout();
    let (_, path) = stdout.rsplit_once("\"executable\":\"").expect("an executable");
    path.split('"').next().unwrap().to_owned()
}
