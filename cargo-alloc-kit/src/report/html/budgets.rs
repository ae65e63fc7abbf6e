//! The table of budgets: a row for each with a bar for each limit, and below it what unfolds. The two are one `<tbody>`, so that
//! they stay together when the table is sorted.

use maud::{Markup, html};

use super::breaches;
use super::{class, sign};
use crate::record::Verdict;
use crate::report::model::{Report, VERDICTS};
use crate::report::rows::{self, Row, Share};
use crate::shard::Budget;
use crate::table::count;
use crate::view::Platform;

pub(super) fn of(report: &Report) -> Markup {
    let mut all: Vec<(&Platform, &Budget)> =
        VERDICTS.into_iter().flat_map(|verdict| report.with(verdict)).collect();
    // The worst first; of one verdict by name, so that platforms are side by side.
    all.sort_by_cached_key(|(platform, budget)| (rank(budget.seen.verdict), budget.name(), platform.name()));
    let several = report.platforms.len() > 1;
    let columns = if several { 8 } else { 7 };
    html! {
        @if all.is_empty() { p { "There are none." } }
        (controls(report))
        // What a pattern is drawn of is nowhere shown by itself.
        svg.patterns aria-hidden="true" width="0" height="0" {
            defs {
                pattern #stripes width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.stripe-ground width="6" height="6" {} rect.stripe width="3" height="6" {}
                }
            }
        }
        table #rows {
            thead { tr {
                (column("name", "function", false, First::Text))
                @if several { (column("platform", "platform", false, First::Text)) }
                (column("limit", "budget", false, First::Most))
                (column("used", "most used", true, First::Most))
                (column("share", "of budget", false, First::Most))
                (column("room", "room left", true, First::Least))
                (column("calls", "calls", true, First::Most))
                (column("verdict", "verdict", false, First::Least))
            } }
            @for (platform, budget) in all { (row(report, platform, budget, several, columns)) }
        }
        p #none hidden { "No budget is like that." }
    }
}

/// What narrows the table down: only of use where a script runs.
fn controls(report: &Report) -> Markup {
    let mut crates: Vec<&str> =
        report.platforms.iter().flat_map(|platform| &platform.budgets).map(Budget::crate_name).collect();
    crates.sort_unstable();
    crates.dedup();
    let platforms = report.platform_names();
    html! {
        form #filters.scripted hidden role="search" {
            label { "Filter " input #text type="search" placeholder="function, file, reason" autocomplete="off" spellcheck="false"; }
            (choice("of", "Verdict", VERDICTS.map(Verdict::name).as_slice()))
            @if platforms.len() > 1 { (choice("platform", "Platform", &platforms)) }
            @if crates.len() > 1 { (choice("crate", "Crate", &crates)) }
            button #unfold type="button" aria-pressed="false" { "Unfold all" }
            output #shown aria-live="polite" {}
        }
    }
}

/// Rows are shown that have the value in `data-OF`.
pub(crate) fn choice(of: &str, label: &str, values: &[impl AsRef<str>]) -> Markup {
    html! {
        label {
            (label) " "
            select #(format!("of-{label}").to_lowercase()) data-of=(of) {
                option value="" { "all" }
                @for value in values { option value=(value.as_ref()) { (value.as_ref()) } }
            }
        }
    }
}

/// How a column is sorted at first.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum First {
    /// As texts are.
    Text,
    Least,
    Most,
}

/// A heading; a script makes a button of it.
pub(crate) fn column(key: &str, name: &str, is_figure: bool, first: First) -> Markup {
    html! {
        th.n[is_figure] scope="col" data-sort=(key) data-text[first == First::Text] data-up[first == First::Least] { (name) }
    }
}

fn row(report: &Report, platform: &Platform, budget: &Budget, several: bool, columns: usize) -> Markup {
    let rows = rows::of(budget);
    let verdict = budget.seen.verdict;
    let name = budget.name();
    // The limit that is nearest to being broken, or is most so, stands for the others.
    let share = rows.iter().filter_map(Row::share).map(|share| share.percent.min(1e9)).fold(-1.0, f64::max);
    let least = rows.iter().filter_map(|row| row.room).min();
    let (first, more) = (rows.first(), breaches::of(report, budget));
    html! {
        tbody.budget
            data-name=(name) data-platform=(platform.name()) data-crate=(budget.crate_name()) data-of=(verdict.name())
            data-verdict=(rank(verdict)) data-share=(format!("{share:.3}")) data-calls=(budget.seen.calls)
            data-room=[least] data-used=[first.and_then(|row| row.most)] data-limit=[first.and_then(Row::number)] {
            tr {
                th scope="row" { code.name { (name) } " " span.place { (budget.place()) } }
                @if several { td data-label="platform" { (platform.name()) } }
                td data-label="budget" { @for row in &rows { div title=(row.budget()) { code { (row.budget()) } } } }
                td.n data-label="most used" { @for row in &rows { div { (row.most_shown()) } } }
                td.bars data-label="of budget" { @for row in &rows { (bar(row)) } }
                td.n data-label="room left" {
                    @for row in &rows { div.over[row.room.is_some_and(|room| room < 0)] { (row.room_shown()) } }
                }
                td.n data-label="calls" { (count(budget.seen.calls)) }
                td data-label="verdict" { span class=(format!("verdict {}", class(verdict))) { (sign(verdict)) " " (verdict.name()) } }
            }
            @if let Some(why) = &budget.seen.why { tr.more { td.why colspan=(columns) { "Why: " (why) } } }
            @if let Some(more) = more { tr.more { td colspan=(columns) { (more) } } }
        }
    }
}

/// Used of allowed: full, striped and with a mark at the limit where it was too much.
fn bar(row: &Row<'_>) -> Markup {
    let Some(Share { percent, is_over, is_exact }) = row.share() else { return html! { div { "-" } } };
    let text = match (is_over, percent.is_finite()) {
        (true, true) => format!("{percent:.0}%, over"),
        (true, false) => "over 0".to_owned(),
        (false, _) => format!("{percent:.0}%"),
    };
    let about = if is_exact { "" } else { "≈ " };
    // Where the limit is in a bar that is as long as what was used.
    let mark = if percent.is_finite() && percent > 100.0 { 100.0 / percent * 100.0 } else { 0.0 };
    html! {
        div.bar {
            svg aria-hidden="true" width="100%" height="12" {
                rect.track width="100%" height="12" rx="2" {}
                @if is_over {
                    rect.too-much width="100%" height="12" rx="2" fill="url(#stripes)" {}
                    rect.halo x=(format!("{mark:.1}%")) width="5" height="12" {}
                    rect.mark x=(format!("{mark:.1}%")) width="3" height="12" {}
                } @else {
                    rect.used width=(format!("{:.1}%", percent.clamp(0.0, 100.0))) height="12" rx="2" {}
                }
            }
            span { (about) (text) }
        }
    }
}

fn rank(verdict: Verdict) -> usize {
    VERDICTS.iter().position(|of| *of == verdict).unwrap_or_default()
}
