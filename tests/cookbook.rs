//! The cookbook: every program of examples/ is run and prints what its first lines say, and all are in the index.
//!
//! A program's output stands in its header, in a block that begins with `//! ```text`. Each line has to be printed as it is
//! there, but for what follows `time`: of that, the numbers may be others, and a debug build takes none. And the budgets of recipes
//! are seen to be there, to hold, and to be no larger than they need to be.
//!
//! Run with: `cargo test -p alloc-kit-tests --test cookbook`.

mod support;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use serde_json::Value;
use support::run::Run;
use support::{clean_command, workspace};

/// Of what depends on std, figures are those of such a system.
const AS_DOCUMENTED: bool = cfg!(all(target_os = "linux", target_pointer_width = "64"));

/// Programs that are more than a recipe: their files may be longer. `triage` has tests of what it prints, examples/triage/tests.rs.
const TESTED_BY_ITSELF: &str = "triage";

#[derive(Debug)]
struct Example {
    name: String,
    /// Where its file is.
    file: PathBuf,
    source: String,
}

impl Example {
    /// What the first lines say that it prints.
    fn output(&self) -> Vec<&str> {
        let header = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        let block =
            header.map(|line| line.strip_prefix(' ').unwrap_or(line)).skip_while(|line| *line != "```text");
        block.skip(1).take_while(|line| *line != "```").collect()
    }

    /// A recipe is one file; what has a folder beside it is a program.
    fn is_recipe(&self) -> bool {
        !self.file.with_extension("").is_dir()
    }

    fn path(&self) -> String {
        let name = self.file.strip_prefix(workspace()).expect("it is in the workspace");
        name.display().to_string()
    }
}

/// Those of the manifest.
fn examples() -> Vec<Example> {
    let folder = workspace().join("examples");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("the manifest");
    let entries = manifest.split("[[example]]").skip(1);
    let value = |entry: &str, key: &str| {
        let line =
            entry.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'));
        line.unwrap_or_else(|| panic!("an example without {key}: {entry}")).to_owned()
    };
    let example = |entry| {
        let file = folder.join(value(entry, "path"));
        let source = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(entry.contains("\ntest = true"), "{}'s tests would not be run", file.display());
        Example { name: value(entry, "name"), file, source }
    };
    let examples: Vec<_> = entries.map(example).collect();
    assert!(examples.len() > 1, "{manifest}");
    examples
}

/// A printed line, as it is compared: after `time` without its numbers.
fn compared(line: &str) -> String {
    let line = line.trim_end();
    if !line.starts_with("time") {
        return line.to_owned();
    }
    let mut kinds: Vec<_> = line.split(|char: char| char.is_ascii_digit() || "., ".contains(char)).collect();
    kinds.retain(|part| !part.is_empty());
    kinds.join(" ")
}

/// Builds all of them as `cargo run --example` does, in the profile of this test, and gives the folder they are in.
fn build() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let mut command = clean_command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--examples", "--quiet"]).current_dir(workspace());
    command.env("CARGO_TARGET_DIR", target);
    let release = !cfg!(debug_assertions);
    if release {
        command.arg("--release");
    }
    Run::of(command).succeeds();
    target.join(if release { "release" } else { "debug" }).join("examples")
}

#[test]
fn each_prints_what_its_first_lines_say_under_its_budgets() {
    let programs = build();
    let reports = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cookbook");
    fs::create_dir_all(&reports).expect("a folder for the reports");
    for example in examples().iter().filter(|example| example.name != TESTED_BY_ITSELF) {
        let said = example.output();
        assert!(!said.is_empty(), "{} does not say what it prints", example.path());
        let report = reports.join(format!("{}-{}.jsonl", example.name, process::id()));
        let mut program = Command::new(programs.join(&example.name));
        program.env("ALLOC_KIT_REPORT", &report);
        let run = Run::of(program).succeeds();
        let printed = run.stdout();
        let of_interest = |line: &&str| !(cfg!(debug_assertions) && line.starts_with("time"));
        let [said, printed] = [said, printed.lines().collect()]
            .map(|lines| lines.into_iter().filter(of_interest).map(compared).collect::<Vec<_>>());
        if AS_DOCUMENTED {
            run.expect(said == printed, &format!("{} says {said:#?}", example.path()));
        }
        judged(example, &fs::read_to_string(&report).expect("the report"));
        fs::remove_file(report).expect("remove the report");
    }
}

/// Where a budget says what has to do for any input, and this one needs less: at most one line in 20 of a log has failed.
const WITH_ROOM: &str = "type_sizes::outcomes";

/// Some budget was held. A recipe's, the one "that keeps it", leaves no room: by one less it would break. (One that only tests call is
/// the tests' to see.)
fn judged(example: &Example, report: &str) {
    let records = report.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let of_a_function = |record: &Value| record["kind"] == "function" && record["form"] != "assertion";
    let called: Vec<Value> =
        records.filter(|record| of_a_function(record) && record["verdict"] != "never exercised").collect();
    assert!(!called.is_empty(), "no call in {} has a budget", example.path());
    for budget in called.iter().filter(|_| example.is_recipe()) {
        assert_eq!(budget["verdict"], "held", "{budget}");
        let is_tight = budget["room"]["allocations"] == 0;
        assert_eq!(is_tight, budget["path"] != WITH_ROOM, "room for more in {}: {budget}", example.path());
    }
}

#[test]
fn a_recipe_fits_on_a_page() {
    for example in examples().iter().filter(|example| example.is_recipe()) {
        let lines = example.source.lines().count();
        assert!(lines < 100, "{} has {lines} lines", example.path());
    }
}

#[test]
fn the_index_has_each() {
    let index = fs::read_to_string(workspace().join("examples/README.md")).expect("the index");
    for example in examples() {
        let file = example.path().replacen("examples/", "", 1);
        assert!(index.contains(&format!("]({file})")), "examples/README.md has no link to {file}");
        assert!(
            index.contains(&format!("--example {}`", example.name)),
            "examples/README.md does not say how to run {file}"
        );
    }
}

#[test]
fn times_are_compared_without_their_numbers() {
    assert_eq!(
        compared("time    1.5 times as long (501 rounds)"),
        compared("time    22.1 times as long (9 rounds)")
    );
    assert_ne!(compared("time    1.5 times as long"), compared("time    1.5 times as short"));
    assert_ne!(compared("before  1"), compared("before  2"));
}
