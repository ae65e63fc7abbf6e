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
    run.expect(
        run.stdout().contains("[rust-collect-then-ask] (clippy needless_collect)"),
        "of the rule that fits",
    );
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
    run.expect(run.stderr().contains(" of its lints (-v names them) were not looked for"), "how many");
    let run = scan(&project, &[], &["-v"]).exits_with(0);
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
    run.expect(run.stderr().contains("not looked for"), "with how much was not looked for");
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

/// A finding that a rule's pattern has too, one that only linters do, one of each plugin, and columns behind a wide character.
const SCRIPT: &str = "\
interface A { x: number }
export class User {
  password?: string;
  forget(): void { /* \u{1f600} */ delete this.password; }
  /* \u{1f600} */ async get(): Promise<A> { return { x: 1 }; }
}
export function log() { return ['\u{1f600}', Array.prototype.slice.call(arguments)]; }
export const first = (xs: A[]) => xs.filter((x) => x.x > 1)[0];
export const all = (xs: A[]) => xs.reduce((all, x) => ({ ...all, [x.x]: x }), {});
export const flat = (xs: A[][]) => xs.map((x) => x).flat();
";

/// The folder of programs that a linter of JavaScript is in: of `node_modules` in the folder that LINTERS names, or on PATH.
#[cfg(unix)]
fn installed(linter: &str) -> Option<std::path::PathBuf> {
    let named =
        std::env::var_os("LINTERS").map(|folder| std::path::PathBuf::from(folder).join("node_modules/.bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = named.into_iter().chain(std::env::split_paths(&path));
    let found = folders.find(|folder| folder.join(linter).is_file());
    if found.is_none() {
        println!("not tested: {linter} is not installed");
    }
    found
}

/// What is found of SCRIPT by a linter: places with what is said behind them.
#[cfg(unix)]
fn found_by(linter: &str) -> Option<(Run, Vec<String>)> {
    let folder_of = installed(linter)?;
    let project = folder();
    write(&project, "a.ts", SCRIPT);
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", folder_of.display());
    let run = scan(&project, &[("PATH", &path)], &["--linters", linter]).exits_with(0);
    let lines = run.stdout().lines().filter(|line| line.starts_with("a.ts:")).map(str::to_owned).collect();
    Some((run, lines))
}

/// Each of the places has one finding, of this rule, and the linter says so too.
#[cfg(unix)]
fn expect(run: &Run, found: &[String], expected: &[(&str, &str)]) {
    for (place, says) in expected {
        let line = place.rsplit_once(':').map_or(*place, |(line, _)| line);
        let rule = says.split(' ').next().unwrap_or_default();
        let here =
            found.iter().filter(|text| text.starts_with(&format!("a.ts:{line}:")) && text.contains(rule));
        let here: Vec<&String> = here.collect();
        let is = here.len() == 1 && here[0].starts_with(&format!("a.ts:{place} ")) && here[0].ends_with(says);
        run.expect(is, &format!("{place} {says}"));
    }
}

#[cfg(unix)]
#[test]
fn eslint_reads_typescript() {
    let Some((run, found)) = found_by("eslint") else { return };
    if run.stderr().contains("TypeScript was left out") {
        println!("not tested: typescript-eslint is not installed");
        return;
    }
    expect(
        &run,
        &found,
        &[
            ("5:11", "[js-async-without-await] (eslint require-await)"),
            ("7:65", "[js-arguments] (eslint prefer-rest-params)"),
        ],
    );
    run.expect(run.stdout().contains("also asked: eslint "), "with its version");
    if run.stderr().contains("eslint has no eslint-plugin-unicorn beside it: unicorn/prefer-array-find") {
        println!("not tested: eslint-plugin-unicorn is not installed");
        return;
    }
    expect(
        &run,
        &found,
        &[
            ("8:35", "[js-filter-for-one] (eslint unicorn/prefer-array-find)"),
            ("10:36", "[js-map-flat] (eslint unicorn/prefer-array-flat-map)"),
        ],
    );
}

#[cfg(unix)]
#[test]
fn oxlint_has_codes_of_plugins() {
    let Some((run, found)) = found_by("oxlint") else { return };
    expect(
        &run,
        &found,
        &[
            ("5:17", "[js-async-without-await] (oxlint require-await)"),
            ("7:65", "[js-arguments] (oxlint prefer-rest-params)"),
            ("8:35", "[js-filter-for-one] (oxlint unicorn/prefer-array-find)"),
            ("9:58", "[js-spread-in-reduce] (oxlint oxc/no-accumulating-spread)"),
            ("10:36", "[js-map-flat] (oxlint unicorn/prefer-array-flat-map)"),
        ],
    );
}

#[cfg(unix)]
#[test]
fn biome_has_codes_in_groups() {
    let Some((run, found)) = found_by("biome") else { return };
    expect(
        &run,
        &found,
        &[
            ("4:28", "[js-delete-property] (biome noDelete)"),
            ("5:11", "[js-async-without-await] (biome useAwait)"),
            ("7:65", "[js-arguments] (biome noArguments)"),
            ("9:58", "[js-spread-in-reduce] (biome noAccumulatingSpread)"),
            ("10:36", "[js-map-flat] (biome useFlatMap)"),
        ],
    );
}

/// Programs in the place of eslint: one of an old version, and one that leaves a process behind which holds its pipe.
#[cfg(unix)]
#[test]
fn an_old_eslint_is_said_and_what_one_leaves_is_not_waited_for() {
    let project = folder();
    write(&project, "a.js", "export async function get() { return 1; }\n");
    let eslint = project.path("node_modules/.bin/eslint");
    for (version, does, found) in [
        ("v8.57.1", "exit 2", false),
        ("v9.39.1", "sleep 1000 & echo $! > left; cat answer.json; exit 1", true),
    ] {
        let root = project.path("").to_str().expect("UTF-8").to_owned();
        let message = r#"{"ruleId": "require-await", "message": "no await", "line": 1, "column": 8, "endLine": 1, "endColumn": 26}"#;
        write(
            &project,
            "answer.json",
            &format!("[{{\"filePath\": \"{root}/a.js\", \"messages\": [{message}]}}]"),
        );
        let script = format!(
            "#!/bin/sh\nif [ \"$1\" = --version ]; then echo {version}; exit; fi\ncd '{root}'\n{does}\n"
        );
        write(&project, "node_modules/.bin/eslint", &script);
        support::packages::executable(&eslint);
        let run = scan(&project, &[], &["--linters", "eslint"]).exits_with(0);
        if found {
            run.expect(run.stdout().contains("a.js:1:8 no await [js-async-without-await]"), "what it said");
            let left = project.read("left");
            std::process::Command::new("kill").arg(left.trim()).status().expect("kill");
        } else {
            run.expect(
                run.stderr().contains("eslint is of version 8.57.1, and 9 or later is understood"),
                "why",
            );
        }
    }
}
