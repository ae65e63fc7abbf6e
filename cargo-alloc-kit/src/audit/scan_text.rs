//! What a scan found: a line for each finding, as editors and terminals follow them, and counts below; or JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::finding::{Finding, Function, Lines, Linted, Span};
use super::gather::Gathered;
use super::language::Language;
use super::model::{Note, ScannedOf};
use super::rules::{Category, Confidence};
use super::walk::Skipped;
use crate::blocks::counted;
use crate::shell::{BOLD, FAINT};
use crate::table::count;
use crate::untrusted;

/// The version of the JSON.
const VERSION: u32 = 1;

/// For a person. Verbose is with the reasons, quiet without the counts by rule.
pub(super) fn human(gathered: &Gathered, verbose: bool, quiet: bool) -> String {
    let mut text = String::new();
    let mut by_rule: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in gathered.walked.files.iter().flat_map(|file| &file.scanned.findings) {
        *by_rule.entry(&finding.rule.id).or_default() += 1;
        line(&mut text, finding);
        if verbose {
            reasons(&mut text, finding);
        }
    }
    if !by_rule.is_empty() && !quiet {
        text.push('\n');
        let mut rules: Vec<_> = by_rule.into_iter().collect();
        rules.sort_by_key(|(id, findings)| (std::cmp::Reverse(*findings), *id));
        for (id, findings) in rules {
            let _ = writeln!(text, "{:>8}  {id}", count(findings));
        }
    }
    if !text.is_empty() && !quiet {
        text.push('\n');
    }
    for of in &gathered.scanned {
        let _ = writeln!(
            text,
            "{}: {} in {}, {}",
            of.language.name(),
            counted(of.findings as u64, "finding"),
            counted(of.files as u64, "file"),
            counted(of.lines, "line"),
        );
    }
    if !gathered.linters.is_empty() && !quiet {
        let _ = writeln!(text, "also asked: {}", gathered.linters.join(", "));
    }
    text
}

fn line(text: &mut String, finding: &Finding) {
    let Finding { rule, file, span, .. } = finding;
    let place = one_line(&format!("{file}:{}:{}", span.line, span.column));
    let _ = write!(text, "{BOLD}{place}{BOLD:#} {} [{}]", one_line(&finding.message), rule.id);
    let said = finding.linters.iter().map(|linted| format!("{} {}", linted.linter, linted.code));
    let said: Vec<String> = said.collect();
    if !said.is_empty() {
        let _ = write!(text, " {FAINT}({}){FAINT:#}", one_line(&said.join(", ")));
    }
    text.push('\n');
}

fn reasons(text: &mut String, finding: &Finding) {
    let rule = finding.rule;
    for (what, why) in [("why", &rule.why), ("fix", &finding.fix), ("leave it if", &rule.when_not)] {
        if !why.is_empty() {
            let _ = writeln!(text, "    {FAINT}{what}:{FAINT:#} {}", one_line(why.trim()));
        }
    }
}

/// A name of a file may have line breaks, and would look like a finding.
fn one_line(text: &str) -> String {
    untrusted::text_of(text).replace(['\n', '\t'], "\u{fffd}")
}

#[derive(Serialize)]
struct Json<'a> {
    alloc_kit_scan: u32,
    scanned: &'a [ScannedOf],
    /// Those that were asked, with their versions.
    linters: &'a [String],
    findings: Vec<OfFinding<'a>>,
    rules: BTreeMap<&'a str, OfRule<'a>>,
    skipped: &'a [Skipped],
    notes: &'a [Note],
}

#[derive(Serialize)]
struct OfFinding<'a> {
    rule: &'a str,
    language: Language,
    message: &'a str,
    fix: &'a str,
    file: &'a str,
    span: Span,
    lines: &'a [Lines],
    function: Option<&'a Function>,
    in_loop: bool,
    linters: &'a [Linted],
}

#[derive(Serialize)]
struct OfRule<'a> {
    findings: usize,
    guide: &'a [String],
    why: &'a str,
    fix: &'a str,
    when_not: &'a str,
    category: Category,
    confidence: Confidence,
}

/// For other tools: `cargo-alloc-kit/docs/audit-json.md` says what each field is.
pub(super) fn json(gathered: &Gathered) -> String {
    let mut rules = BTreeMap::new();
    let all = gathered.walked.files.iter().flat_map(|file| &file.scanned.findings);
    for rule in all.clone().map(|finding| finding.rule) {
        let entry = rules.entry(rule.id.as_str()).or_insert_with(|| OfRule {
            findings: 0,
            guide: &rule.guide,
            why: &rule.why,
            fix: &rule.fix,
            when_not: &rule.when_not,
            category: rule.category,
            confidence: rule.confidence,
        });
        entry.findings += 1;
    }
    let findings = all.map(|finding| OfFinding {
        rule: &finding.rule.id,
        language: finding.rule.language,
        message: &finding.message,
        fix: &finding.fix,
        file: &finding.file,
        span: finding.span,
        lines: &finding.lines,
        function: finding.function.as_deref(),
        in_loop: finding.in_loop,
        linters: &finding.linters,
    });
    let json = Json {
        alloc_kit_scan: VERSION,
        scanned: &gathered.scanned,
        linters: &gathered.linters,
        findings: findings.collect(),
        rules,
        skipped: &gathered.walked.skipped,
        notes: &gathered.notes,
    };
    let text = serde_json::to_string(&json);
    text.unwrap_or_else(|error| unreachable!("texts and numbers: {error}")) + "\n"
}
