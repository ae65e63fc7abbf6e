//! What a linter found, among the rules' own findings: one at the same place gains its word, and another place is a new one.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use super::{Codes, Found, Linter};
use crate::audit::finding::{Finding, Lines, Linted, Span};
use crate::audit::rules::Rule;
use crate::audit::scan::{Scanned, filled};
use crate::audit::walk::{File, Walked};
use crate::untrusted;

/// What is in files that were not scanned (left out, generated, of a dependency) is dropped.
pub(super) fn merge(linter: Linter, codes: &Codes, found: Vec<Found>, walked: &mut Walked) {
    let real = |path: &PathBuf| fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let of = walked.files.iter().enumerate().filter(|(_, file)| file.language == linter.language());
    let files: HashMap<PathBuf, usize> = of.map(|(index, file)| (real(&file.path), index)).collect();
    // A file has many findings, and its path is asked for once.
    let mut known: HashMap<PathBuf, Option<usize>> = HashMap::new();
    for found in found {
        let index =
            *known.entry(found.file.clone()).or_insert_with_key(|path| files.get(&real(path)).copied());
        let (Some(index), Some(rules)) = (index, codes.get(&found.code)) else { continue };
        let file = &mut walked.files[index];
        for rule in meant(rules, found.span, &file.scanned) {
            add(linter, rule, &found, file);
        }
    }
    walked.files.iter_mut().for_each(|file| file.scanned.sort());
}

/// The rules of a code that are meant at a place: those that found it themselves, or else one, so that one place is one finding.
fn meant(rules: &[&'static Rule], span: Span, scanned: &Scanned) -> Vec<&'static Rule> {
    let is_there = |rule: &&&'static Rule| {
        scanned
            .findings
            .iter()
            .any(|finding| std::ptr::eq(finding.rule, **rule) && is_same_place(finding.span, span))
    };
    let own: Vec<&'static Rule> = rules.iter().filter(is_there).copied().collect();
    if !own.is_empty() {
        return own;
    }
    let in_loop = scanned.around(span.line, span.column).1;
    let fits = rules.iter().find(|rule| rule.id.ends_with("-in-loop") == in_loop);
    fits.or(rules.first()).copied().into_iter().collect()
}

fn add(linter: Linter, rule: &'static Rule, found: &Found, file: &mut File) {
    let span = found.span;
    let linted = Linted {
        linter: linter.name(),
        code: found.code.clone(),
        message: untrusted::text_of(&found.message),
    };
    let scanned = &mut file.scanned;
    let mut same = scanned.findings.iter_mut().filter(|finding| std::ptr::eq(finding.rule, rule));
    if let Some(own) = same.find(|finding| is_same_place(finding.span, span)) {
        if !own.linters.contains(&linted) {
            own.linters.push(linted);
        }
        return;
    }
    let (function, in_loop) = scanned.around(span.line, span.column);
    if scanned.ignored.holds(&rule.id, span.line)
        || found.only_in_loops && !in_loop
        || span.line > scanned.lines
    {
        return;
    }
    let function = function.cloned();
    scanned.findings.push(Finding {
        rule,
        file: file.shown.as_str().into(),
        span,
        lines: vec![Lines { first: span.line, last: span.end_line }],
        function,
        in_loop,
        message: linted.message.clone(),
        fix: filled(&rule.fix, None),
        linters: vec![linted],
    });
}

/// Linters mark the method of a chain where a rule marks the chain, and the head of a loop where it marks the body.
fn is_same_place(one: Span, other: Span) -> bool {
    let start = |span: Span| (span.line, span.column);
    let end = |span: Span| (span.end_line, span.end_column).max((span.line, span.column + 1));
    one.line == other.line || start(one) < end(other) && start(other) < end(one)
}
