//! What unit tests make up: an audit with a finding of each status, and texts that some format takes for its own.

use std::sync::Arc;

use super::finding::{Finding, Function, Lines, Linted, Span};
use super::language::Language;
use super::model::{Audit, Cost, Entry, HotLine, Note, Proposal, ScannedOf, Stack, Status, Total};
use super::rules::{self, Category, Rule};
use super::walk::Skipped;

/// What HTML, XML, a log of GitHub's, a terminal and a reader could take for something else.
pub(crate) const HOSTILE: &str = "<script>alert('x')</script>&amp;\"|`a`]]>\\--></title>\u{1b}[31m\u{202e}\u{0}\r\n::error::x\n##[error]x %, :";

/// A file whose name needs care in a URI, and on Windows.
pub(crate) const FILE: &str = "src/a b/ü%#?.rs";

pub(crate) fn rule(language: Language) -> &'static Rule {
    rules::all().iter().find(|rule| rule.language == language).expect("there is one")
}

pub(crate) fn finding(file: &str, line: u32, message: &str) -> Finding {
    let function = Function {
        name: "parse".to_owned(),
        class: Some("Parser".to_owned()),
        span: Span { line: line - 1, column: 1, end_line: line + 5, end_column: 2 },
        v8: ((line - 1, 1), (line - 1, 10)),
    };
    Finding {
        rule: rule(Language::Rust),
        file: file.into(),
        span: Span { line, column: 5, end_line: line, end_column: 20 },
        lines: vec![Lines { first: line, last: line }, Lines { first: line + 2, last: line + 3 }],
        builtins: Vec::new(),
        function: Some(Arc::new(function)),
        in_loop: true,
        linters: vec![Linted { linter: "clippy", code: "some_lint".to_owned(), message: message.to_owned() }],
        message: message.to_owned(),
        fix: "do without".to_owned(),
    }
}

pub(crate) fn entry(finding: Finding, status: Status, rank: f64) -> Entry {
    let function = Function::clone(finding.function.as_deref().expect("one"));
    let measured = matches!(status, Status::Measured { .. });
    let proposal = measured.then(|| Proposal {
        annotation: "#[alloc_budget(3)]".to_owned(),
        function,
        file: finding.file.to_string(),
        line: finding.span.line - 1,
        why: "3 allocations a call".to_owned(),
    });
    Entry {
        language: Language::Rust,
        status,
        category: Category::Eliminable,
        evidence: if measured { vec![format!("10 blocks, 1 at a time {HOSTILE}")] } else { Vec::new() },
        rank,
        proposal,
        finding,
    }
}

/// One finding of each status, all texts hostile.
pub(crate) fn audit() -> Audit {
    let cost = Cost { bytes: 1_234_567, blocks: Some(10) };
    let measured = Status::Measured { cost, ambiguous: vec![format!("x.rs:1 [{HOSTILE}]")] };
    let statuses = [
        (measured, 80.0),
        (Status::Zero, 0.0),
        (Status::Hint(HOSTILE.to_owned()), 0.0),
        (Status::Stale(HOSTILE.to_owned()), 0.0),
    ];
    let entries = statuses.into_iter().zip([10, 20, 30, 40]);
    let entries = entries.map(|((status, rank), line)| entry(finding(FILE, line, HOSTILE), status, rank));
    let hot = HotLine {
        language: Language::Python,
        file: "C:\\a\\b.py".to_owned(),
        line: 7,
        function: HOSTILE.to_owned(),
        cost: Cost { bytes: 500, blocks: None },
        category: None,
        evidence: vec![HOSTILE.to_owned()],
        rank: 20.0,
    };
    let frames = |last: &str| vec!["main".to_owned(), HOSTILE.to_owned(), last.to_owned()];
    Audit {
        entries: entries.collect(),
        hot: vec![hot],
        totals: vec![Total {
            file: "heap.json".to_owned(),
            origin: "valgrind".to_owned(),
            command: HOSTILE.to_owned(),
            all: Cost { bytes: 2_000_000, blocks: Some(30) },
            found: cost,
            hot: Cost { bytes: 500, blocks: None },
            elsewhere: Cost { bytes: 764_933, blocks: None },
        }],
        skipped: vec![Skipped { file: "big.py".to_owned(), why: HOSTILE.to_owned() }],
        notes: vec![Note { kind: "linter", text: HOSTILE.to_owned() }],
        scanned: vec![ScannedOf { language: Language::Rust, files: 2, lines: 100, findings: 4 }],
        stacks: vec![
            Stack { frames: frames("f;g"), cost },
            Stack { frames: frames("h"), cost: Cost { bytes: 500, blocks: None } },
        ],
        ..Audit::default()
    }
}
