//! The measured samples of the Rust rules: each rule has one, with figures, and `before` answers what `after` does.
//!
//! `MEASURED=overwrite` measures them all with valgrind, in release builds, and writes `measured/rust.json`.

#[path = "audit_support/sum.rs"]
mod sum;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
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

fn sample(id: &str) -> PathBuf {
    rules().join(format!("samples/rust/{id}.rs"))
}

/// Builds a sample, optimized, with lines for the profiler.
fn build(id: &str, into: &Path) -> PathBuf {
    let (source, program) = (sample(id), into.join(id));
    rustc(&["-O", "-g"], &source, &program);
    program
}

fn rustc(options: &[&str], source: &Path, program: &Path) {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let built = Command::new(rustc)
        .args(options)
        .args(["--edition", "2024", "--cap-lints", "allow", "-o"])
        .args([program, source])
        .output()
        .expect("rustc");
    assert!(built.status.success(), "{}: {}", source.display(), String::from_utf8_lossy(&built.stderr));
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
            json!({ "profiler": profiler, "before": less("before"), "after": less("after"), "note": note, "sample": sum::of(&sample(&id)) });
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

/// All samples are modules of one program, so that it is built once.
#[test]
fn before_answers_what_after_does() {
    let into = tempfile::tempdir().expect("a folder");
    let (mut modules, mut calls) = (String::new(), String::new());
    for (number, id) in ids().iter().enumerate() {
        let file = into.path().join(format!("sample_{number}.rs"));
        let both =
            "pub(super) fn both() -> [String; 2] {\n    [before().to_string(), after().to_string()]\n}\n";
        std::fs::write(&file, format!("{}\n{both}", read(&sample(id)))).expect("a file");
        let _ = writeln!(modules, "mod sample_{number};");
        let _ = writeln!(calls, "    println!(\"{id}\\t{{:?}}\", sample_{number}::both());");
    }
    let (source, program) = (into.path().join("all.rs"), into.path().join("all"));
    std::fs::write(&source, format!("{modules}fn main() {{\n{calls}}}\n")).expect("a file");
    rustc(&[], &source, &program);
    let ran = Command::new(&program).current_dir(into.path()).output().expect("the samples run");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let said = String::from_utf8(ran.stdout).expect("UTF-8");
    let answers = said.lines().filter_map(|line| line.split_once('\t'));
    let answers: BTreeMap<&str, Vec<String>> =
        answers.map(|(id, both)| (id, serde_json::from_str(both).expect("two texts"))).collect();
    assert_eq!(answers.len(), ids().len(), "{said}");
    for (id, both) in answers {
        assert!(!both[0].is_empty() && both[0] == both[1], "{id}: {both:?}");
    }
}
