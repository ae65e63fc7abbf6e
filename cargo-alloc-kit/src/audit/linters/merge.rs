//! What a linter found, among the rules' own findings: one at the same place gains its word, and another place is a new one.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use super::{Codes, Columns, Found, Linter};
use crate::audit::finding::{Finding, Lines, Linted, Span};
use crate::audit::read;
use crate::audit::rules::Rule;
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
        let (Some(index), Some(rules)) = (index, codes.get(&found.code)) else { continue };
        if linter.columns() != Columns::Characters {
            let text = texts.entry(index).or_insert_with(|| text_of(&walked.files[index]));
            found.span = in_characters(text, found.span, linter.columns());
        }
        for rule in rules {
            add(linter, rule, &found, &mut walked.files[index]);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

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
