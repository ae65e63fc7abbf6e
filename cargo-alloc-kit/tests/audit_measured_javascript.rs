//! The programs that show what the rules for TypeScript and JavaScript find: `before` and `after` give the same, and how much each
//! allocates is kept beside the rules. `MEASURED=overwrite cargo test -p cargo-alloc-kit --test audit_measured_javascript`
//! measures anew, by the script that `audit capture` loads, with every allocation sampled.

#[path = "audit_support/sum.rs"]
mod sum;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

const RULES: &str = include_str!("../src/audit/rules/javascript.yml");

fn rules_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/rules")
}

fn sample(rule: &str) -> PathBuf {
    rules_folder().join("samples/javascript").join(format!("{rule}.js"))
}

fn figures_file() -> PathBuf {
    rules_folder().join("measured/javascript.json")
}

/// The rules with a pattern or a linter.
fn rules() -> BTreeSet<String> {
    let has = |entry: &&str| entry.contains("\nrule:\n") || entry.contains("\nlinters:");
    let id = |entry: &str| entry.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    RULES.split("\n---\n").filter(has).map(id).collect()
}

/// What a program prints; None without node.
fn answer(rule: &str, which: &str) -> Option<String> {
    let ran = Command::new("node").arg(sample(rule)).arg(which).env_remove("NODE_OPTIONS").output().ok()?;
    assert!(ran.status.success(), "{rule} {which}: {}", String::from_utf8_lossy(&ran.stderr));
    Some(String::from_utf8(ran.stdout).unwrap())
}

#[test]
fn both_ways_give_the_same() {
    for rule in rules() {
        let Some(before) = answer(&rule, "before") else {
            println!("not tested: node cannot be run");
            return;
        };
        assert!(!before.trim().is_empty(), "{rule} prints nothing");
        assert_eq!(Some(before), answer(&rule, "after"), "{rule}");
    }
}

#[test]
fn every_rule_is_measured() {
    if std::env::var_os("MEASURED").is_some_and(|what| what == "overwrite") {
        overwrite();
    }
    let figures: BTreeMap<String, Value> =
        serde_json::from_str(&fs::read_to_string(figures_file()).unwrap()).unwrap();
    assert_eq!(figures.keys().cloned().collect::<BTreeSet<_>>(), rules());
    for (rule, figure) in &figures {
        let bytes =
            |which: &str| figure[which]["bytes"].as_u64().unwrap_or_else(|| panic!("{rule}: {which}"));
        let is_off = RULES.split("\n---\n").any(|entry| {
            entry.lines().next() == Some(&format!("id: {rule}")) && entry.contains("\non: false\n")
        });
        // What the advice does not help is off, or its note says what else it is for.
        let is_explained = is_off || !figure["note"].as_str().unwrap().is_empty();
        assert!(bytes("after") < bytes("before") || is_explained, "{rule}: {figure}");
    }
}

fn overwrite() {
    let before: BTreeMap<String, Value> = fs::read_to_string(figures_file())
        .ok()
        .map(|text| serde_json::from_str(&text).unwrap())
        .unwrap_or_default();
    let version = Command::new("node").arg("--version").output().expect("node");
    let version = String::from_utf8(version.stdout).unwrap();
    let profiler = format!("node {} HeapProfiler, each allocation", version.trim());
    let figure = |rule: String| {
        let nothing = measured(&rule, "nothing");
        let bytes =
            |which| json!({ "bytes": measured(&rule, which).saturating_sub(nothing), "blocks": null });
        // Notes are written by hand.
        let note = before.get(&rule).map_or(json!(""), |figure| figure["note"].clone());
        let figure = json!({ "profiler": profiler, "before": bytes("before"), "after": bytes("after"), "note": note, "sample": sum::of(&sample(&rule)) });
        (rule, figure)
    };
    let figures: BTreeMap<String, Value> = rules().into_iter().map(figure).collect();
    fs::write(figures_file(), serde_json::to_string_pretty(&figures).unwrap() + "\n").unwrap();
}

/// The bytes that were allocated in a program's functions, and in what they call.
fn measured(rule: &str, which: &str) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let preload = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/capture/node.cjs");
    let ran = Command::new("node")
        .arg(sample(rule))
        .arg(which)
        .env("NODE_OPTIONS", format!("--require \"{}\"", preload.display()))
        .env("ALLOC_KIT_NODE_FOLDER", folder.path())
        .env("ALLOC_KIT_NODE_INTERVAL", "1")
        .output()
        .unwrap();
    assert!(ran.status.success(), "{rule}: {}", String::from_utf8_lossy(&ran.stderr));
    let file = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let profile: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    bytes(&profile["head"], &format!("{rule}.js"), false)
}

fn bytes(node: &Value, script: &str, is_below: bool) -> u64 {
    let is_own = is_below || node["callFrame"]["url"].as_str().unwrap().ends_with(script);
    let own = if is_own { node["selfSize"].as_u64().unwrap() } else { 0 };
    own + node["children"].as_array().unwrap().iter().map(|child| bytes(child, script, is_own)).sum::<u64>()
}
