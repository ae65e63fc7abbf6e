//! Who installs the global allocator, and who enforces: `audit` over mimalloc and over the system's allocator, over
//! neither, `enforce` beside an allocator of the user's, and two members of a workspace of which one enforces.

mod support;

use support::Project;
use support::run::Run;

#[test]
fn audit_leaves_the_allocator_to_the_user() {
    let user = Project::copy_of("allocators");
    let place = user.place("src/lib.rs", "Box::new(number)", "Box::new");
    let run = user.cargo(&["test", "--no-fail-fast", "--", "--show-output"]).fails();

    // Over mimalloc and over the system's allocator: the same verdicts, and the same counts.
    for target in ["--bin allocators", "--test over_mimalloc", "--test over_system"] {
        let (stdout, failed) = of_target(&run, target);
        let broken =
            format!("alloc-kit: `boxed` made 1 heap allocation (8 bytes); its budget is 0\n  --> {place}\n");
        run.expect(stdout.contains(&broken) && failed, &format!("{target} should have broken its budget"));
        let verdict = "test result: FAILED. 1 passed; 1 failed";
        run.expect(stdout.contains(verdict), &format!("{target} should have passed one test and failed one"));
    }
    let counts = |target| {
        let (stdout, _) = of_target(&run, target);
        stdout.lines().filter(|line| line.starts_with("counted ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let over_mimalloc = counts("--test over_mimalloc");
    run.expect(over_mimalloc.len() == 2, "over mimalloc it should have counted two workloads");
    run.expect(over_mimalloc == counts("--test over_system"), "the counts should have been the same");
    let grown = "counted grown: 64, Usage { allocations: 2, reallocations: 1, deallocations: 0, \
        bytes_allocated: 192, bytes_freed: 64, live_bytes: 128, peak_bytes: 128, allowed_allocations: 0 }";
    run.expect(over_mimalloc.iter().any(|line| line == grown), "the counts should have been right");

    // Over an allocator that does not count no guard passes, and the fix is spelled out.
    let how = [
        "the counting allocator is not installed in this program\n",
        "alloc_kit::install!();\n",
        "#[global_allocator]\n",
        "static GLOBAL: alloc_kit::CountingAlloc<MyAlloc> = alloc_kit::CountingAlloc::new(MyAlloc);\n",
    ];
    for (target, failures) in [("--test not_installed", 6), ("--test mimalloc_alone", 1)] {
        let (stdout, failed) = of_target(&run, target);
        let all = format!("test result: FAILED. 0 passed; {failures} failed");
        run.expect(failed && stdout.contains(&all), &format!("every test of {target} should have failed"));
        for line in how {
            let times = stdout.matches(line).count();
            run.expect(times == failures, &format!("each test of {target} should have said {line:?}"));
        }
    }
    let (stdout, _) = of_target(&run, "--test not_installed");
    for what in [
        "the budget of `sum` (src/lib.rs:",
        "the budget of `boxed` (src/lib.rs:",
        "the budget of `assert_no_alloc!` (tests/not_installed.rs:",
        "`measure` would count nothing: ",
        "`assert_growth!` would count nothing: ",
        "`fail_nth` would count nothing: ",
    ] {
        run.expect(stdout.contains(what), &format!("the message should have named {what}"));
    }

    // Off mode: the user's allocator serves the program, and nothing is judged.
    user.cargo(&["run"]).succeeds().prints(&["mimalloc: true\nover its budget: 3\n"]);
}

#[test]
fn enforce_beside_another_allocator_is_a_compile_error() {
    let user = Project::copy_of("two_allocators");
    user.cargo(&["test"])
        .fails()
        .prints(&["`#[global_allocator]`", "conflicts with global allocator in: alloc_kit"]);
}

#[test]
fn one_member_enforces_and_another_does_not() {
    let user = Project::copy_of("two_members");
    let strict = format!("--> {}\n", user.place("strict/src/lib.rs", "to_uppercase", "to_uppercase"));

    // Together: cargo unifies what the tests of either need, so both enforce. Programs do not, before and after.
    user.cargo(&["run"]).succeeds().prints(&["OFF?\n"]);
    let run = user.cargo(&["test", "--workspace", "--no-fail-fast"]).fails();
    let run =
        run.prints(&["2 targets failed:\n    `-p lax --test outside`\n    `-p strict --lib`\n", &strict]);
    let caller = user.place("lax/src/lib.rs", "strict::strictly", "strict::");
    run.prints(&[&format!("called from: {caller} in lax::laxly\n")]);
    user.cargo(&["run"]).succeeds().prints(&["OFF?\n"]);

    // Apart: one enforces, and the other's own tests do not compile.
    user.cargo(&["test", "-p", "strict"]).fails().prints(&["test tests::strict_breaks ... FAILED", &strict]);
    user.cargo(&["test", "-p", "lax"])
        .fails()
        .prints(&["the budget of `laxly` is not enforced in these tests", "cargo add alloc-kit --dev"])
        .never_prints(&["test result: ok"]);
    // A limit: a test from outside, run by itself, does not see that nothing is enforced.
    user.cargo(&["test", "-p", "lax", "--test", "outside"]).succeeds().prints(&["test lax_breaks ... ok"]);

    // Another limit, and cargo's: its first resolver, the default of editions 2015 and 2018 and of a workspace
    // without packages at its root that says nothing else, gives programs the features of dev-dependencies.
    let manifest = user.read("Cargo.toml");
    user.write("Cargo.toml", &manifest.replace("resolver = \"3\"", "resolver = \"1\""));
    user.cargo(&["run"]).fails().prints(&["alloc-kit: `strictly` made 1 heap allocation", &strict]);
}

/// What a test program printed, and whether cargo said that it failed.
fn of_target(run: &Run, target: &str) -> (String, bool) {
    // Cargo runs them in this order, and each prints one summary.
    const ORDER: [&str; 6] = [
        "--lib",
        "--bin allocators",
        "--test mimalloc_alone",
        "--test not_installed",
        "--test over_mimalloc",
        "--test over_system",
    ];
    let index = ORDER.iter().position(|known| *known == target).expect("a target of the fixture");
    let stdout = run.stdout();
    let program = stdout.split("\nrunning ").nth(index + 1).unwrap_or_default().to_owned();
    (program, run.stderr().contains(&format!("    `{target}`\n")))
}
