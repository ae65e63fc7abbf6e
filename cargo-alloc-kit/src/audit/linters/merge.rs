//! What a linter found, among the rules' own findings: one at the same place gains its word, and another place is a new one.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use super::{Codes, Columns, Found, Linter, OfCode};
use crate::audit::finding::{Finding, Lines, Linted, Span};
use crate::audit::read;
use crate::audit::rules::{Join, Rule};
use crate::audit::scan::{filled, number};
use crate::audit::walk::{File, Walked};
use crate::untrusted;

/// What is in files that were not scanned (left out, generated, of a dependency) is dropped.
pub(super) fn merge(linter: Linter, codes: &Codes, found: Vec<Found>, walked: &mut Walked) {
    let real = |path: &PathBuf| fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let of = walked.files.iter().enumerate().filter(|(_, file)| file.language == linter.language());
    let files: HashMap<PathBuf, usize> = of.map(|(index, file)| (real(&file.path), index)).collect();
    // A file has many findings, and its path is asked for once.
    let mut known: HashMap<PathBuf, Option<usize>> = HashMap::new();
    let mut texts: HashMap<usize, String> = HashMap::new();
    for mut found in found {
        let index =
            *known.entry(found.file.clone()).or_insert_with_key(|path| files.get(&real(path)).copied());
        let (Some(index), Some(of)) = (index, codes.get(&found.code)) else { continue };
        if linter.columns() != Columns::Characters {
            let text = texts.entry(index).or_insert_with(|| text_of(&walked.files[index]));
            found.span = in_characters(text, found.span, linter.columns());
        }
        add(linter, of, &found, &mut walked.files[index]);
    }
    walked.files.iter_mut().for_each(|file| file.scanned.sort());
}

/// As it was scanned; of what can't be read any more the columns stay as they are.
fn text_of(file: &File) -> String {
    read::text(&file.path).map(|(text, _)| text).unwrap_or_default()
}

/// A span whose columns are counted otherwise.
fn in_characters(text: &str, span: Span, columns: Columns) -> Span {
    let column = |line: u32, column: u32| {
        let line = text.split('\n').nth(line.saturating_sub(1) as usize).filter(|line| !line.is_ascii());
        let Some(line) = line else { return column };
        let mut left = column.saturating_sub(1) as usize;
        let before = line.chars().take_while(|c| {
            let is_before = left > 0;
            left = left.saturating_sub(if columns == Columns::Bytes { c.len_utf8() } else { c.len_utf16() });
            is_before
        });
        number(before.count())
    };
    let Span { line, end_line, .. } = span;
    Span { column: column(line, span.column), end_column: column(end_line, span.end_column), ..span }
}

/// A word on what rules found at the place, or else a finding of the code's rule.
fn add(linter: Linter, of: &OfCode, found: &Found, file: &mut File) {
    let rule = of.rule;
    let span = found.span;
    let linted = Linted {
        linter: linter.name(),
        code: found.code.clone(),
        message: untrusted::text_of(&found.message),
    };
    let scanned = &mut file.scanned;
    let means = |finding: &&mut Finding| {
        let is_of = |rule: &&'static Rule| std::ptr::eq(finding.rule, *rule);
        (is_of(&rule) || of.confirms.iter().any(is_of)) && is_same_place(finding, span)
    };
    let mut is_known = false;
    for own in scanned.findings.iter_mut().filter(means) {
        if !own.linters.contains(&linted) {
            own.linters.push(linted.clone());
        }
        is_known = true;
    }
    if is_known {
        return;
    }
    let (function, in_loop) = scanned.around(span.line, span.column);
    // A closure is a function that begins where it is found.
    let in_loop = in_loop || scanned.around(span.line, span.column.saturating_sub(1)).1;
    if scanned.ignored.holds(&rule.id, span.line)
        || (found.only_in_loops || rule.is_of_loops()) && !in_loop
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
        builtins: rule.builtins.iter().map(String::as_str).collect(),
        function,
        in_loop,
        message: linted.message.clone(),
        fix: filled(&rule.fix, None),
        linters: vec![linted],
    });
}

/// Linters mark the method of a chain where a rule marks the chain, and what is pushed where a rule marks what grows.
fn is_same_place(finding: &Finding, other: Span) -> bool {
    let one = finding.span;
    let start = |span: Span| (span.line, span.column);
    let end = |span: Span| (span.end_line, span.end_column).max((span.line, span.column + 1));
    let grows =
        finding.rule.join == Join::PushLine && finding.lines.iter().any(|lines| lines.holds(other.line));
    grows || start(one) < end(other) && start(other) < end(one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::language::Language;
    use crate::audit::read::ReadAs;
    use crate::audit::rules;
    use crate::audit::scan::{Scanner, scan_text};

    const RULE: &str = "rust-collect-then-iter";
    const SOURCE: &str = "\
fn own(v: &[u32]) -> u32 {
    v.iter().map(|x| x + 1).collect::<Vec<_>>().iter().sum()
}
fn theirs(v: &[u32]) -> usize {
    for _ in v {
        all!(v);
    }
    all!(v).len()
}
fn off(v: &[u32]) -> usize {
    all!(v).len() // alloc-kit-ignore
}
";

    /// What a file has after these words: the code, its place, and whether it is of loops alone.
    fn merged(source: &str, found: &[(&str, Span, bool)]) -> Vec<(String, u32, bool, Vec<String>)> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.rs");
        fs::write(&path, source).expect("a file");
        let (language, grammar) = Language::of(&path).expect("Rust");
        let found_in = scan_text(&Scanner::new(|rule| rule.on), language, grammar, "a.rs", source);
        let file = File {
            shown: "a.rs".to_owned(),
            path: path.clone(),
            language,
            read_as: ReadAs::Utf8,
            scanned: found_in,
        };
        let mut walked = Walked { files: vec![file], skipped: Vec::new() };
        let mut codes = Linter::Clippy.codes(&|rule| rule.on);
        // A call of the inventory that a rule is on for.
        let rule = rules::find(RULE).expect("the rule");
        codes.insert("clone".to_owned(), OfCode { rule, confirms: Vec::new() });
        let found = found.iter().map(|(code, span, only_in_loops)| Found {
            file: path.clone(),
            code: (*code).to_owned(),
            message: "said".to_owned(),
            span: *span,
            only_in_loops: *only_in_loops,
        });
        let mut found: Vec<Found> = found.collect();
        // Of a file that was not scanned.
        found.push(Found { file: folder.path().join("b.rs"), ..found[0].clone() });
        merge(Linter::Clippy, &codes, found, &mut walked);
        let findings = walked.files.remove(0).scanned.findings.into_iter();
        let of = |finding: Finding| {
            let said = finding.linters.iter().map(|linted| linted.code.clone());
            (finding.rule.id.clone(), finding.span.line, finding.in_loop, said.collect())
        };
        findings.map(of).collect()
    }

    fn at(line: u32, column: u32) -> Span {
        Span { line, column, end_line: line, end_column: column + 3 }
    }

    fn of(rule: &str, line: u32, in_loop: bool, codes: &[&str]) -> (String, u32, bool, Vec<String>) {
        (rule.to_owned(), line, in_loop, codes.iter().map(|code| (*code).to_owned()).collect())
    }

    #[test]
    fn one_place_is_one_finding_however_many_say_it() {
        // The second confirms what the rule found itself, and makes nothing of its own rule there.
        let twice =
            [("clone", at(2, 9), false), ("needless_collect", at(2, 9), false), ("clone", at(2, 9), false)];
        assert_eq!(merged(SOURCE, &twice), [of(RULE, 2, false, &["clone", "needless_collect"])]);
        // A place of its own is a finding of its own, and what nobody asked for is none.
        let others = [("needless_collect", at(8, 9), false), ("str_to_string", at(8, 9), false)];
        let asked = of("rust-collect-then-ask", 8, false, &["needless_collect"]);
        assert_eq!(merged(SOURCE, &others), [of(RULE, 2, false, &[]), asked]);
    }

    #[test]
    fn two_places_of_a_line_are_two_findings() {
        let source = "fn f(a: &str, b: &str) -> bool {\n    g!(a) == g!(b) || g!(b) == g!(a)\n}\n";
        let both = [("cmp_owned", at(2, 5), false), ("cmp_owned", at(2, 23), false)];
        let one = of("rust-owned-compare", 2, false, &["cmp_owned"]);
        assert_eq!(merged(source, &both), [one.clone(), one]);
    }

    #[test]
    fn what_is_said_of_loops_is_said_in_loops() {
        let source = "fn f(n: u32) {\n    g!(n);\n    for _ in 0..n {\n        g!(n);\n    }\n}\n";
        let both =
            [("regex_creation_in_loops", at(2, 5), false), ("regex_creation_in_loops", at(4, 9), false)];
        assert_eq!(merged(source, &both), [of("rust-regex-in-loop", 4, true, &["regex_creation_in_loops"])]);
    }

    #[test]
    fn a_word_on_a_push_is_of_what_grows() {
        let source = "fn f(n: u32) -> Vec<u32> {\n    let mut v = Vec::new();\n    for i in 0..n {\n        v.push(i);\n    }\n    v\n}\n";
        let found = merged(source, &[("same_item_push", at(4, 9), false)]);
        assert_eq!(found, [of("rust-push-in-loop", 2, false, &["same_item_push"])]);
    }

    #[test]
    fn what_is_turned_off_or_outside_of_a_loop_is_no_finding() {
        let places = [
            ("needless_collect", at(11, 9), false),
            ("clone", at(8, 9), true),
            ("clone", at(99, 9), false),
            ("clone", at(6, 9), true),
        ];
        assert_eq!(merged(SOURCE, &places), [of(RULE, 2, false, &[]), of(RULE, 6, true, &["clone"])]);
    }

    #[test]
    fn columns_are_counted_in_characters() {
        let text = "x\nf('\u{1f600}\u{e4}', arguments)\n";
        let at = |column, end_column| Span { line: 2, column, end_line: 2, end_column };
        let of = |columns, span| in_characters(text, span, columns);
        assert_eq!(of(Columns::Utf16, at(9, 18)), at(8, 17));
        assert_eq!(of(Columns::Bytes, at(12, 21)), at(8, 17));
        // Beyond the line's end, and of a line that is not there.
        assert_eq!(of(Columns::Bytes, at(99, 99)), at(19, 19));
        let beyond = Span { line: 9, column: 3, end_line: 9, end_column: 4 };
        assert_eq!(of(Columns::Utf16, beyond), beyond);
    }
}
