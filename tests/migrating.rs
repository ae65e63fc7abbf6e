//! The guides show what runs: the checks of four other crates, and alloc-kit's in their place; what needs tokio or rayon;
//! and the script for CI.
//!
//! `fixtures/migrating` has them, before and after. All of them pass as they are written, all fail when the function that
//! they check allocates more, and the pages (of `_guide::migrating`, `asynchronous` and `threads`) have their text.

mod support;

use std::fs;

use support::Project;
use support::run::Run;

const CRATES: [&str; 4] = ["allocation_counter", "assert_no_alloc", "dhat", "stats_alloc"];

/// What the other pages show: one test program each.
const PAGES: [&str; 2] = ["asynchronous", "threads"];

/// What somebody changes, and what then allocates more.
const CHANGES: [(&str, &str, &str); 6] = [
    ("tests/join/mod.rs", CAPACITY, "String::new()"),
    ("tests/dhat_after.rs", CAPACITY, "String::new()"),
    ("tests/assert_no_alloc_before.rs", ".zip(gains)", ".zip(gains.to_vec())"),
    ("tests/assert_no_alloc_after.rs", ".zip(gains)", ".zip(gains.to_vec())"),
    ("tests/asynchronous.rs", "part.to_uppercase()", "part.to_uppercase().to_lowercase()"),
    ("tests/threads.rs", "line.chars()", "line.to_owned().chars()"),
];

const CAPACITY: &str = "String::with_capacity(fields.iter().map(|field| field.len() + 1).sum())";

#[test]
fn every_check_passes_and_can_fail() {
    let user = Project::copy_of("migrating");
    // Two of the others count what the process allocates, its harness included: one test at a time.
    let all = ["test", "--no-fail-fast", "--", "--test-threads=1"];
    let report = user.path("held.jsonl").display().to_string();
    let run = user.cargo_with(&[("ALLOC_KIT_REPORT", &report)], &all).succeeds().never_prints(&["warning:"]);
    let passed = run.stdout().matches("test result: ok. ").count();
    run.expect(passed == 2 * CRATES.len() + PAGES.len(), "each of the test programs should have passed");
    let shown = run.stdout().matches("test a_").count();
    run.expect(shown >= 2 * CRATES.len(), "each of the tests in the guide should have run");
    what_the_page_on_ci_takes(&user);
    // Ours as `cargo test` runs them.
    user.cargo(&after(&["test", "--no-fail-fast"])).succeeds();

    for (file, text, replacement) in CHANGES {
        let source = user.read(file);
        assert_eq!(source.matches(text).count(), 1, "{file} does not have {text:?} once:\n{source}");
        user.write(file, &source.replace(text, replacement));
    }
    let run = user.cargo(&all).fails();
    for test in programs() {
        let failed = run.stderr().contains(&format!("    `--test {test}`\n"));
        run.expect(failed, &format!("{test} should have failed"));
    }
    how_they_fail(&user, &run);
    let warned = user.cargo_with(&[("ALLOC_KIT_MODE", "warn")], &["test", "--test", "assert_no_alloc_after"]);
    warned.succeeds().prints(&["`process` made 1 heap allocation (8 bytes); its budget is 0"]);
}

/// What the page on CI takes finds a budget that no test exercised, and is content where all of them hold.
fn what_the_page_on_ci_takes(user: &Project) {
    assert!(shown("ci").contains("run: cargo alloc-kit test --workspace"), "the page has another command");
    let companion = |report: &str| {
        let mut cargo = support::clean_command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["run", "--quiet", "--package", "cargo-alloc-kit", "--manifest-path"]);
        cargo.arg(support::workspace().join("Cargo.toml")).args(["--", "alloc-kit", "merge"]);
        cargo.arg(user.path(report)).args(["--deny", "never-exercised"]).current_dir(user.path("."));
        Run::of(cargo)
    };
    companion("held.jsonl").succeeds().prints(&[" held\n"]).never_prints(&["never exercised"]);
    let report = user.path("part.jsonl").display().to_string();
    user.cargo_with(&[("ALLOC_KIT_REPORT", &report)], &["test", "--test", "dhat_after", "events"]).succeeds();
    companion("part.jsonl")
        .exits_with(5)
        .prints(&["never exercised:\n  dhat_after::join  ", "1 never exercised\n"]);
    user.write("empty.jsonl", "");
    companion("empty.jsonl").exits_with(2).prints(&["empty.jsonl: is empty"]);
}

/// The others by their numbers, or an abort; ours with the line.
fn how_they_fail(user: &Project, run: &Run) {
    let line = |file: &str| format!("--> {}\n", user.place(file, "line.push_str(field)", "push_str"));
    let gains = user.place("tests/assert_no_alloc_after.rs", ".zip(gains.to_vec())", "to_vec");
    let pushed = line("tests/dhat_after.rs");
    let joined = line("tests/join/mod.rs");
    let stdout = run.stdout();
    for text in [
        "`join` made 2 heap allocations (24 bytes); its budget is 1",
        "`assert_alloc_budget!` made 2 heap allocations (24 bytes); its budget is 1",
        "`process` made 1 heap allocation (8 bytes); its budget is 0",
        &format!("--> {gains}\n"),
        &pushed,
        &joined,
        "`shout` made 7 heap allocations",
        "`vowels` made 1 heap allocation (19 bytes)",
        "dhat: assertion failed: `(left == right)`",
    ] {
        run.expect(
            stdout.contains(text) || run.stderr().contains(text),
            &format!("{text:?} should be there"),
        );
    }
    run.expect(run.stderr().contains("memory allocation of 8 bytes failed"), "one aborts");
}

/// The test programs with alloc-kit only.
fn after(arguments: &[&str]) -> Vec<String> {
    let tests = CRATES.iter().flat_map(|name| ["--test".to_owned(), format!("{name}_after")]);
    arguments.iter().copied().map(str::to_owned).chain(tests).collect()
}

/// Every test program of the fixture.
fn programs() -> Vec<String> {
    let sides = CRATES.iter().flat_map(|name| [format!("{name}_before"), format!("{name}_after")]);
    sides.chain(PAGES.map(str::to_owned)).collect()
}

/// What stands between the marks in the fixture is what the pages have.
#[test]
fn the_guides_show_these_files() {
    let tests = support::workspace().join("tests/fixtures/migrating/tests");
    let mut sections = 0;
    for program in programs().into_iter().chain(["join/mod".to_owned()]) {
        let name = program.trim_end_matches("_before").trim_end_matches("_after");
        let page = if CRATES.contains(&name) {
            format!("migrating/{name}")
        } else {
            name.replace("join/mod", "migrating")
        };
        let shown = shown(&page);
        let source = fs::read_to_string(tests.join(format!("{program}.rs"))).expect("a file of the fixture");
        for (name, text) in marked(&source) {
            sections += 1;
            let block = format!("\n{text}```");
            assert!(shown.contains(&block), "{page} does not show {name:?} of {program} as it is:\n{text}");
        }
    }
    assert_eq!(
        sections,
        2 * CRATES.len() + 1 + 3,
        "before and after, the events, and those of the other pages"
    );
}

/// A page as it is rendered: rustdoc hides lines that begin with `# `.
fn shown(page: &str) -> String {
    let file = support::workspace().join(format!("alloc-kit/src/docs/guide/{page}.md"));
    let text = fs::read_to_string(file).expect("a page");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("# ")).collect();
    lines.join("\n")
}

/// The sections between `// guide: name` and `// guide: end`, without what they are indented by.
fn marked(source: &str) -> Vec<(&str, String)> {
    let mut sections: Vec<(&str, String)> = Vec::new();
    let mut within = None;
    for line in source.lines() {
        let indent = line.len() - line.trim_start().len();
        match line.trim_start().strip_prefix("// guide: ") {
            Some("end") => within = None,
            Some(name) => {
                within = Some(indent);
                sections.push((name, String::new()));
            }
            None => {
                if let (Some(indent), Some((_, text))) = (within, sections.last_mut()) {
                    text.push_str(line.get(indent..).unwrap_or_default());
                    text.push('\n');
                }
            }
        }
    }
    assert_eq!(within, None, "a section does not end");
    sections
}
