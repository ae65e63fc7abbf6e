//! A new user: makes a crate, adds alloc-kit by the commands of the README, forgets one of them, and runs cargo in
//! every way that matters. The crate is `fixtures/new_user`, copied out of the workspace.
//!
//! One test, in the user's order: each step needs what the steps before it have built.

mod support;

use std::fs;

use support::Project;

/// The commands of the README. With a path they need no registry.
const ADD: &str = "cargo add alloc-kit";
const ADD_FOR_TESTS: &str = "cargo add alloc-kit --dev --features enforce";

#[test]
fn from_cargo_add_to_nextest() {
    let user = Project::copy_of("new_user");
    add(&user, ADD);
    forgotten_feature_is_a_compile_error_with_the_fix(&user);

    add(&user, ADD_FOR_TESTS);
    user.lock();
    tests_of_every_kind_enforce(&user);
    tests_within_their_budgets_pass(&user);
    examples_enforce_and_programs_do_not(&user);
    colour_is_off_and_on(&user);
    nextest_enforces(&user);
    without_debug_information_it_says_so(&user);
}

#[test]
fn the_readme_gives_the_commands() {
    let readme = fs::read_to_string(support::workspace().join("README.md")).expect("a README");
    for command in [ADD, ADD_FOR_TESTS] {
        let said = readme.lines().any(|line| {
            let line = line.split('#').next().unwrap_or_default();
            line.trim() == command
        });
        assert!(said, "README.md has no line `{command}`, which is what these tests run:\n{readme}");
    }
}

fn add(user: &Project, command: &str) {
    let path = support::workspace().join("alloc-kit").display().to_string();
    let arguments: Vec<&str> = command.split(' ').skip(1).chain(["--path", &path]).collect();
    user.cargo(&arguments).succeeds();
}

/// The second command is forgotten: nothing may pass, and the message gives the command.
fn forgotten_feature_is_a_compile_error_with_the_fix(user: &Project) {
    let measure = "note: found an item that was configured out";
    user.cargo(&["test", "--no-fail-fast"])
        .fails()
        .prints(&["the budget of `total` is not enforced in these tests", ADD_FOR_TESTS])
        .never_prints(&["test result: ok"]);
    // Where the crate's own unit tests are not compiled: what would always hold is an error of its own.
    user.cargo(&["test", "--test", "budgets"])
        .fails()
        .prints(&["`assert_no_alloc!` is not enforced in these tests", ADD_FOR_TESTS])
        .prints(&["cannot find function `measure` in crate `alloc_kit`", measure, "the `audit` feature"])
        .never_prints(&["test result: ok"]);
}

fn tests_of_every_kind_enforce(user: &Project) {
    let shout = user.place("src/lib.rs", "word.to_uppercase()", "to_uppercase");
    let shout_all = user.place("src/lib.rs", "word.to_lowercase()", "to_lowercase");
    let here = user.place("tests/budgets.rs", "vec![", "vec!");
    let caller_in_unit_test = user.place("src/lib.rs", "assert_eq!(shout(\"why\")", "shout(");
    let caller_outside = user.place("tests/budgets.rs", "new_user::shout(", "new_user");

    let run = user.cargo(&["test", "--no-fail-fast"]).fails();
    let run = run.prints(&["3 targets failed:", "`--lib`", "`--test budgets`", "`--doc`"]).prints(&[
        "test tests::total_holds ... ok",
        "test tests::total_of_panics_is_as_expected - should panic ... ok",
        "test tests::shout_breaks ... FAILED",
        "test tests::shout_all_breaks ... FAILED",
        "test result: FAILED. 2 passed; 2 failed",
        "test total_holds ... ok",
        "test shout_breaks ... FAILED",
        "test shout_here_breaks ... FAILED",
        "test src/lib.rs - total (line 7) ... ok",
        "test src/lib.rs - shout (line 24) ... FAILED",
        "test src/lib.rs - shout (line 30) ... FAILED",
    ]);
    // The message of each failing test, from its heading to the next one.
    let message = |of: &str, texts: &[&str]| {
        let stdout = run.stdout();
        let heading = format!("---- {of} stdout ----\n");
        let one = stdout.split("\n---- ").map(|one| format!("---- {one}"));
        let found: Vec<String> = one.filter(|one| one.starts_with(&heading)).collect();
        let holds = |text: &&str| !found.is_empty() && found.iter().any(|one| one.contains(*text));
        let missing: Vec<_> = texts.iter().filter(|text| !holds(text)).collect();
        run.expect(missing.is_empty(), &format!("the message of {of} should have {missing:#?}"));
    };
    let arrow = |place: &str| format!("--> {place}\n");
    let from = |place: &str| format!("called from: {place} in ");
    message(
        "tests::shout_breaks",
        &["alloc-kit: `shout` made 1 heap allocation (3 bytes); its budget is 0", &arrow(&shout)],
    );
    message("tests::shout_breaks", &[&from(&caller_in_unit_test)]);
    message("tests::shout_all_breaks", &["`shout_all` made 3 heap allocations", &arrow(&shout_all)]);
    message("shout_breaks", &["`shout` made 1 heap allocation (7 bytes)", &arrow(&shout)]);
    message("shout_breaks", &[&from(&caller_outside)]);
    message("shout_here_breaks", &["`assert_no_alloc!` made 1 heap allocation (48 bytes)", &arrow(&here)]);
    message("src/lib.rs - shout (line 24)", &["`shout` made 1 heap allocation (3 bytes)", &arrow(&shout)]);
    // Rustdoc builds the doctest itself without debug information.
    message(
        "src/lib.rs - shout (line 30)",
        &["`assert_no_alloc!` made 1 heap allocation (4 bytes)", "the line is not known", "allocated in: "],
    );
}

/// Each kind of test by itself exits with zero where budgets hold, and not where one breaks.
fn tests_within_their_budgets_pass(user: &Project) {
    // With a filter cargo leaves doctests out, unless it is asked for them.
    user.cargo(&["test", "total"])
        .succeeds()
        .prints(&["test tests::total_holds ... ok", "test total_holds ... ok"]);
    user.cargo(&["test", "--doc", "total"]).succeeds().prints(&["test src/lib.rs - total (line 7) ... ok"]);
    for kind in [&["--lib"][..], &["--test", "budgets"], &["--doc"]] {
        user.cargo(&[&["test"][..], kind, &["shout"]].concat())
            .fails()
            .prints(&["test result: FAILED. 0 passed"]);
    }
}

fn examples_enforce_and_programs_do_not(user: &Project) {
    let place = user.place("src/lib.rs", "word.to_uppercase()", "to_uppercase");
    user.cargo(&["run", "--example", "shouting"]).fails().prints(&["`shout` made 1 heap allocation", &place]);

    // As `cargo bench` passes it: nothing is judged, and that is said.
    let benched = user.cargo(&["run", "--example", "shouting", "--", "--bench"]).succeeds();
    benched.prints(&["alloc-kit: budgets are not verified: this is a benchmark"]);

    for profile in [&["run"][..], &["run", "--release"]] {
        let run = user.cargo(profile).succeeds();
        run.expect(run.stdout() == "OFF 6\n", "it should have done its work");
    }
    user.cargo(&["build", "--release"]).succeeds();
    let program = support::target().join(format!("release/new-user{}", std::env::consts::EXE_SUFFIX));
    let program = fs::read(&program).unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let ours = program.windows(9).any(|bytes| bytes == b"alloc_kit" || bytes == b"alloc-kit");
    assert!(!ours, "the release build of the new user's program names alloc-kit");
}

fn colour_is_off_and_on(user: &Project) {
    let place = user.place("src/lib.rs", "word.to_uppercase()", "to_uppercase");
    let plain =
        format!("alloc-kit: `shout` made 1 heap allocation (3 bytes); its budget is 0\n  --> {place}\n");
    let breaks = ["test", "--lib", "tests::shout_breaks"];
    user.cargo(&breaks).fails().prints(&[&plain]);
    user.cargo_with(&[("NO_COLOR", "1")], &breaks).fails().prints(&[&plain]);
    user.cargo_with(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], &breaks).fails().prints(&[&plain]);

    let run = user.cargo_with(&[("CLICOLOR_FORCE", "1")], &breaks).fails().never_prints(&[&plain]);
    run.expect(run.stdout().contains("\x1b[1m"), "the source should have been in colour");
    // The title is not, so that `#[should_panic(expected = "..")]` finds it.
    run.expect(run.stdout().contains(plain.lines().next().unwrap_or_default()), "its title is plain");
    // Without the escapes it is the same text.
    let stdout = run.stdout();
    let mut parts = stdout.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    let text =
        parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_escape, text)| text));
    run.expect(text.contains(&plain), "without its colours it should have been the plain message");
}

fn nextest_enforces(user: &Project) {
    if !user.cargo(&["nextest", "--version"]).succeeded() {
        assert!(std::env::var_os("CI").is_none(), "CI has to install cargo-nextest");
        eprintln!("not tested: cargo-nextest is not installed");
        return;
    }
    let place = user.place("src/lib.rs", "word.to_uppercase()", "to_uppercase");
    let here = user.place("tests/budgets.rs", "vec![", "vec!");
    user.cargo(&["nextest", "run", "--no-fail-fast"]).fails().prints(&[
        "7 tests run: 3 passed, 4 failed",
        &format!("--> {place}\n"),
        &format!("--> {here}\n"),
    ]);
    user.cargo(&["nextest", "run", "total"]).succeeds().prints(&["3 tests run: 3 passed"]);
}

/// The release profile has no debug information, unless it is told to; nothing else changes.
fn without_debug_information_it_says_so(user: &Project) {
    let place = user.place("src/lib.rs", "word.to_uppercase()", "to_uppercase");
    let text = user.read("src/lib.rs");
    let attribute = text.lines().position(|line| line.starts_with("pub fn shout(")).expect("its line");
    let breaks = ["test", "--release", "--lib", "shout_breaks"];
    user.cargo(&breaks)
        .fails()
        .prints(&["alloc-kit: `shout` made 1 heap allocation (3 bytes); its budget is 0"])
        .prints(&["the line is not known, since the program was built without debug information"])
        .prints(&["allocated in: new_user::", "CARGO_PROFILE_RELEASE_DEBUG=line-tables-only"])
        .prints(&[&format!("budget of: src/lib.rs:{attribute}\n")])
        .never_prints(&[&place]);
    // What it says would help does. Line tables have no paths for inlined functions: only the file tells whose they
    // are. Of the dependencies only those that are in every trace get them, the others would take a minute to build.
    let mut with_lines = breaks.map(str::to_owned).to_vec();
    for package in ["new-user", "alloc-kit", "backtrace"] {
        let lines = format!("profile.release.package.{package}.debug = \"line-tables-only\"");
        with_lines.extend(["--config".to_owned(), lines]);
    }
    user.cargo(&with_lines)
        .fails()
        .prints(&["alloc-kit: `shout` made 1 heap allocation (3 bytes); its budget is 0"])
        .prints(&[&format!("--> {place}\n")])
        .never_prints(&["the line is not known", "= inside:"]);
}
