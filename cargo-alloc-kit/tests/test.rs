//! `cargo alloc-kit test` on a workspace of two members: what it shows and keeps, and its exit codes.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test test`

mod support;

use std::fs;

use serde_json::Value;
use support::Run;
use support::two_members::{Companion, folder};

const TABLE: &str = "\
function                                budget            most used  room left  calls  verdict
fields::boxed                           1                         1          0      1  held
fields::empty_fields                    0                         0          0      3  held
fields::grows                           0                         0          0      1  held
fields::join                            fields.len() + 2          1          3      1  held
                                        bytes = 4096             64      4,032
fields::tests::has_a_budget_of_its_own  0                         0          0      1  held
fields::upper                           0                         0          0      1  held
store::Store::keep                      1                         1          0      2  held
                                        bytes = 1024             16      1,008
store::doubled                          0                         0          0      2  held
store::first                            0                         0          0      1  held

never exercised:
  fields::forgotten  fields/src/lib.rs:32
  fields::gives_up  fields/src/lib.rs:36
  store::all  store/src/lib.rs:19

exceptions:
  \"grows to the longest line\"  fields/src/lib.rs:50  1 time, 1 allocation, 100 bytes
  \"shrinks, now and then\"  fields/src/lib.rs:52  not used

12 budgets in 6 processes: 9 held, 3 never exercised
";

#[test]
fn shows_and_keeps_what_is_known() {
    let companion = Companion::new();
    let run = companion.run(&["test"]).exits_with(0);
    run.expect(run.stdout() == TABLE, "it should have shown the table");
    // What cargo and the tests say is there, and on the other side.
    for text in ["Running unittests", "test counts ... ok", "Doc-tests store"] {
        run.expect(run.stderr().contains(text), text);
    }
    assert_eq!(companion.kept(), ["last-run.json"]);

    // With all figures, in a folder that is said by a relative path, and another file.
    let run = companion.run(&["test", "-v", "--tests", "-p", "store", "--out", "out/run.json"]).exits_with(0);
    run.expect(
        run.stdout().contains(
            "store::doubled      0                     0          0      1  held\n  store/src/lib.rs:33  1 judged, \
             0 warmed up, 0 not judged, 0 broken, 0 threads started\n",
        ),
        "all figures",
    );
    run.expect(
        run.stderr().contains(" Running ") && run.stderr().contains(" --package store --tests"),
        "its command",
    );
    assert_eq!(companion.project.read("out/run.json"), companion.last_run());

    // Quietly.
    let run = companion.run(&["test", "-q", "--tests"]).exits_with(0);
    run.expect(run.stdout() == "12 budgets in 4 processes: 9 held, 3 never exercised\n", "only the result");
    run.expect(!run.stderr().contains("Running"), "cargo is quiet, too");

    // The file on standard output, and nothing else.
    let run = companion.run(&["test", "-q", "--tests", "-p", "store", "-o", "-"]).exits_with(0);
    run.expect(run.stdout() == companion.last_run(), "what is kept");
    assert!(!companion.project.path("-").exists());
    let both = companion.run(&["test", "--out", "-", "--message-format", "json"]).exits_with(2);
    both.prints(&["both write to standard output"]).never_prints(&["Compiling", "Running"]);

    // For other tools.
    let run = companion
        .run_with(&[("COMPANION", "break")], &["test", "--tests", "--message-format", "json"])
        .exits_with(3);
    let report: Value = serde_json::from_str(&run.stdout()).expect("JSON");
    assert_eq!(report["exit_code"], 3);
    let budgets = report["platforms"][0]["budgets"].as_array().expect("budgets");
    let broken: Vec<&Value> = budgets.iter().filter(|budget| budget["seen"]["verdict"] == "broken").collect();
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0]["name"], "fields::upper");
    assert_eq!(companion.kept(), ["last-run.json"]);
}

#[test]
fn ends_with_the_first_code_that_applies() {
    let companion = Companion::new();
    let ends = |code: i32, goes_wrong: &str, arguments: &[&str], shown: &[&str]| {
        let arguments = [&["test", "-q", "--test", "fields"], arguments].concat();
        let run = companion.run_with(&[("COMPANION", goes_wrong)], &arguments).exits_with(code);
        run.prints(shown)
    };
    let broken = "broken:\n  fields::upper  fields/src/lib.rs:23  1 allocation over, in 1 of 1 call\n";
    let gives_up = "not verified:\n  fields::gives_up  fields/src/lib.rs:36  left by a panic\n";
    let forgotten = "never exercised:\n  fields::forgotten  fields/src/lib.rs:32\n";
    ends(3, "break", &[], &[broken, "7 budgets in 1 process: 4 held, 1 broken, 2 never exercised\n"]);
    ends(1, "fail", &[], &["error: the tests failed, for another reason than a budget\n"]);
    ends(
        6,
        "panic",
        &[],
        &[gives_up, "error: budgets were not verified (`--allow not-verified` lets that pass)\n"],
    );
    ends(0, "panic", &["--allow", "not-verified"], &[gives_up]);
    ends(
        5,
        "",
        &["--deny", "never-exercised"],
        &[forgotten, "error: budgets were never exercised, and that is denied\n"],
    );
    // Several that apply.
    let deny = ["--deny", "never-exercised"];
    ends(3, "break,fail,panic", &deny, &[broken, gives_up]);
    ends(1, "fail,panic", &deny, &[gives_up]);
    ends(6, "panic", &deny, &[gives_up]);
    ends(5, "panic", &["--deny=never-exercised", "--allow=not-verified"], &[gives_up, forgotten]);

    // What the environment says of broken budgets.
    let with = |mode, code, shown: &[&str]| {
        let variables = [("COMPANION", "break"), ("ALLOC_KIT_MODE", mode)];
        companion.run_with(&variables, &["test", "-q", "--test", "fields"]).exits_with(code).prints(shown)
    };
    with("warn", 3, &["warning: ALLOC_KIT_MODE=warn: a broken budget fails no test", "1 broken"]);
    with(
        "off",
        6,
        &["warning: ALLOC_KIT_MODE=off: no budget is judged", "fields/src/lib.rs:23  ALLOC_KIT_MODE=off"],
    );

    // The configuration says it where the command line does not.
    let manifest = companion.project.read("Cargo.toml");
    let configured =
        "\n[workspace.metadata.alloc-kit]\ndeny = [\"never-exercised\"]\nallow = [\"not-verified\"]\n";
    companion.project.write("Cargo.toml", &(manifest + configured));
    ends(5, "panic", &[], &[forgotten]);
    ends(0, "panic", &["--allow", "never-exercised"], &[gives_up]);
    ends(6, "panic", &["--deny", "not-verified"], &[gives_up]);
}

#[test]
fn names_programs_that_crashed() {
    let companion = Companion::new();
    let run = companion.run_with(&[("COMPANION", "abort")], &["test", "--tests"]).exits_with(1);
    let said = |run: &Run, name: &str| {
        let stderr = run.stderr();
        let lines =
            stderr.lines().filter(|line| line.starts_with("warning: ") && line.contains("reported nothing"));
        let named: Vec<String> = lines.filter(|line| line.contains(name)).map(str::to_owned).collect();
        named.len()
    };
    run.expect(said(&run, "/deps/fields-") + said(&run, "/fields-") > 0, "the program is named");
    run.expect(said(&run, "") == 1, "and no other");
    // What broke before is known all the same, and of which process the rest is not.
    let arguments = ["test", "--test", "fields", "--", "--test-threads", "1"];
    let run = companion.run_with(&[("COMPANION", "break,abort")], &arguments).exits_with(3);
    run.expect(run.stdout().ends_with("1 budget in 1 process: 1 broken\n"), "what broke");
    let run = run.prints(&["did not get to its end: of budgets that it did not break nothing is known\n"]);
    run.expect(said(&run, "") == 0, "it has said something");
    // Those that passed have nothing to say.
    let run = companion.run_with(&[("COMPANION", "fail")], &["test", "--tests"]).exits_with(1);
    run.expect(said(&run, "") == 0, "none crashed");
}

/// Programs that end with 0 and report nothing; and one that has no budgets, of which nothing is expected.
#[test]
fn a_program_that_vanishes_is_no_pass() {
    let companion = Companion::new();
    let measures = "#[test]\nfn measures() { assert_eq!(alloc_kit::measure(|| 1).0, 1); }\n";
    companion.project.write("store/tests/measures.rs", measures);
    companion.run(&["test", "--tests", "-p", "store"]).exits_with(0).never_prints(&["reported nothing"]);
    let vanishes = [("COMPANION", "vanish")];
    let run = companion.run_with(&vanishes, &["test", "--tests", "--allow", "not-verified"]);
    if cfg!(not(unix)) {
        eprintln!("not tested: a process of this system ends by its runtime");
        return;
    }
    let run = run.exits_with(6);
    let lines = run.stderr();
    let named: Vec<&str> = lines.lines().filter(|line| line.contains(" reported nothing: ")).collect();
    run.expect(named.len() == 1 && named[0].contains("/fields-"), "the program is named, and no other");
    let run = run.prints(&["error: what test programs knew is lost in part: it is not shown that"]);
    run.expect(run.stdout().contains(" held"), "what is known is shown");
    // It is kept with the run, for who reads it later.
    companion.run(&["merge", "target/alloc-kit/last-run.json"]).exits_with(6).prints(&[named[0]]);
    // Nothing else there is.
    let run = companion.run_with(&vanishes, &["test", "--test", "fields"]).exits_with(6);
    run.prints(&["error: what all test programs knew is lost: nothing was shown to hold\n"]);
}

/// A filter that no test matches.
#[test]
fn nothing_judged_is_no_pass() {
    let companion = Companion::new();
    let run = companion.run(&["test", "--tests", "-q", "--", "nosuch"]).exits_with(7);
    run.prints(&[" never exercised\n", "error: no budget was judged: nothing was shown to hold\n"]);
}

#[test]
fn says_where_there_is_nothing_to_show() {
    let companion = Companion::new();
    companion.run(&["test", "--tests"]).exits_with(0);
    let before = companion.last_run();
    let nothing = "note: no test was to run, so there is nothing to show\n";
    for arguments in
        [&["test", "--no-run"][..], &["test", "--tests", "--", "--list"], &["test", "--lib", "--", "--help"]]
    {
        let run = companion.run(arguments).exits_with(0).prints(&[nothing]);
        run.expect(run.stdout().is_empty(), "there is no result");
    }
    assert_eq!(companion.last_run(), before);
    // A member without alloc-kit.
    fs::create_dir_all(companion.project.path("bare/src")).expect("a folder");
    companion.project.write("bare/Cargo.toml", "[package]\nname = \"bare\"\nedition = \"2024\"\n");
    companion.project.write("bare/src/lib.rs", "#[test]\nfn is_there() {}\n");
    let manifest = companion.project.read("Cargo.toml").replace("\"store\"]", "\"store\", \"bare\"]");
    companion.project.write("Cargo.toml", &manifest);
    let run = companion.run(&["test", "-p", "bare"]).exits_with(7);
    run.expect(run.stdout().is_empty(), "there is no result");
    let run = run.prints(&["error: no budgets: no test process reported one\n", "help: `#[no_alloc]` or"]);
    run.never_prints(&["warning"]);
    // The one before is not the last one any more.
    let superseded =
        "\"superseded\":\"a later run passed without a test that reported a budget: cargo alloc-kit test";
    assert!(companion.last_run().contains(superseded), "{}", companion.last_run());
    companion.project.write("bare/src/lib.rs", "#[test]\nfn is_there() { panic!() }\n");
    companion.run(&["test", "-p", "bare"]).exits_with(1).never_prints(&["no budgets"]);
    assert!(companion.last_run().contains("\"superseded\":"), "{}", companion.last_run());
}

#[test]
fn hands_on_a_report_that_the_user_asks_for() {
    let companion = Companion::new();
    let report = companion.path("budgets.jsonl");
    let report = [("ALLOC_KIT_REPORT", report.as_str())];
    companion.project.write("budgets.jsonl", "");
    companion
        .run_with(&report, &["test", "--test", "store"])
        .exits_with(0)
        .prints(&["4 budgets in 1 process"]);
    let text = companion.project.read("budgets.jsonl");
    assert_eq!(text.lines().count(), 4, "{text}");
    // It is appended to, as by the library.
    companion.run_with(&report, &["test", "--test", "store"]).exits_with(0);
    assert!(companion.project.read("budgets.jsonl").starts_with(&text));
    assert_eq!(companion.project.read("budgets.jsonl").lines().count(), 8);
    // By a relative path, in this folder, and not in that of the member.
    companion.run_with(&[("ALLOC_KIT_REPORT", "here.jsonl")], &["test", "--test", "store"]).exits_with(0);
    assert_eq!(companion.project.read("here.jsonl").lines().count(), 4);
    // It is said before the tests run.
    let run = companion.run_with(&[("ALLOC_KIT_REPORT", "Cargo.toml/x")], &["test"]).exits_with(2);
    run.prints(&["error: cannot write to ALLOC_KIT_REPORT=", "Cargo.toml/x: "]).never_prints(&["Running"]);
}

/// Two at a time, in one target folder.
#[test]
fn does_not_disturb_another_one() {
    let companion = Companion::new();
    companion.run(&["test", "--no-run"]).exits_with(0);
    let start = |package: &str, out: &str| {
        let mut command = companion.command();
        command.args(["test", "-q", "--tests", "-p", package, "--out", out]);
        command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("a run")
    };
    let mut runs = [start("fields", "fields.json"), start("store", "store.json")];
    for run in &mut runs {
        assert!(run.wait().expect("an end").success());
    }
    let (fields, store) = (companion.project.read("fields.json"), companion.project.read("store.json"));
    assert!(fields.contains("fields::join") && !fields.contains("store::first"), "{fields}");
    assert!(store.contains("store::first") && !store.contains("fields::join"), "{store}");
    let last = companion.last_run();
    assert!(last == fields || last == store, "one of both as a whole: {last}");
    assert_eq!(companion.kept(), ["last-run.json"]);
}

#[test]
fn takes_what_cargo_takes() {
    let companion = Companion::new();
    // A path from elsewhere, a feature, a relative target folder, a filter.
    let manifest = companion.path("fields/Cargo.toml");
    let (_folder, elsewhere) = folder();
    let mut command = companion.command();
    command.current_dir(elsewhere("")).env_remove("CARGO_TARGET_DIR");
    command.args(["test", "--manifest-path", &manifest, "--features", "extra", "--target-dir", "here"]);
    command.args(["--test", "fields", "counts", "--", "--test-threads", "1"]);
    let run = Run::of(command).exits_with(0);
    let run = run.prints(&["fields::extra  fields/src/lib.rs:58", "test counts ... ok", " filtered out"]);
    run.expect(
        run.stdout().ends_with("8 budgets in 1 process: 3 held, 5 never exercised\n"),
        "a budget more",
    );
    assert!(elsewhere("here/alloc-kit/last-run.json").is_file());
    assert_eq!(fs::read_dir(elsewhere("here/alloc-kit")).expect("a folder").count(), 1);

    // What cargo does not know it says itself; its profile is in what is kept.
    companion.run(&["test", "--denny", "x"]).exits_with(1).prints(&["unexpected argument '--denny'"]);
    // None of its tests calls one.
    companion.run(&["test", "--profile", "test", "-p", "store", "--lib"]).exits_with(7);
    assert!(companion.last_run().contains("\"profile\":\"dev\""), "{}", companion.last_run());
}
