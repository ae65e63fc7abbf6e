//! The measured samples of the Rust rules: each rule has one, with figures, and `before` answers what `after` does.
//!
//! `MEASURED=overwrite` measures them all with valgrind, in release builds, and writes `measured/rust.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/rules")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn ids() -> BTreeSet<String> {
    let text = read(&rules().join("rust.yml"));
    text.lines().filter_map(|line| line.strip_prefix("id: ")).map(str::to_owned).collect()
}

fn figures() -> BTreeMap<String, Value> {
    serde_json::from_str(&read(&rules().join("measured/rust.json"))).expect("measured/rust.json")
}

/// Builds a sample, optimized, with lines for the profiler.
fn build(id: &str, into: &Path) -> PathBuf {
    let (source, program) = (rules().join(format!("samples/rust/{id}.rs")), into.join(id));
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let built = Command::new(rustc)
        .args(["-O", "-g", "--edition", "2024", "--cap-lints", "allow", "-o"])
        .args([&program, &source])
        .output()
        .expect("rustc");
    assert!(built.status.success(), "{id}: {}", String::from_utf8_lossy(&built.stderr));
    program
}

fn answer(program: &Path, which: &str) -> String {
    let ran = Command::new(program).arg(which).output().expect("the sample runs");
    assert!(ran.status.success(), "{} {which}", program.display());
    String::from_utf8(ran.stdout).expect("UTF-8")
}

/// Bytes and blocks of a run, less the argument's own text.
fn measured(program: &Path, which: &str, into: &Path) -> (i64, i64) {
    let out = into.join("dhat.json");
    let ran = Command::new("valgrind")
        .args(["--tool=dhat", &format!("--dhat-out-file={}", out.display())])
        .args([program.as_os_str(), which.as_ref()])
        .output()
        .expect("valgrind");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let profile: Value = serde_json::from_str(&read(&out)).expect("a profile");
    let sum =
        |key: &str| profile["pps"].as_array().expect("pps").iter().filter_map(|pp| pp[key].as_i64()).sum();
    let (bytes, blocks): (i64, i64) = (sum("tb"), sum("tbk"));
    (bytes - i64::try_from(which.len()).expect("short"), blocks)
}

fn overwrite() {
    let into = tempfile::tempdir().expect("a folder");
    let version = Command::new("valgrind").arg("--version").output().expect("valgrind is installed");
    let version = String::from_utf8_lossy(&version.stdout).trim().replace('-', " ");
    let old = figures();
    let lines = ids().into_iter().map(|id| {
        let program = build(&id, into.path());
        let nothing = measured(&program, "nothing", into.path());
        let less = |which| {
            let (bytes, blocks) = measured(&program, which, into.path());
            json!({ "bytes": (bytes - nothing.0).max(0), "blocks": (blocks - nothing.1).max(0) })
        };
        let note = old.get(&id).map_or(json!(""), |old| old["note"].clone());
        let profiler = format!("{version} --tool=dhat");
        let figures =
            json!({ "profiler": profiler, "before": less("before"), "after": less("after"), "note": note });
        format!("  {}: {figures}", json!(id))
    });
    let text = format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"));
    std::fs::write(rules().join("measured/rust.json"), text).expect("measured/rust.json can be written");
}

#[test]
fn every_rust_rule_has_a_sample_and_figures() {
    if std::env::var("MEASURED").is_ok_and(|how| how == "overwrite") {
        overwrite();
    }
    let figures = figures();
    assert_eq!(figures.keys().cloned().collect::<BTreeSet<_>>(), ids());
    for (id, figure) in &figures {
        let bytes = |which: &str| figure[which]["bytes"].as_u64().expect("bytes");
        assert!(bytes("before") > bytes("after"), "{id}: what it advises saves nothing");
        let sample = read(&rules().join(format!("samples/rust/{id}.rs")));
        assert!(sample.contains("fn before()") && sample.contains("fn after()"), "{id}");
    }
}

/// One is enough: the others' answers are compared where all of them are measured anew.
#[test]
fn before_answers_what_after_does() {
    let into = tempfile::tempdir().expect("a folder");
    let all = std::env::var("MEASURED").is_ok_and(|how| how == "overwrite");
    for id in ids().iter().filter(|id| all || *id == "rust-cow") {
        let program = build(id, into.path());
        assert_eq!(answer(&program, "before"), answer(&program, "after"), "{id}");
    }
}
