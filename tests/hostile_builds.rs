//! Verdicts and counts are the same however a program is built, and over whatever allocator: as in its plain debug build,
//! line for line, and messages say as much as the build lets them, and nothing wrong. The package is `fixtures/hostile`.
//!
//! A part of the builds is tried at every run. `HOSTILE=all cargo test -p alloc-kit-tests --test hostile_builds -- --nocapture`
//! tries each of `hostile/builds.rs`, which takes some minutes; another value tries those that have it in their names. What
//! was tried is compared with its row in docs/trust.md.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

#[path = "hostile/builds.rs"]
mod builds;
#[path = "hostile/lines.rs"]
mod lines;
#[path = "support/page.rs"]
mod page;
mod support;

use std::env;
use std::panic;
use std::path::PathBuf;

use builds::{BUILDS, Build, Over};
use lines::Lines;
use support::run::Run;
use support::{Project, clean_command};

const PAGE: &str = "docs/trust.md";
const MARK: &str = "hostile builds";

#[test]
fn verdicts_and_counts_are_the_same() {
    let asked = env::var("HOSTILE").unwrap_or_default();
    let program = Project::copy_of("hostile");
    let host = host();
    let (plain, others) = BUILDS.split_first().expect("builds");
    let expected = lines_of(&program, &host, plain, None).expect("the plain debug build needs nothing");
    let mut tried = vec![(plain.setting, expected.row(plain))];
    let mut wrong = Vec::new();
    let is_asked = |build: &Build| match asked.as_str() {
        "" => build.always,
        "all" => true,
        part => build.setting.contains(part),
    };
    for build in others.iter().filter(|build| is_asked(build)) {
        // All of them, also after one that differs: it takes long to come back to the next.
        match panic::catch_unwind(|| lines_of(&program, &host, build, Some(&expected))) {
            Ok(Ok(lines)) => {
                eprintln!("{}", lines.row(build));
                tried.push((build.setting, lines.row(build)));
            }
            Ok(Err(missing)) => eprintln!("not tested: {}: {missing}", build.setting),
            Err(_) => wrong.push(build.setting),
        }
    }
    assert!(wrong.is_empty(), "of these see above: {wrong:#?}");
    page::assert_holds(PAGE, MARK, &table(&tried));
    in_tests(&program);
    counted_twice(&program, &host);
}

/// The table: of what was tried what came of it now, and else what the page has.
fn table(tried: &[(&str, String)]) -> Vec<String> {
    let known = page::between_marks(PAGE, MARK);
    let row = |build: &Build| {
        let now = tried.iter().find(|(setting, _)| *setting == build.setting).map(|(_, row)| row.clone());
        let start = format!("| {} |", build.setting);
        now.or_else(|| known.lines().find(|line| line.starts_with(&start)).map(str::to_owned))
    };
    let head = ["| build | as in the plain debug build | a broken budget's message says |", "|---|---|---|"];
    head.into_iter().map(str::to_owned).chain(BUILDS.iter().filter_map(row)).collect()
}

/// Builds and runs the program, and holds what it says against what the plain debug build said; or what is missing here.
fn lines_of(program: &Project, host: &str, build: &Build, expected: Option<&Lines>) -> Result<Lines, String> {
    build.over.is_there()?;
    let target = build.target.unwrap_or(host);
    if target != host && !target_is_installed(target) {
        return Err(format!("there is no standard library for {target}"));
    }
    let run = run(program, target, build, &[]).map_err(str::to_owned)?.succeeds();
    let lines = Lines::of(program, &run);
    lines.are_over(build.over, target);
    lines.say(build.says);
    if let Some(expected) = expected {
        lines.equal(expected);
    }
    Ok(lines)
}

/// Builds the program, and runs it with arguments.
fn run(program: &Project, target: &str, build: &Build, arguments: &[&str]) -> Result<Run, &'static str> {
    let mut cargo = vec!["rustc", "--target", target, "--bin", "hostile", "--no-default-features"];
    cargo.extend(["--features", build.over.feature()]);
    cargo.extend(build.release.then_some("--release"));
    cargo.push("--");
    cargo.extend(build.program_flags);
    let compiled = program.cargo_with(build.variables, &cargo);
    if !compiled.succeeded() && build.may_lack.is_some_and(|tool| compiled.stderr().contains(tool)) {
        return Err("what links it is not installed");
    }
    compiled.succeeds().never_prints(&["warning: "]);
    let profile = if build.release { "release" } else { "debug" };
    let mut command = clean_command(support::target().join(target).join(profile).join("hostile"));
    command.args(arguments).current_dir(program.path("."));
    // For where std is a shared library.
    command.env("LD_LIBRARY_PATH", libraries_of_rust());
    if let Some(library) = build.over.preloaded() {
        command.env("LD_PRELOAD", library);
    }
    Ok(Run::of(command))
}

/// Test programs always unwind, whatever the profile says of panics: one test fails, and the other one passes.
fn in_tests(program: &Project) {
    let place = program.place("src/cases.rs", "// breaks attribute", "vec!");
    let run = program.cargo_with(&[("CARGO_PROFILE_DEV_PANIC", "abort")], &["test", "--target", &host()]);
    run.fails().prints(&[
        "test held ... ok",
        "test broken ... FAILED",
        "alloc-kit: `attribute` made 1 heap allocation (11 bytes); its budget is 0\n",
        &format!("--> {place}\n"),
    ]);
}

/// Where an allocation counts more than once no budget can be judged, and that is what every guard says.
fn counted_twice(program: &Project, host: &str) {
    let over = |over, arguments: &[&str]| {
        let build = Build { over, ..BUILDS[0] };
        run(program, host, &build, arguments).expect("it needs nothing").fails()
    };
    let line = program
        .place("src/cases.rs", "fn attribute(", "fn")
        .split(':')
        .nth(1)
        .unwrap()
        .parse::<u32>()
        .unwrap()
        - 1;
    let attribute = format!(
        "alloc-kit: the budget of `attribute` (src/cases.rs:{line}) can't be judged: \
         an allocation counts more than once in this program\n"
    );
    let help = "  = help: of two `CountingAlloc`, keep the outer one\n";
    over(Over::Itself, &["--broken", "attribute"]).prints(&[&attribute, help]);
    over(Over::Itself, &[]).prints(&[
        "alloc-kit: `measure` would count too much: an allocation counts more than once in this program\n",
        help,
    ]);
    over(Over::Dhat, &["--profiled"])
        .prints(&[&attribute, "in place of one round `dhat::Alloc`, take the feature `dhat`"])
        .never_prints(&["not installed"]);
}

fn target_is_installed(target: &str) -> bool {
    // Of the host's the path is `lib/rustlib/<host>/lib`.
    libraries_of_rust().join("../..").join(target).is_dir()
}

fn libraries_of_rust() -> PathBuf {
    PathBuf::from(of_compiler(&["--print", "target-libdir"]).trim())
}

fn host() -> String {
    let version = of_compiler(&["-vV"]);
    version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host").to_owned()
}

fn of_compiler(arguments: &[&str]) -> String {
    let mut command = clean_command("rustc");
    command.args(arguments);
    Run::of(command).succeeds().stdout()
}
