//! Two crates of others, as they are published: httpdate 1.0.3 and semver 1.0.28, whose packages have their tests in them. Cargo gets
//! the sources, a patch of `real_projects/` puts budgets on what is called often, and their own tests are run by `cargo alloc-kit test`.
//! Then a commit of somebody's breaks a budget, and another one renames a function; shards of a run come to the same as the run.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test real_projects`.

#[path = "support/companion.rs"]
#[allow(dead_code, reason = "every test uses its part of it")]
mod companion;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use companion::projects::{clean_command, run::Run};
use companion::{Project, cargo, companion as run, exits, folder, library, lock, workspace};
use serde_json::Value;

/// The published sources, with budgets.
fn annotated(name: &str) -> Project {
    let sources = Project::copy_from(&workspace().join("cargo-alloc-kit/tests/fixtures/real"));
    let metadata = cargo(&sources, "", &["metadata", "--locked", "--format-version", "1"]).succeeds();
    let metadata: Value = serde_json::from_str(&metadata.stdout()).expect("JSON");
    let package = metadata["packages"].as_array().expect("packages").iter().find(|of| of["name"] == name);
    let manifest = package.expect("the package")["manifest_path"].as_str().expect("a path");
    let project = folder();
    copy(Path::new(manifest).parent().expect("a folder"), &project.path(""));
    lock(&project, "");
    patch(&project, name);
    project
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&to).expect("a new folder");
            copy(&entry.path(), &to);
        } else {
            // Not `fs::copy`: sources of a registry may be read-only.
            fs::write(&to, fs::read(entry.path()).expect("a file")).expect("a new file");
        }
    }
}

/// Applies `real_projects/NAME.patch`, by git or, without it, by `patch`.
fn patch(project: &Project, name: &str) {
    let path = workspace().join(format!("cargo-alloc-kit/tests/real_projects/{name}.patch"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = text.replace('\r', "").replace("../../../alloc-kit", &library().replace('\\', "/"));
    let mut command = clean_command("git");
    command.arg("apply");
    if clean_command("git").arg("--version").output().is_err() {
        command = clean_command("patch");
        command.arg("-p1");
    }
    let mut child = command
        .current_dir(project.path(""))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}, to apply patches: {error}"));
    child.stdin.take().expect("its input").write_all(text.as_bytes()).expect("the patch is taken");
    assert!(child.wait().expect("it ends").success(), "{name}.patch does not apply");
}

fn test(project: &Project, more: &[&str]) -> Run {
    run(project, "", &[&["test"], more].concat())
}

/// What is known of each budget in a file of a run, by its place: over all shards calls are added up, the most and the least hold.
fn known(file: &PathBuf) -> BTreeMap<String, (u64, i64, i64, bool)> {
    let run: Value = serde_json::from_slice(&fs::read(file).expect("a file")).expect("JSON");
    let mut known: BTreeMap<String, (u64, i64, i64, bool)> = BTreeMap::new();
    for budget in
        run["shards"].as_array().expect("shards").iter().flat_map(|of| of["budgets"].as_array().unwrap())
    {
        let (site, seen) = (&budget["site"], &budget["seen"]);
        let figure = |key: &str, none: i64| seen[key]["allocations"].as_i64().unwrap_or(none);
        let of = known.entry(format!("{}:{} {}", site["file"], site["line"], site["path"])).or_insert((
            0,
            i64::MIN,
            i64::MAX,
            false,
        ));
        of.0 += seen["calls"].as_u64().expect("calls");
        of.1 = of.1.max(figure("most", i64::MIN));
        of.2 = of.2.min(figure("room", i64::MAX));
        of.3 |= seen["verdict"] == "held";
    }
    known
}

const HTTPDATE: &str = "\
function                            budget      most used  room left  calls  verdict
httpdate::date::HttpDate::cmp       0                   0          0      2  held
httpdate::date::HttpDate::from_str  0                   0          0     17  held
httpdate::date::toint_2             0                   0          0     60  held
httpdate::fmt_http_date             1                   1          0      2  held
                                    bytes = 32         29          3
httpdate::from                      1                   -          -      0  never exercised
httpdate::parse_http_date           0                   0          0     16  held
";

/// Who called the one that broke was left by its panic.
const HTTPDATE_BROKEN: &str = "\
function                            budget      most used  room left  calls  verdict
httpdate::date::HttpDate::cmp       0                   0          0      2  held
httpdate::date::HttpDate::from_str  0                   1         -1      4  broken
httpdate::date::toint_2             0                   0          0     16  held
httpdate::fmt_http_date             1                   1          0      2  held
                                    bytes = 32         29          3
httpdate::from                      1                   -          -      0  never exercised
httpdate::parse_http_date           0                   -          -      3  not verified: left by a panic
";

#[test]
fn httpdate() {
    let project = annotated("httpdate");
    // What a table says must not depend on the optimiser, and there is no doctest.
    let held = exits(test(&project, &[]), 0).prints(&["test tests::test_rfc_example ... ok"]);
    assert_eq!(held.stdout(), HTTPDATE);
    let denied = exits(test(&project, &["--deny", "never-exercised"]), 5);
    assert_eq!(denied.stdout(), HTTPDATE);

    // Somebody's commit copies the text that is parsed: four tests are red, and it is told where.
    patch(&project, "httpdate-broken");
    let place = project.place("src/date.rs", "s.trim().to_owned()", "to_owned");
    let broken = exits(test(&project, &[]), 3);
    assert_eq!(broken.stdout(), HTTPDATE_BROKEN);
    broken.prints(&[
        "`HttpDate::from_str` made 1 heap allocation (29 bytes); its budget is 0",
        &format!("--> {place}\n"),
    ]);
    let json = exits(test(&project, &["--message-format", "json"]), 3).stdout();
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let budgets = json["platforms"][0]["budgets"].as_array().expect("budgets");
    let from_str =
        budgets.iter().find(|of| of["site"]["path"] == "httpdate::date::from_str").expect("the budget");
    assert_eq!((&from_str["seen"]["verdict"], &from_str["seen"]["broken"]), (&"broken".into(), &4.into()));
    assert_eq!(from_str["site"]["file"], "src/date.rs");
}

const SEMVER: &str = "\
function                     budget  most used  room left  calls  verdict
semver::Prerelease::new      1               1          0      6  held
semver::Version::parse       2               2          0    323  held
semver::VersionReq::matches  0               0          0    213  held
semver::VersionReq::parse    2               1          1    127  held
semver::cmp_precedence       0               -          -      0  never exercised
semver::matches              0               -          -      0  never exercised
";

/// Shards: each test program on a machine of its own, and the parts that nextest makes.
#[test]
fn semver() {
    let project = annotated("semver");
    let programs = ["--test", "test_version", "--test", "test_version_req"];
    let [whole, first, second, merged, again] =
        ["whole", "first", "second", "merged", "again"].map(|name| format!("{name}.json"));
    let table = exits(test(&project, &[&programs[..], &["--out", &whole]].concat()), 0);
    assert_eq!(table.stdout(), SEMVER);
    exits(test(&project, &["--test", "test_version", "--out", &first]), 0);
    exits(test(&project, &["--test", "test_version_req", "--out", &second]), 0);
    exits(run(&project, "", &["merge", &first, &second, "--out", &merged]), 0);
    assert_eq!(known(&project.path(&whole)), known(&project.path(&merged)));
    assert_ne!(known(&project.path(&whole)), known(&project.path(&first)));
    // In the other order, and a shard that came twice, it is the same file.
    exits(run(&project, "", &["merge", &second, &merged, &first, "--out", &again]), 0);
    assert_eq!(project.read(&merged), project.read(&again));

    if !cargo(&project, "", &["nextest", "--version"]).succeeded() {
        assert!(std::env::var_os("CI").is_none(), "CI has to install cargo-nextest");
        eprintln!("not tested: cargo-nextest is not installed");
        return;
    }
    let nextest = |partition: &[&str], out: &str| {
        let arguments = [&["--nextest"], &programs[..], partition, &["--out", out]].concat();
        exits(test(&project, &arguments), 0)
    };
    let [of_all, one, two] = ["of-all", "one", "two"].map(|name| format!("{name}.json"));
    nextest(&[], &of_all);
    nextest(&["--partition", "count:1/2"], &one);
    nextest(&["--partition", "count:2/2"], &two);
    exits(run(&project, "", &["merge", &one, &two, "--out", &again]), 0);
    assert_eq!(known(&project.path(&of_all)), known(&project.path(&again)));
    assert_eq!(known(&project.path(&whole)), known(&project.path(&again)), "by whatever they were run");
}
