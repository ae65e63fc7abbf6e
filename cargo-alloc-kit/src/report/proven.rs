//! Two verdicts of one annotation, side by side: what tests saw, and what `prove` says of the program.

use std::fmt::Write;

use anstyle::Style;
use maud::{Markup, html};

use super::model::Report;
use crate::columns::{self, Cell};
use crate::prove::Proofs;
use crate::record::Verdict;
use crate::shard::Budget;
use crate::shell::{BOLD, ERROR, FAINT, GOOD, WARNING};

/// A budget of which `prove` could know something.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) place: String,
    pub(super) tested: Verdict,
    /// `proven`, `may allocate`, `unknown`, `not proven`.
    pub(super) verdict: &'static str,
    /// The same, with what there is to say of it.
    pub(super) proven: String,
    /// No test called it, and it can't be known: what to look at first.
    pub(super) is_open: bool,
}

/// Those to look at first come first; then by name.
pub(super) fn rows(report: &Report) -> Vec<Row> {
    let Some(proofs) = &report.proofs else { return Vec::new() };
    let budgets = report.platforms.iter().flat_map(|platform| &platform.budgets);
    let mut rows: Vec<Row> = budgets.filter_map(|budget| row(proofs, budget)).collect();
    rows.sort_by(|one, other| {
        let key = |row: &Row| (!row.is_open, row.name.clone(), row.place.clone(), row.tested);
        key(one).cmp(&key(other))
    });
    // On several platforms it is one.
    rows.dedup_by(|one, other| {
        (&one.name, &one.place, one.tested) == (&other.name, &other.place, other.tested)
    });
    rows
}

fn row(proofs: &Proofs, budget: &Budget) -> Option<Row> {
    let proven = proofs.get(budget)?;
    Some(Row {
        name: budget.name(),
        place: budget.place(),
        tested: budget.seen.verdict,
        verdict: proven.verdict,
        proven: proven.text(),
        is_open: proofs.is_open(budget),
    })
}

/// When it was proven, and of which profile.
fn about(report: &Report) -> &str {
    report.proofs.as_ref().map_or("", |proofs| &proofs.about)
}

/// That the proof is of another state.
fn stale(report: &Report) -> Option<&str> {
    report.proofs.as_ref()?.stale.as_deref()
}

const FIRST: &str = "look at first: can't be known, and no test calls it";

pub(super) fn text(report: &Report) -> String {
    let rows = rows(report);
    if rows.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{BOLD}Tests, and `prove`{BOLD:#} ({}):\n", about(report));
    if let Some(stale) = stale(report) {
        let _ = writeln!(text, "{WARNING}warning{WARNING:#}: {stale}");
    }
    let mut cells = vec![["function", "tests", "proven"].map(|name| Cell(name.to_owned(), FAINT))];
    for row in &rows {
        cells.push([
            Cell(row.name.clone(), BOLD),
            Cell(row.tested.name().to_owned(), Style::new()),
            Cell(row.proven.clone(), style(row.verdict)),
        ]);
    }
    text.push_str(&columns::aligned(&cells, &[false; 3]));
    let open: Vec<&Row> = rows.iter().filter(|row| row.is_open).collect();
    if !open.is_empty() {
        let _ = writeln!(text, "{FIRST}:");
        for row in open {
            let _ = writeln!(text, "  {}  {}", row.name, row.place);
        }
    }
    text
}

fn style(verdict: &str) -> Style {
    match verdict {
        "proven" => GOOD,
        "may allocate" => ERROR,
        _ => WARNING,
    }
}

/// A table; `code` makes a span of a text that is from files.
pub(super) fn markdown(report: &Report, code: impl Fn(&str) -> String) -> (String, Vec<String>) {
    let mut head = format!("{}\n\n", code(about(report)));
    if let Some(stale) = stale(report) {
        let _ = writeln!(head, "**Stale:** {}\n", code(stale));
    }
    head.push_str("| function | tests | proven |\n|---|---|---|\n");
    let line = |row: Row| {
        let first = if row.is_open { format!("<br>**{FIRST}**") } else { String::new() };
        format!(
            "| {}<br>{} | {} | {}{first} |\n",
            code(&row.name),
            code(&row.place),
            row.tested.name(),
            code(&row.proven)
        )
    };
    (head, rows(report).into_iter().map(line).collect())
}

pub(super) fn html(report: &Report) -> Option<Markup> {
    let rows = rows(report);
    (!rows.is_empty()).then(|| {
        html! {
            p { (about(report)) }
            @if let Some(stale) = stale(report) { ul.caveats role="note" { li { (stale) } } }
            div.wide tabindex="0" role="region" aria-label="Tests, and prove" {
                table.plain {
                    thead { tr {
                        th scope="col" { "function" } th scope="col" { "tests" } th scope="col" { "proven" }
                    } }
                    tbody {
                        @for row in &rows {
                            tr {
                                th scope="row" { code { (row.name) } " " span.place { (row.place) } }
                                td data-label="tests" { (row.tested.name()) }
                                td data-label="proven" { (row.proven) @if row.is_open { ": " b { (FIRST) } } }
                            }
                        }
                    }
                }
            }
        }
    })
}
