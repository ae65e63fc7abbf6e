//! What a linter found, among the rules' own findings: one at the same place gains its word, and another place is a new one.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use super::{Codes, Columns, Found, Linter};
use crate::audit::finding::{Finding, Lines, Linted, Span};
use crate::audit::read;
use crate::audit::rules::Rule;
use crate::audit::scan::{Scanned, filled, number};
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
        let (Some(index), Some(rules)) = (index, codes.get(&found.code)) else { continue };
        if linter.columns() != Columns::Characters {
            let text = texts.entry(index).or_insert_with(|| text_of(&walked.files[index]));
            found.span = in_characters(text, found.span, linter.columns());
        }
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
        builtins: rule.builtins.iter().map(String::as_str).collect(),
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

    /// A file with these places, by a linter of its language.
    fn merged(found: &[(&str, u32, bool)]) -> Vec<(u32, bool, Vec<String>)> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.rs");
        fs::write(&path, SOURCE).expect("a file");
        let (language, grammar) = Language::of(&path).expect("Rust");
        let scanner = Scanner::new(|rule| rule.id == RULE);
        let found_in = scan_text(&scanner, language, grammar, "a.rs", SOURCE);
        let file = File {
            shown: "a.rs".to_owned(),
            path: path.clone(),
            language,
            read_as: ReadAs::Utf8,
            scanned: found_in,
        };
        let mut walked = Walked { files: vec![file], skipped: Vec::new() };
        let rule = rules::all().iter().find(|rule| rule.id == RULE).expect("the rule");
        let codes =
            Codes::from([("needless_collect".to_owned(), vec![rule]), ("clone".to_owned(), vec![rule])]);
        let found = found.iter().map(|(code, line, only_in_loops)| Found {
            file: path.clone(),
            code: (*code).to_owned(),
            message: "said".to_owned(),
            span: Span { line: *line, column: 9, end_line: *line, end_column: 12 },
            only_in_loops: *only_in_loops,
        });
        let mut found: Vec<Found> = found.collect();
        // Of a file that was not scanned.
        found.push(Found { file: folder.path().join("b.rs"), ..found[0].clone() });
        merge(Linter::Clippy, &codes, found, &mut walked);
        let findings = walked.files.remove(0).scanned.findings.into_iter();
        let of = |finding: Finding| {
            let said = finding.linters.iter().map(|linted| format!("{} {}", linted.linter, linted.code));
            (finding.span.line, finding.in_loop, said.collect())
        };
        findings.map(of).collect()
    }

    #[test]
    fn one_place_is_one_finding_however_many_say_it() {
        let said = |codes: &[&str]| codes.iter().map(|code| format!("clippy {code}")).collect::<Vec<_>>();
        let both = said(&["needless_collect", "clone"]);
        let twice = [("needless_collect", 2, false), ("clone", 2, false), ("needless_collect", 2, false)];
        assert_eq!(merged(&twice), [(2, false, both)]);
        // A place of its own is a finding of its own, and what nobody asked for is none.
        let others = [("needless_collect", 8, false), ("useless_vec", 8, false)];
        assert_eq!(merged(&others), [(2, false, vec![]), (8, false, said(&["needless_collect"]))]);
    }

    #[test]
    fn what_is_turned_off_or_outside_of_a_loop_is_no_finding() {
        let of =
            [("needless_collect", 11, false), ("clone", 8, true), ("clone", 99, false), ("clone", 6, true)];
        assert_eq!(merged(&of), [(2, false, vec![]), (6, true, vec!["clippy clone".to_owned()])]);
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
