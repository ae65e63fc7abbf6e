//! Verdicts of functions of which the truth is known: nothing is called `proven` that allocates, in truth or as it is counted.
//!
//! As a user has it built and judged, in release only; `prove_real/run.py` does it in all configurations.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test prove_corpus`

#![cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]

mod prove_support;
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use prove_support::{Truth, of_site, truths};
use serde_json::Value;
use support::{Run, alloc_kit};

/// By file, line and symbol: what the binaries of a package are said to be.
struct Judged {
    truths: Vec<Truth>,
    main: &'static str,
    /// Program, name of the truth, and the verdicts of its symbols.
    rows: Vec<(&'static str, usize, String, String)>,
    counts: BTreeMap<String, u64>,
}

fn package(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prove").join(name)
}

/// What is built and judged, as a user would have it; one target folder has the dependencies of both packages.
fn prove(package_name: &str, programs: &[&str], more: &[&str]) -> Value {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("prove-corpus");
    let mut command = alloc_kit();
    command.args(["prove", "--message-format", "json", "--quiet", "--locked", "--profile", "o3"]).args(more);
    command.args(programs.iter().flat_map(|program| ["--bin", program]));
    command.arg("--target-dir").arg(target).current_dir(package(package_name));
    let run = Run::of(command);
    serde_json::from_str(&run.stdout()).unwrap_or_else(|error| panic!("{error}: {run}"))
}

fn judged(name: &str, main: &'static str, programs: &[&'static str], counting: &[&str]) -> Judged {
    let (rows, counts) = (Vec::new(), BTreeMap::new());
    let mut judged = Judged { truths: truths(&package(name)), main, rows, counts };
    // Of what counts only a build is wanted: all programs have that function, which is small.
    let built = prove(name, counting, &["--function", "*__rust_dealloc"]);
    for binary in built["binaries"].as_array().expect("binaries") {
        let run = Run::of(Command::new(binary["path"].as_str().expect("a path"))).exits_with(0);
        let lines = run.stdout();
        for line in lines.lines().filter_map(|line| line.strip_prefix("counted\t")) {
            let (name, allocations) = line.split_once('\t').expect("a name and a number");
            judged.counts.insert(name.to_owned(), allocations.parse().expect("a number"));
        }
    }
    let proof = prove(name, programs, &[]);
    for program in programs {
        let binaries = proof["binaries"].as_array().expect("binaries");
        let binary = binaries.iter().find(|binary| binary["name"] == *program).expect("it was built");
        for row in binary["verdicts"].as_array().expect("verdicts") {
            judged.add(program, row);
        }
    }
    judged
}

impl Judged {
    fn add(&mut self, program: &'static str, row: &Value) {
        let (file, line) = (row["site"]["file"].as_str(), row["site"]["line"].as_u64());
        let truth =
            of_site(&self.truths, self.main, program, file.unwrap_or_default(), line.unwrap_or_default());
        let truth = truth.unwrap_or_else(|| panic!("no truth for {row}"));
        let at = self.truths.iter().position(|other| std::ptr::eq(other, truth)).expect("it is one of them");
        let text = |key: &str| row[key].as_str().expect("a text").to_owned();
        self.rows.push((program, at, text("symbol"), text("verdict")));
    }

    fn of(&self, at: usize) -> BTreeMap<&str, &str> {
        let rows = self.rows.iter().filter(|row| row.1 == at);
        rows.map(|(_, _, symbol, verdict)| (symbol.as_str(), verdict.as_str())).collect()
    }

    /// Each verdict against the truth, and both against the counts.
    fn is_right(&self) {
        let mut wrong = Vec::new();
        for (at, truth) in self.truths.iter().enumerate() {
            let verdicts = self.of(at);
            wrong.extend(truth.contradicted(&verdicts));
            wrong.extend(self.counted_wrongly(truth, &verdicts));
        }
        assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    }

    fn counted_wrongly(&self, truth: &Truth, verdicts: &BTreeMap<&str, &str>) -> Vec<String> {
        let is_proven =
            !verdicts.is_empty() && verdicts.values().all(|verdict| verdict.starts_with("proven"));
        let mut wrong = Vec::new();
        for (name, allocates) in truth.counted() {
            match self.counts.get(&name) {
                Some(0) if !allocates => {}
                Some(1..) if allocates && !is_proven => {}
                count => {
                    wrong.push(format!("`{name}` made {count:?} allocations: {}, {verdicts:?}", truth.kind));
                }
            }
        }
        wrong
    }

    /// What is called `may allocate` and never does.
    fn false_alarms(&self) -> Vec<String> {
        let truths = self.truths.iter().enumerate();
        truths.filter_map(|(at, truth)| truth.false_alarm(&self.of(at))).collect()
    }

    /// In percent: how many of those of a kind have the verdict that is true of them, and not one that says nothing.
    fn decided(&self, is_of: impl Fn(&str) -> bool) -> usize {
        let of = self.rows.iter().filter(|row| row.3 != "not-compiled" && is_of(&self.truths[row.1].kind));
        let (mut all, mut right) = (0, 0);
        for (_, at, _, verdict) in of {
            all += 1;
            right += usize::from(self.truths[*at].is_decided_by(verdict));
        }
        100 * right / all.max(1)
    }
}

/// That many are no defect of the engine that a compiler could not bring forth.
const MOST_FALSE_ALARMS: usize = 3;

#[test]
fn functions_over_real_crates() {
    let judged = judged("corpus", "prove-corpus", &["prove-corpus"], &["corpus-counted"]);
    judged.is_right();
    let decided = judged.decided(|_| true);
    assert!(decided >= 89, "only {decided} % are decided");
    let alarms = judged.false_alarms();
    assert!(alarms.len() <= MOST_FALSE_ALARMS, "false alarms:\n{}", alarms.join("\n"));
}

#[test]
fn functions_that_hide_what_they_allocate() {
    let programs = ["prove-adversarial", "bump", "wrapped"];
    let judged = judged("adversarial", programs[0], &programs, &["adversarial-counted", "bump", "wrapped"]);
    judged.is_right();
    // Their harmless twins are not all unknown, or alarms, which would be no feat.
    let decided = judged.decided(|kind| kind == "never");
    assert!(decided >= 60, "only {decided} % of the harmless ones are proven");
    let alarms = judged.false_alarms();
    assert!(alarms.len() <= MOST_FALSE_ALARMS, "false alarms:\n{}", alarms.join("\n"));
}
