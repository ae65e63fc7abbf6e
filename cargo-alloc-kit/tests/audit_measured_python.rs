//! What the rules for Python are worth: every rule has a program with a `before` and an `after` that do the same, and figures of both.
//!
//! `MEASURED=overwrite cargo test -p cargo-alloc-kit --test audit_measured_python` writes the figures, with the interpreter that
//! `PYTHON` names, which must have memray. Otherwise answers are compared, and that nothing is left out.

#[path = "audit_support/sum.rs"]
mod sum;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Prints how much time `after` takes of that of `before`.
const TIME: &str = "\
import runpy, sys, time
program, sys.argv = sys.argv[1], ['x', 'nothing']
names = runpy.run_path(program, run_name='__main__')
def least(function):
    times = []
    for _ in range(9):
        begun = time.perf_counter()
        function()
        times.append(time.perf_counter() - begun)
    return min(times)
print('%.2f' % (least(names['after']) / least(names['before'])))
";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    profiler: String,
    before: Cost,
    after: Cost,
    note: String,
    sample: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cost {
    bytes: u64,
    blocks: Option<u64>,
}

fn audit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit")
}

fn python() -> String {
    env::var("PYTHON").unwrap_or_else(|_| if cfg!(windows) { "python" } else { "python3" }.to_owned())
}

/// The ids of the rules, in their order.
fn rules() -> Vec<String> {
    let file = fs::read_to_string(audit().join("rules/python.yml")).unwrap();
    file.lines().filter_map(|line| line.strip_prefix("id: ")).map(str::to_owned).collect()
}

fn program(rule: &str) -> PathBuf {
    audit().join("rules/samples/python").join(format!("{rule}.py"))
}

/// What it prints, or why it cannot be run.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command.env("PYTHONHASHSEED", "0").output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

fn answer(rule: &str, which: &str) -> Result<String, String> {
    output(Command::new(python()).arg(program(rule)).arg(which))
}

/// What is allocated in all, and the most that was live, by the scripts of `audit capture`.
fn allocated(rule: &str, which: &str) -> (Cost, u64, String) {
    let folder = tempfile::tempdir().unwrap();
    let script = |name: &str| audit().join("capture/python").join(name);
    let mut record = Command::new(python());
    record.arg(script("record.py")).arg("memray").arg(folder.path()).arg(program(rule)).arg(which);
    output(&mut record).unwrap_or_else(|said| panic!("{rule}: {said}"));
    let profile = folder.path().join("profile.json");
    let mut convert = Command::new(python());
    convert.arg(script("convert.py")).arg(folder.path().join("memray.bin")).arg(&profile).args(["", "."]);
    output(&mut convert).unwrap_or_else(|said| panic!("{rule}: {said}"));
    let profile: Value = serde_json::from_slice(&fs::read(profile).unwrap()).unwrap();
    let sum = |key: &str| -> u64 {
        profile["pps"].as_array().unwrap().iter().map(|point| point[key].as_u64().unwrap()).sum()
    };
    let origin = profile["alloc-kit"]["origin"].as_str().unwrap().to_owned();
    (Cost { bytes: sum("tb"), blocks: Some(sum("tbk")) }, sum("gb"), origin)
}

fn measure(rule: &str) -> Measured {
    let (nothing, nothing_peak, origin) = allocated(rule, "nothing");
    let beyond = |which: &str| {
        let (cost, peak, _) = allocated(rule, which);
        let blocks = cost.blocks.unwrap_or(0).saturating_sub(nothing.blocks.unwrap_or(0));
        let cost = Cost { bytes: cost.bytes.saturating_sub(nothing.bytes), blocks: Some(blocks) };
        (cost, peak.saturating_sub(nothing_peak))
    };
    let ((before, before_peak), (after, after_peak)) = (beyond("before"), beyond("after"));
    let time = output(Command::new(python()).args(["-c", TIME]).arg(program(rule))).unwrap();
    let version =
        output(Command::new(python()).args(["-c", "import sys; print(*sys.version_info[:2], sep='.')"]));
    Measured {
        profiler: format!("{origin}, CPython {}", version.unwrap()),
        before,
        after,
        note: format!(
            "peak {before_peak} bytes before and {after_peak} after; `after` takes {time} of the time of `before`"
        ),
        sample: sum::of(&program(rule)),
    }
}

fn figures() -> PathBuf {
    audit().join("rules/measured/python.json")
}

#[test]
fn every_rule_is_measured() {
    let rules = rules();
    assert!(rules.len() > 30, "{rules:?}");
    if env::var("MEASURED").is_ok_and(|wish| wish == "overwrite") {
        let measured: BTreeMap<&str, Measured> =
            rules.iter().map(|rule| (rule.as_str(), measure(rule))).collect();
        let text = serde_json::to_string_pretty(&measured).unwrap();
        fs::create_dir_all(figures().parent().unwrap()).unwrap();
        fs::write(figures(), text + "\n").unwrap();
    }
    let text = fs::read_to_string(figures()).unwrap();
    let measured: BTreeMap<String, Measured> = serde_json::from_str(&text).unwrap();
    let of: Vec<&String> = measured.keys().collect();
    let mut expected: Vec<&String> = rules.iter().collect();
    expected.sort();
    assert_eq!(of, expected);
    for (rule, measured) in &measured {
        assert!(!measured.profiler.is_empty() && !measured.note.is_empty(), "{rule}");
    }
    let programs = fs::read_dir(audit().join("rules/samples/python")).unwrap().count();
    assert_eq!(programs, rules.len(), "a program of no rule");
}

/// Interpreters are not equally quick to start: a few programs are enough to see that they run.
#[test]
fn before_and_after_answer_the_same() {
    if let Err(why) =
        output(Command::new(python()).args(["-c", "import sys; assert sys.version_info >= (3, 10)"]))
    {
        return eprintln!("not tested: no Python from 3.10 on: {why}");
    }
    let all = env::var("MEASURED").is_ok();
    for rule in rules().iter().step_by(if all { 1 } else { 8 }) {
        let answers = (answer(rule, "before").unwrap(), answer(rule, "after").unwrap());
        assert_eq!(answers.0, answers.1, "{rule}");
        assert!(!answers.0.is_empty(), "{rule}");
        assert_eq!(answer(rule, "nothing").unwrap(), "", "{rule}");
    }
}
