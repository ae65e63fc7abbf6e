//! The audit checklist: every command of examples/checklist.md is run and prints what stands there, and the page's tables have
//! each line of the profiles.
//!
//! Run with: `cargo test -p alloc-kit-tests --test checklist`.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::Path;

use support::run::Run;
use support::{clean_command, workspace};

const HOT: &str = "cargo run --release --example checklist hot";
const PROFILE: &str = "cargo run --release --features dhat-heap --example checklist profile";
const OUTCOME: &str = "cargo run --release --example checklist";

/// Figures depend on std, which has other ones for other systems.
const AS_DOCUMENTED: bool = cfg!(all(target_os = "linux", target_pointer_width = "64"));

fn page() -> String {
    fs::read_to_string(workspace().join("examples/checklist.md")).expect("the page")
}

/// The commands of the page, each with the output that it shows.
fn commands(page: &str) -> Vec<(&str, &str)> {
    let blocks = page.split("```console\n$ ").skip(1);
    blocks.filter_map(|block| block.split("\n```").next()?.split_once('\n')).collect()
}

/// Runs it as from the root of the workspace, but leaves its profiles elsewhere.
fn run(command: &str) -> Run {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = temporary.join("checklist");
    fs::create_dir_all(&folder).expect("a folder for the profiles");
    let mut cargo = clean_command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["run", "--quiet", "--manifest-path"]).arg(workspace().join("Cargo.toml"));
    cargo.args(command.split(' ').skip(2)).current_dir(&folder);
    cargo.env("CARGO_TARGET_DIR", temporary.parent().expect("the target folder"));
    Run::of(cargo).succeeds()
}

/// Without the figures of times.
fn compared(line: &str) -> String {
    let timed = line.starts_with("time");
    let kept =
        line.split_whitespace().filter(|word| !timed || !word.contains(|char: char| char.is_ascii_digit()));
    kept.collect::<Vec<_>>().join(" ")
}

/// The page shows all that is printed.
fn prints_as_shown(run: &Run, shown: &[&str]) {
    let stdout = run.stdout();
    let printed: Vec<_> = stdout.lines().map(compared).collect();
    let shown: Vec<_> = shown.iter().flat_map(|shown| shown.lines()).map(compared).collect();
    if AS_DOCUMENTED {
        run.expect(shown == printed, &format!("examples/checklist.md shows {shown:#?}"));
    }
}

#[test]
fn the_commands_print_what_the_page_shows() {
    let page = page();
    let commands = commands(&page);
    let names: Vec<_> = commands.iter().map(|(command, _)| *command).collect();
    assert_eq!(names, [HOT, PROFILE, PROFILE, OUTCOME]);
    prints_as_shown(&run(HOT), &[commands[0].1]);
    prints_as_shown(&run(OUTCOME), &[commands[3].1]);
    // The page has it in two parts.
    prints_as_shown(&run(PROFILE), &[commands[1].1, commands[2].1]);
}

#[test]
fn a_profile_without_the_feature_says_what_it_wants() {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut cargo = clean_command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(OUTCOME.split(' ').skip(1)).args(["profile"]).current_dir(workspace());
    cargo.env("CARGO_TARGET_DIR", temporary.parent().expect("the target folder"));
    Run::of(cargo).fails().prints(&["checklist: a profile wants `--features dhat-heap`"]);
}

/// `usual.rs:76:44` and the blocks, of each line of a profile or of each row of a table.
fn blocks_by_line<'a>(rows: impl Iterator<Item = Vec<&'a str>>) -> BTreeMap<&'a str, &'a str> {
    let row = |cells: Vec<&'a str>| {
        let line = cells.iter().find(|cell| cell.contains(".rs:"))?.trim_matches('`');
        Some((line, *cells.first()?))
    };
    rows.filter_map(row).collect()
}

#[test]
fn each_line_of_the_profiles_is_in_a_table_and_is_categorized() {
    let page = page();
    let commands = commands(&page);
    let tables: Vec<_> = page.split("\n| blocks |").skip(1).collect();
    let kinds = BTreeSet::from(["necessary", "reducible", "eliminable"]);
    assert_eq!(tables.len(), 2);
    for (table, (_, profile)) in tables.iter().zip(&commands[1..]) {
        let rows = || {
            let rows = table.lines().take_while(|row| !row.is_empty()).filter(|row| row.contains(".rs:"));
            rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>())
        };
        let profiled = profile.lines().map(|line| line.split_whitespace().collect());
        assert_eq!(blocks_by_line(rows()), blocks_by_line(profiled));
        for row in rows() {
            assert!(row.len() == 5 && kinds.contains(row[3]), "{row:?}");
        }
    }
}
