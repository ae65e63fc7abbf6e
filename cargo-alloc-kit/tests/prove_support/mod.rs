//! What the sources of `fixtures/prove` say of their functions, and whether a verdict contradicts it. `prove_real/` has the same for
//! all configurations, and says more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What is true of a function: `fixtures/prove/corpus/src/lib.rs` tells the kinds, `prove_real/truth.py` the flags.
#[derive(Debug)]
pub(crate) struct Truth {
    file: String,
    line: u64,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// How many instances may be proven, and how many may allocate, if they are not all the same.
    instances: Option<(usize, usize)>,
    is_run: bool,
    /// `may allocate` is the only right verdict.
    is_found: bool,
}

impl Truth {
    /// The binary that it is judged in.
    pub(crate) fn program<'t>(&'t self, main: &'t str) -> &'t str {
        let inner = self.file.strip_prefix("src/bin/").and_then(|file| file.strip_suffix(".rs"));
        inner.unwrap_or(main)
    }

    /// The names that its allocations are counted under, and whether there have to be some, or none.
    pub(crate) fn counted(&self) -> Vec<(String, bool)> {
        match self.kind.as_str() {
            _ if !self.is_run => Vec::new(),
            "instances" => {
                vec![(format!("{} never", self.name), false), (format!("{} allocates", self.name), true)]
            }
            "never" | "panic" => vec![(self.name.clone(), false)],
            "allocates" => vec![(self.name.clone(), true)],
            _ => Vec::new(),
        }
    }

    /// What is wrong with the verdicts of its instances, each with its symbol.
    pub(crate) fn contradicted(&self, verdicts: &BTreeMap<&str, &str>) -> Option<String> {
        let good = verdicts.values().filter(|verdict| verdict.starts_with("proven")).count();
        let is_wrong = match (self.kind.as_str(), self.instances) {
            (_, Some((never, _))) => good > never,
            ("allocates" | "depends", None) => good > 0,
            ("panic", None) => verdicts.values().any(|verdict| *verdict == "proven"),
            _ => false,
        };
        let is_missed = self.is_found && verdicts.values().any(|verdict| *verdict != "may-allocate");
        (is_wrong || is_missed || verdicts.is_empty()).then(|| {
            format!("{}:{} `{}` is: {}; and not {verdicts:?}", self.file, self.line, self.name, self.kind)
        })
    }

    /// If more of its instances are said to allocate than do.
    pub(crate) fn false_alarm(&self, verdicts: &BTreeMap<&str, &str>) -> Option<String> {
        let alarms = verdicts.values().filter(|verdict| **verdict == "may-allocate").count();
        let most = match (self.kind.as_str(), self.instances) {
            (_, Some((_, allocate))) => allocate,
            ("never" | "panic" | "excepted", None) => 0,
            _ => usize::MAX,
        };
        (alarms > most).then(|| {
            format!("{}:{} `{}` is: {}; and not {verdicts:?}", self.file, self.line, self.name, self.kind)
        })
    }

    /// Whether a verdict says what is true of it; of instances either may be.
    pub(crate) fn is_decided_by(&self, verdict: &str) -> bool {
        let is_proven = verdict.starts_with("proven");
        match self.kind.as_str() {
            "never" | "panic" | "excepted" => is_proven,
            "instances" => is_proven || verdict == "may-allocate",
            _ => verdict == "may-allocate",
        }
    }
}

/// All truths of a package, by file and line.
pub(crate) fn truths(package: &Path) -> Vec<Truth> {
    let mut all = Vec::new();
    for folder in ["src", "src/bin"] {
        let entries = fs::read_dir(package.join(folder));
        for entry in entries.into_iter().flatten() {
            let name = entry.expect("an entry").file_name().into_string().expect("a name");
            if Path::new(&name).extension().is_some_and(|extension| extension == "rs") {
                of_file(package, &format!("{folder}/{name}"), &mut all);
            }
        }
    }
    let mut names: Vec<String> = all.iter().flat_map(Truth::counted).map(|(name, _)| name).collect();
    names.sort_unstable();
    let before = names.len();
    names.dedup();
    assert_eq!(names.len(), before, "counts are told by name");
    all
}

fn of_file(package: &Path, file: &str, all: &mut Vec<Truth>) {
    let text = fs::read_to_string(package.join(file)).expect("a source");
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(truth) = line.trim_start().strip_prefix("// truth: ") else { continue };
        let name = lines[at + 1..].iter().find_map(|line| name_of(line)).expect("a function below the truth");
        let counts = truth.strip_prefix("instances never=").and_then(|rest| rest.split_once(" allocates="));
        let flags = truth.split(':').next().unwrap_or_default();
        let kind = flags.split([',', ' ']).next().unwrap_or_default();
        assert!(
            ["never", "panic", "allocates", "depends", "instances", "excepted"].contains(&kind),
            "{file}:{}: no truth that is known",
            at + 1
        );
        all.push(Truth {
            file: file.to_owned(),
            line: at as u64 + 1,
            name: name.to_owned(),
            kind: kind.to_owned(),
            instances: counts
                .map(|(never, some)| (never.parse().expect("a number"), some.parse().expect("one"))),
            is_run: !flags.contains("not run"),
            is_found: flags.contains("found"),
        });
    }
}

fn name_of(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let is_item = before.is_empty() || before.ends_with([' ', '\t']);
    let end = after.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
    (is_item && end > 0 && !before.contains("//")).then(|| &after[..end])
}

/// The truth that stands last above a place in a file.
pub(crate) fn of_site<'t>(
    truths: &'t [Truth],
    main: &str,
    program: &str,
    file: &str,
    line: u64,
) -> Option<&'t Truth> {
    truths
        .iter()
        .filter(|truth| {
            truth.program(main) == program && Path::new(file).ends_with(&truth.file) && truth.line < line
        })
        .max_by_key(|truth| truth.line)
}
