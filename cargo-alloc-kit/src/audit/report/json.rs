//! All of an audit for other programs: `cargo-alloc-kit/docs/audit-json.md` says what each field is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::words;
use crate::audit::finding::{Function, Lines, Linted, Span};
use crate::audit::language::Language;
use crate::audit::model::{Audit, Entry, HotLine, Note, Proposal, ScannedOf, Stack, Status, Total};
use crate::audit::rules::{Category, Confidence, Join, Rule};
use crate::audit::walk::Skipped;

/// The version of what is written.
const VERSION: u64 = 1;

#[derive(Serialize)]
struct Text<'a> {
    alloc_kit_audit: u64,
    counts: BTreeMap<&'static str, usize>,
    scanned: &'a [ScannedOf],
    profiles: &'a [Total],
    findings: Vec<Found<'a>>,
    hot: Vec<Hot<'a>>,
    skipped: &'a [Skipped],
    notes: &'a [Note],
    /// Those that findings are of.
    rules: BTreeMap<&'a str, OfRule<'a>>,
    stacks: &'a [Stack],
}

#[derive(Serialize)]
struct Found<'a> {
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
    status: &'static str,
    why: Option<&'a str>,
    bytes: Option<u64>,
    blocks: Option<u64>,
    ambiguous: &'a [String],
    category: Category,
    evidence: &'a [String],
    rank: f64,
    proposal: Option<&'a Proposal>,
}

#[derive(Serialize)]
struct Hot<'a> {
    language: Language,
    file: &'a str,
    line: u32,
    function: &'a str,
    bytes: u64,
    blocks: Option<u64>,
    category: Option<Category>,
    evidence: &'a [String],
    rank: f64,
}

/// What is known of a rule wherever it is found.
#[derive(Serialize)]
pub(crate) struct OfRule<'a> {
    language: Language,
    guide: &'a [String],
    message: &'a str,
    why: &'a str,
    fix: &'a str,
    when_not: &'a str,
    category: Category,
    confidence: Confidence,
    join: Join,
    on: bool,
    reason: &'a str,
    linters: &'a BTreeMap<String, Vec<String>>,
    confirms: &'a BTreeMap<String, Vec<String>>,
}

/// An object with a line end.
pub(super) fn of(audit: &Audit) -> String {
    let rules = audit.entries.iter().map(|entry| entry.finding.rule);
    let text = Text {
        alloc_kit_audit: VERSION,
        counts: words::STATUSES.into_iter().map(|name| (name, words::how_many(audit, name))).collect(),
        scanned: &audit.scanned,
        profiles: &audit.totals,
        findings: audit.entries.iter().map(found).collect(),
        hot: audit.hot.iter().map(hot).collect(),
        skipped: &audit.skipped,
        notes: &audit.notes,
        rules: rules.map(|rule| (rule.id.as_str(), of_rule(rule))).collect(),
        stacks: &audit.stacks,
    };
    let json = serde_json::to_string(&text);
    // All keys are texts.
    json.map_or_else(|error| unreachable!("{error}"), |json| json + "\n")
}

fn found(entry: &Entry) -> Found<'_> {
    let finding = &entry.finding;
    let (bytes, blocks, ambiguous) = match &entry.status {
        Status::Measured { cost, ambiguous } => (Some(cost.bytes), cost.blocks, ambiguous.as_slice()),
        Status::Zero => (Some(0), Some(0), &[][..]),
        Status::Hint(_) | Status::Stale(_) => (None, None, &[][..]),
    };
    Found {
        rule: &finding.rule.id,
        language: entry.language,
        message: &finding.message,
        fix: &finding.fix,
        file: &finding.file,
        span: finding.span,
        lines: &finding.lines,
        function: finding.function.as_deref(),
        in_loop: finding.in_loop,
        linters: &finding.linters,
        status: words::status(&entry.status),
        why: words::why(&entry.status),
        bytes,
        blocks,
        ambiguous,
        category: entry.category,
        evidence: &entry.evidence,
        rank: entry.rank,
        proposal: entry.proposal.as_ref(),
    }
}

fn hot(line: &HotLine) -> Hot<'_> {
    Hot {
        language: line.language,
        file: &line.file,
        line: line.line,
        function: &line.function,
        bytes: line.cost.bytes,
        blocks: line.cost.blocks,
        category: line.category,
        evidence: &line.evidence,
        rank: line.rank,
    }
}

pub(crate) fn of_rule(rule: &Rule) -> OfRule<'_> {
    OfRule {
        language: rule.language,
        guide: &rule.guide,
        message: &rule.message,
        why: &rule.why,
        fix: &rule.fix,
        when_not: &rule.when_not,
        category: rule.category,
        confidence: rule.confidence,
        join: rule.join,
        on: rule.on,
        reason: &rule.reason,
        linters: &rule.linters,
        confirms: &rule.confirms,
    }
}
