//! The table of docs/trust.md.

use std::collections::BTreeMap;
use std::env;

use super::jobs::{JOBS, Job, THREAD_HANDLE};
use super::support::run::Run;
use super::support::{self, Project};
use super::{Counted, page};

const PAGE: &str = "docs/trust.md";
const MARK: &str = "differential";
const TITLE: &str = "Counted in debug / in release with Rust 1.";

/// Compares the table with what was counted, in debug and in release, if it is of this compiler.
pub(super) fn compare(project: &Project, counted: &[Vec<Counted>; 2]) {
    if !cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")) {
        eprintln!("not compared: the table is of x86-64 Linux with glibc");
        return;
    }
    let title = format!("{TITLE}{}, on x86-64 Linux with glibc:", minor_version());
    let found = page::between_marks(PAGE, MARK);
    let first = found.lines().next().unwrap_or_default();
    if first.starts_with(TITLE) && first != title && env::var_os("TRUST").is_none() {
        eprintln!("not compared, as it is another compiler: {first:?} in {PAGE}, {title:?} here");
        return;
    }
    page::assert_holds(PAGE, MARK, &lines(title, &versions(project), counted));
}

/// The compiler's version, without what does not change the standard library's counts.
fn minor_version() -> String {
    let mut rustc = support::clean_command("rustc");
    rustc.arg("-V");
    let version = Run::of(rustc).succeeds().stdout();
    let minor = version.strip_prefix("rustc 1.").and_then(|rest| rest.split('.').next());
    let minor = minor.unwrap_or_else(|| panic!("no version: {version:?}")).to_owned();
    if version.contains("nightly") { minor + " (nightly)" } else { minor }
}

/// The versions of the crates that the jobs are of.
fn versions(project: &Project) -> BTreeMap<String, String> {
    let tree = ["tree", "--quiet", "--depth", "1", "--edges", "normal", "--prefix", "none"];
    let tree = project.cargo(&tree).succeeds().stdout();
    let packages = tree.lines().filter_map(|line| line.split_once(" v"));
    // `1.2.2+spec-1.1.0`.
    let version = |rest: &str| rest.split(['+', ' ']).next().unwrap_or_default().to_owned();
    packages.map(|(name, rest)| (name.to_owned(), version(rest))).collect()
}

fn lines(
    title: String,
    versions: &BTreeMap<String, String>,
    [debug, release]: &[Vec<Counted>; 2],
) -> Vec<String> {
    let mut lines = vec![title, String::new()];
    lines.push(
        "| crate | job | allocations | of them reallocations | bytes | dhat crate | valgrind | `malloc` |"
            .to_owned(),
    );
    lines.push("|---|---|---|---|---|---|---|---|".to_owned());
    for ((job, debug), release) in JOBS.iter().zip(debug).zip(release) {
        let version = versions.get(job.name).map(|version| format!(" {version}")).unwrap_or_default();
        let both = |of: fn(&Counted) -> i128| both(of(debug), of(release));
        let reallocations = match (debug.reallocations, release.reallocations) {
            (Some(debug), Some(release)) => self::both(debug, release),
            _ => "threads'".to_owned(),
        };
        let shrunk = match both(|counted| counted.shrunk) {
            none if none == "0" => "equal".to_owned(),
            shrunk => format!("+ {shrunk} shrunk"),
        };
        let cells = [
            format!("{}{version}", job.name),
            job.does.to_owned(),
            both(|counted| counted.allocations),
            reallocations,
            both(|counted| counted.bytes),
            shrunk.clone(),
            outside(job, &shrunk, true),
            outside(job, "equal", false),
        ];
        lines.push(format!("| {} |", cells.join(" | ")));
    }
    lines
}

/// What a counter of `malloc` has that a global allocator does not see: `base` are shrinks, or nothing.
fn outside(job: &Job, base: &str, of_process: bool) -> String {
    let mut more = Vec::new();
    let [calls, bytes] = job.by_c;
    if calls > 0 {
        more.push(format!("+ {calls} by C ({} bytes)", digits(bytes)));
    }
    if job.threads > 0 {
        more.push(format!("+ {} handles of threads ({} bytes each)", job.threads, THREAD_HANDLE));
        if of_process {
            more.push("+ the C library's for threads".to_owned());
        }
    }
    let [grown, shrunk, _] = job.over_aligned;
    if grown > 0 && !of_process {
        more.push(format!("{grown} grown anew, + {shrunk} shrunk anew"));
    }
    if more.is_empty() {
        return base.to_owned();
    }
    if base != "equal" {
        more.insert(0, base.to_owned());
    }
    more.join(", ")
}

/// A figure in debug and in release, once if they are the same.
fn both(debug: i128, release: i128) -> String {
    if debug == release { digits(debug) } else { format!("{} / {}", digits(debug), digits(release)) }
}

/// `1,234,567`.
fn digits(number: i128) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut groups: Vec<&str> =
        (0..digits.len() / 3).map(|n| &digits[first + 3 * n..first + 3 * n + 3]).collect();
    if first > 0 {
        groups.insert(0, &digits[..first]);
    }
    groups.join(",")
}
