//! The table of findings: a row for each, and what unfolds below it. The two are one `<tbody>`, so that they stay together when
//! the table is sorted.

use maud::{Markup, html};

use super::super::sources::Sources;
use super::super::words;
use crate::audit::join::percent;
use crate::audit::language::Language;
use crate::audit::model::{Audit, Cost, Entry, Status};
use crate::audit::rules::Category;
use crate::report::html::budgets::{First, choice, column};
use crate::table::count;
use crate::untrusted::text_of;

/// A browser takes seconds for more. The first ones are those that cost most.
const MOST: usize = 2_000;

/// Lines around what is found.
const AROUND: u32 = 2;

/// What a snippet has at most.
const MOST_LINES: u32 = 12;

pub(super) fn of(audit: &Audit, sources: &Sources) -> Markup {
    let all = &audit.entries;
    html! {
        @if all.is_empty() { p { "There are none." } }
        @if all.len() > MOST {
            p { (MOST) " of " (all.len()) " are in this table, those that cost most; " code { "--format json" } " has all." }
        }
        (controls(all))
        table #rows {
            thead { tr {
                (column("name", "finding", false, First::Text))
                (column("status", "status", false, First::Least))
                (column("bytes", "bytes", true, First::Most))
                (column("blocks", "blocks", true, First::Most))
                (column("rank", "of all", true, First::Most))
                (column("category", "category", false, First::Text))
            } }
            @for entry in all.iter().take(MOST) { (row(entry, sources)) }
        }
        p #none hidden { "No finding is like that." }
    }
}

/// What narrows the table down: only of use where a script runs.
fn controls(all: &[Entry]) -> Markup {
    let mut rules: Vec<&str> = all.iter().map(|entry| entry.finding.rule.id.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let languages: Vec<&str> = Language::ALL
        .into_iter()
        .filter(|language| all.iter().any(|entry| entry.language == *language))
        .map(Language::name)
        .collect();
    let categories = [Category::Eliminable, Category::Reducible, Category::Necessary].map(words::category);
    html! {
        form #filters.scripted hidden role="search" {
            label { "Filter " input #text type="search" placeholder="file, function, text" autocomplete="off" spellcheck="false"; }
            (choice("of", "Status", &words::STATUSES))
            @if languages.len() > 1 { (choice("language", "Language", &languages)) }
            (choice("category", "Category", &categories))
            @if rules.len() > 1 { (choice("rule", "Rule", &rules)) }
            button #unfold type="button" aria-pressed="false" { "Unfold all" }
            output #shown aria-live="polite" {}
        }
    }
}

fn row(entry: &Entry, sources: &Sources) -> Markup {
    let finding = &entry.finding;
    let status = words::status(&entry.status);
    let order = words::STATUSES.iter().position(|name| *name == status);
    let place = format!("{}:{}:{}", text_of(&finding.file), finding.span.line, finding.span.column);
    let cost = match &entry.status {
        Status::Measured { cost, .. } => Some(*cost),
        Status::Zero => Some(Cost { bytes: 0, blocks: Some(0) }),
        Status::Hint(_) | Status::Stale(_) => None,
    };
    let shown = |figure: Option<u64>| figure.map_or_else(|| "-".to_owned(), count);
    let (bytes, blocks) = (cost.map(|cost| cost.bytes), cost.and_then(|cost| cost.blocks));
    html! {
        tbody.finding
            data-name=(place) data-of=(status) data-status=[order] data-bytes=[bytes] data-blocks=[blocks]
            data-rank=(format!("{:.4}", entry.rank)) data-language=(entry.language.name())
            data-category=(words::category(entry.category)) data-rule=(finding.rule.id) {
            tr {
                th scope="row" {
                    span.name { (text_of(&finding.message)) }
                    span.place { (place) " " span.rule { (finding.rule.id) } }
                }
                td data-label="status" { span class=(format!("verdict {status}")) { (status) } }
                td.n data-label="bytes" { (shown(bytes)) }
                td.n data-label="blocks" { (shown(blocks)) }
                td.n data-label="of all" { @if cost.is_some() { (percent(entry.rank / 100.0)) } @else { "-" } }
                td data-label="category" { (words::category(entry.category)) }
            }
            tr.more { td colspan="6" { (more(entry, sources)) } }
        }
    }
}

fn more(entry: &Entry, sources: &Sources) -> Markup {
    let finding = &entry.finding;
    let rule = finding.rule;
    html! {
        details {
            summary { "Source, why and fix" }
            (snippet(entry, sources))
            dl {
                @if let Some(why) = words::why(&entry.status) { dt { (words::status(&entry.status)) } dd { (text_of(why)) } }
                @if !entry.evidence.is_empty() { dt { "evidence" } dd { (text_of(&entry.evidence.join("; "))) } }
                @if let Status::Measured { ambiguous, .. } = &entry.status {
                    @if !ambiguous.is_empty() { dt { "not certain" } dd { (text_of(&ambiguous.join("; "))) } }
                }
                @if let Some(function) = finding.function.as_deref().filter(|of| !of.name.is_empty()) {
                    dt { "function" }
                    dd { code { @if let Some(class) = &function.class { (text_of(class)) "::" } (text_of(&function.name)) }
                        @if finding.in_loop { ", in a loop" } }
                }
                dt { "why" } dd { (rule.why) }
                dt { "fix" } dd { (text_of(&finding.fix)) }
                dt { "when not" } dd { (rule.when_not) }
                @if let Some(proposal) = &entry.proposal {
                    dt { "keep it" }
                    dd { code { (text_of(&proposal.annotation)) } " at " span.place { (text_of(&proposal.file)) ":" (proposal.line) }
                        " " (text_of(&proposal.why)) }
                }
                @for linted in &finding.linters {
                    dt { (linted.linter) } dd { code { (text_of(&linted.code)) } " " (text_of(&linted.message)) }
                }
            }
        }
    }
}

/// The lines with two around them; those that a profile would show it at are marked.
fn snippet(entry: &Entry, sources: &Sources) -> Markup {
    let finding = &entry.finding;
    let span = finding.span;
    let last = span.end_line.min(span.line.saturating_add(MOST_LINES)).saturating_add(AROUND);
    let lines = sources.lines(&finding.file, span.line.saturating_sub(AROUND), last);
    let is_found = |number: u32| (span.line..=span.end_line).contains(&number);
    html! {
        @if !lines.is_empty() {
            pre.source {
                @for (number, line) in lines {
                    span.found[is_found(number)] { span.number { (number) } (text_of(line)) "\n" }
                }
            }
        }
        @for lines in finding.lines.iter().filter(|lines| !is_found(lines.first)) {
            @for (number, line) in sources.lines(&finding.file, lines.first, lines.last) {
                pre.source { span.found { span.number { (number) } (text_of(line)) "\n" } }
            }
        }
    }
}
