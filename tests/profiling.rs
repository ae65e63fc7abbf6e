//! Profiles and type sizes: every command of examples/profiling.md is run, and prints what stands there.
//!
//! Run with: `cargo test -p alloc-kit-tests --test profiling`.

#[path = "fixtures/type_sizes/src/lib.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::all,
    clippy::pedantic,
    reason = "it is to be looked at"
)]
mod type_sizes;

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use alloc_kit::{Usage, assert_size, measure};
use serde_json::Value;
use support::run::Run;
use support::{Project, workspace};

const PROFILE: &str = "cargo run --release --features dhat-heap --example triage";

/// Figures depend on std, which has other ones for other systems.
const AS_DOCUMENTED: bool = cfg!(all(target_os = "linux", target_pointer_width = "64"));

fn page() -> String {
    fs::read_to_string(workspace().join("examples/profiling.md")).expect("the page")
}

/// The commands of the page, each with the lines of output that it shows.
fn commands(page: &str) -> Vec<(&str, Vec<&str>)> {
    let blocks = page.split("```console\n$ ").skip(1);
    let shown = blocks.map(|block| block.split("\n```").next().unwrap_or_default());
    shown
        .filter_map(|shown| shown.split_once('\n'))
        .map(|(command, out)| (command, out.lines().collect()))
        .collect()
}

/// Every line that the page shows is a line of what was printed.
fn printed_as_shown(run: &Run, shown: &[&str]) {
    assert!(!shown.is_empty(), "the page shows nothing of this:\n{run}");
    let (stdout, stderr) = (run.stdout(), run.stderr());
    let printed: BTreeSet<&str> = stdout.lines().chain(stderr.lines()).map(str::trim).collect();
    for line in shown {
        run.expect(printed.contains(line.trim()), &format!("examples/profiling.md shows {line:?}"));
    }
}

#[test]
fn the_page_has_these_commands() {
    let page = page();
    let commands: Vec<&str> = commands(&page).into_iter().map(|(command, _)| command).collect();
    assert_eq!(commands, [PROFILE, LARGE, LIST, &format!("{LIST} | top-type-sizes -w -s -h 100")]);
}

#[test]
fn triage_writes_profiles_that_dh_view_takes() {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = temporary.join("profiling");
    fs::create_dir_all(&folder).expect("a folder for the profiles");
    // Where it is run is where the profiles are to be, so not in the workspace; the same packages are built from here.
    let mut command = support::clean_command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(PROFILE.split(' ').skip(1)).arg("--manifest-path").arg(workspace().join("Cargo.toml"));
    command.env("CARGO_TARGET_DIR", temporary.parent().expect("the target folder"));
    command.env("CARGO_TERM_COLOR", "never").current_dir(&folder);
    let run = Run::of(command).succeeds();
    run.expect(!run.stdout().contains(" rounds"), "it should not have timed anything");

    let page = page();
    if AS_DOCUMENTED {
        printed_as_shown(&run, &commands(&page)[0].1);
    }
    for (file, way, total) in [("dhat-heap.json", "usual", "188,263"), ("dhat-heap-lean.json", "lean", "753")]
    {
        let text = fs::read_to_string(folder.join(file)).expect("a profile");
        let profile: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        dh_view_takes(file, &profile);
        let places = places(&profile, way);
        assert!(places.len() > 5, "{file} should name lines of {way}.rs: {places:#?}");
        if AS_DOCUMENTED {
            // As many as `measure` finds, in the table above.
            let blocks: u64 =
                profile["pps"].as_array().into_iter().flatten().map(|one| figure(one, "tbk")).sum();
            assert_eq!(grouped(blocks), total, "{file}");
            rows_are_as_found(&page, way, &places);
        }
    }
}

/// What `dh_view.js` checks when it loads a file: `buildTree` and `checkPP` there.
fn dh_view_takes(file: &str, profile: &Value) {
    for field in ["mode", "verb", "bklt", "bkacc", "tu", "Mtu", "cmd", "pid", "te", "tg", "tuth"] {
        assert!(profile.get(field).is_some(), "{file} has no field {field}");
    }
    let header = ["dhatFileVersion", "mode", "verb", "bklt"].map(|field| profile[field].clone());
    assert_eq!(header, [Value::from(2), "rust-heap".into(), "Allocated".into(), true.into()], "{file}");
    let frames = profile["ftbl"].as_array().expect("a table of frames");
    assert_eq!(frames[0], "[root]", "{file}");
    let points = profile["pps"].as_array().expect("program points");
    let mut locations = BTreeSet::new();
    for point in points {
        for field in ["tb", "tbk", "tl", "mb", "mbk", "gb", "gbk", "eb", "ebk"] {
            assert!(point[field].is_u64(), "{file}: {field} of {point}");
        }
        let location: Vec<&str> = frames_of(profile, point).collect();
        assert!(!location.is_empty(), "{file}: a point without frames");
        for frame in &location {
            let ours =
                frame.contains("alloc_kit::on") || frame.contains("dhat::") || frame.contains("__rust_alloc");
            assert!(!ours, "{file}: {frame} is none of the program's");
        }
        let shown = format!("{location:#?}");
        assert!(locations.insert(location), "{file}: `dh_view` refuses a repeated location\n{shown}");
    }
}

fn frames_of<'a>(profile: &'a Value, point: &'a Value) -> impl Iterator<Item = &'a str> {
    let indices = point["fs"].as_array().into_iter().flatten();
    indices.map(|index| {
        let index = usize::try_from(index.as_u64().expect("an index")).expect("an index");
        profile["ftbl"][index].as_str().expect("a frame of the table")
    })
}

#[derive(Debug, Default)]
struct Place {
    blocks: u64,
    bytes: u64,
    at_peak: u64,
}

fn figure(point: &Value, field: &str) -> u64 {
    point[field].as_u64().expect("a number")
}

/// The points by the innermost line of a way's source: `usual.rs:146:47`.
fn places(profile: &Value, way: &str) -> BTreeMap<String, Place> {
    let mut places = BTreeMap::<String, Place>::new();
    let source = format!("examples/triage/{way}.rs:");
    for point in profile["pps"].as_array().expect("program points") {
        let line = frames_of(profile, point).find_map(|frame| {
            let frame = frame.replace('\\', "/");
            let (_, line) = frame.split_once(&source)?;
            Some(format!("{way}.rs:{}", line.trim_end_matches(')')))
        });
        let Some(line) = line else { continue };
        let place = places.entry(line).or_default();
        place.blocks += figure(point, "tbk");
        place.bytes += figure(point, "tb");
        place.at_peak += figure(point, "gb");
    }
    places
}

/// The rows of the page's tables of places are the profile's.
fn rows_are_as_found(page: &str, way: &str, places: &BTreeMap<String, Place>) {
    let mut rows = 0;
    for row in page.lines().filter(|line| line.contains(&format!("| `{way}.rs:"))) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let line = cells[3].trim_matches('`');
        let place = places.get(line).unwrap_or_else(|| panic!("{line} is not in {places:#?}"));
        let found = [place.blocks, place.bytes, place.at_peak].map(grouped);
        assert_eq!(cells[..3], found, "{line}: the page, and the profile");
        let source = fs::read_to_string(workspace().join("examples/triage").join(format!("{way}.rs")));
        let number: usize = line.split(':').nth(1).and_then(|number| number.parse().ok()).expect("a line");
        assert!(source.is_ok_and(|source| source.lines().count() >= number), "{line} is in no source");
        rows += 1;
    }
    assert!(rows >= 3, "the page has {rows} places of the {way} way");
}

/// 1234567 as 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

const LARGE: &str = "cargo clippy -- -W clippy::large_futures";
const LIST: &str =
    "RUSTC_BOOTSTRAP=1 cargo rustc --release --target-dir target/type-sizes -- -Zprint-type-sizes";

/// One test, since there is one fixture.
#[test]
fn sizes_of_types() {
    let types = Project::copy_of("type_sizes");
    let page = page();
    let commands = commands(&page);
    let shown = |command: &str| &commands.iter().find(|(line, _)| *line == command).expect("on the page").1;

    let list = cargo(&types, LIST);
    if cfg!(target_pointer_width = "64") {
        printed_as_shown(&list, shown(LIST));
    }
    list.expect(!list.stdout().contains("Pair"), "what is used with no type has no size");
    // The traps: nothing when there is nothing to compile.
    let again = cargo(&types, LIST);
    again.expect(again.stdout().is_empty(), "a second run should not have printed anything");
    types.write("src/lib.rs", &types.read("src/lib.rs"));
    let touched = cargo(&types, LIST);
    touched.expect(touched.stdout() == list.stdout(), "it should have printed the same again");

    clippy_names_the_large_ones(&types, shown(LARGE));
    sorted(&list, &format!("{LIST} | top-type-sizes -w -s -h 100"), &commands);
}

fn cargo(types: &Project, command: &str) -> Run {
    let (variables, arguments) = command.split_once("cargo ").expect("a command of cargo");
    let variables: Vec<_> = variables.split_whitespace().filter_map(|one| one.split_once('=')).collect();
    types.cargo_with(&variables, &arguments.split(' ').collect::<Vec<_>>()).succeeds()
}

fn clippy_names_the_large_ones(types: &Project, shown: &[&str]) {
    if !types.cargo(&["clippy", "--version"]).succeeded() {
        eprintln!("not tested: clippy is not installed");
        return;
    }
    printed_as_shown(&cargo(types, LARGE), shown);
}

fn sorted(list: &Run, command: &str, commands: &[(&str, Vec<&str>)]) {
    let (_, shown) = commands.iter().find(|(line, _)| *line == command).expect("on the page");
    let (_, sorting) = command.split_once(" | ").expect("a pipe");
    if Command::new("top-type-sizes").arg("--version").output().is_err() {
        eprintln!("not tested: top-type-sizes is not installed");
        return;
    }
    let input = Path::new(env!("CARGO_TARGET_TMPDIR")).join("type-sizes.txt");
    fs::write(&input, list.stdout()).expect("write the list");
    let mut words = sorting.split(' ');
    let mut sort = Command::new(words.next().expect("a program"));
    sort.args(words).stdin(fs::File::open(&input).expect("the list"));
    printed_as_shown(&Run::of(sort).succeeds(), shown);
}

/// The table of what a size turns into.
#[test]
fn a_size_becomes_bytes() {
    assert_size!(type_sizes::LeanEvent <= 16, type_sizes::Event == 260);
    assert_eq!(size_of_val(&type_sizes::checksum()), 20_002);
    let page = page();
    let row = |call: &str, usage: &Usage| {
        let [allocations, bytes, peak] =
            [usage.allocations, usage.bytes_allocated, usage.peak_bytes].map(grouped);
        let row = format!("| `{call}` | {allocations} | {bytes} | {peak} |");
        assert!(page.contains(&row), "examples/profiling.md does not have {row}");
    };
    row("events(1000)", &measure(|| type_sizes::events(1000)).1);
    row("lean_events(1000)", &measure(|| type_sizes::lean_events(1000)).1);
    row("boxed()", &measure(type_sizes::boxed).1);
}
