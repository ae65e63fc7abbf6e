//! Every rule against its own samples, and the files against the guide.

use std::collections::BTreeSet;

use super::*;
use crate::audit::scan::{Scanner, scan_text};

/// The lines that are marked.
fn marked(sample: &str) -> BTreeSet<u32> {
    let is_marked = |line: &str| line.trim_end().ends_with("// ~") || line.trim_end().ends_with("# ~");
    sample.lines().zip(1..).filter(|(line, _)| is_marked(line)).map(|(_, number)| number).collect()
}

#[test]
fn each_rule_finds_its_samples_and_nothing_else_in_them() {
    let scanner = Scanner::new(|_| true);
    let mut wrong = Vec::new();
    for rule in all().iter().filter(|rule| rule.has_pattern()) {
        assert!(!rule.matches.is_empty() && !rule.misses.is_empty(), "{} has no samples", rule.id);
        for grammar in rule.language.grammars() {
            for sample in rule.matches.iter().chain(&rule.misses) {
                let sample = &sample.replace("<10 kB>", &"x".repeat(10 * 1024));
                let found_in = scan_text(&scanner, rule.language, *grammar, "sample", sample);
                assert!(found_in.unparsed.is_none(), "{}: {:?} in\n{sample}", rule.id, found_in.unparsed);
                let of_rule = found_in.findings.iter().filter(|finding| finding.rule.id == rule.id);
                let found: BTreeSet<u32> = of_rule.map(|finding| finding.span.line).collect();
                if found != marked(sample) {
                    wrong.push(format!("{} ({grammar}) finds the lines {found:?} of\n{sample}", rule.id));
                }
            }
        }
        assert!(
            rule.matches.iter().all(|sample| !marked(sample).is_empty()),
            "{}: nothing is marked",
            rule.id
        );
        assert!(rule.misses.iter().all(|sample| marked(sample).is_empty()), "{}: a miss is marked", rule.id);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn entries_say_what_they_must() {
    let rows: BTreeSet<&str> = guide().iter().map(|row| row.id.as_str()).collect();
    let mut ids = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for rule in all() {
        assert!(ids.insert(&rule.id), "{} is there twice", rule.id);
        assert!(!rule.guide.is_empty(), "{} is of no row of the guide", rule.id);
        for row in &rule.guide {
            assert!(rows.contains(row.as_str()), "{}: the guide has no row {row}", rule.id);
        }
        let says_why = rule.on && (rule.has_pattern() || !rule.linters.is_empty());
        assert!(says_why == rule.reason.is_empty(), "{}: `reason` is for what is not looked for", rule.id);
        for (linter, code) in
            rule.linters.iter().flat_map(|(linter, of)| of.iter().map(move |code| (linter, code)))
        {
            // One code is one finding.
            assert!(codes.insert((linter, code)), "{}: {linter}'s {code} is of another rule, too", rule.id);
        }
        assert_eq!(rule.join == Join::PushLine, rule.grows.is_some(), "{}: `grows`", rule.id);
    }
}

#[test]
fn what_confirms_a_rule_is_of_another() {
    for rule in all() {
        for (linter, code) in
            rule.confirms.iter().flat_map(|(linter, of)| of.iter().map(move |code| (linter, code)))
        {
            let is_of = |other: &Rule| other.linters.get(linter).is_some_and(|codes| codes.contains(code));
            assert!(
                all().iter().any(|other| is_of(other) && other.id != rule.id),
                "{}: {code} is of no other",
                rule.id
            );
            assert!(rule.has_pattern(), "{}: nothing of its own to confirm", rule.id);
        }
    }
}

/// The programs that are measured, of every rule.
#[test]
fn each_measured_program_has_what_its_rule_finds() {
    let scanner = Scanner::new(|_| true);
    let mut wrong = Vec::new();
    for rule in all().iter().filter(|rule| rule.has_pattern() || !rule.linters.is_empty()) {
        let (folder, ending) = match rule.language {
            Language::Rust => ("rust", "rs"),
            Language::JavaScript => ("javascript", "js"),
            Language::Python => ("python", "py"),
        };
        let name = format!("{folder}/{}.{ending}", rule.id);
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/rules/samples").join(&name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (language, grammar) = Language::of(&path).unwrap();
        let found_in = scan_text(&scanner, language, grammar, &name, &text);
        let of_rule = found_in.findings.iter().filter(|finding| finding.rule.id == rule.id);
        let found: BTreeSet<u32> = of_rule.map(|finding| finding.span.line).collect();
        if found != marked(&text) || found.is_empty() == rule.has_pattern() {
            wrong.push(format!("{name}: found are {found:?}, and {:?} are marked", marked(&text)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
