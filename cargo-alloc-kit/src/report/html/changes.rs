//! Before and after: the budgets that are not as they were.

use maud::{Markup, html};

use crate::report::before::{Change, Comparison, Kind};

pub(super) fn of(before: &Comparison, several: bool) -> Markup {
    html! {
        p { "Against the run before: " (before.sentence()) "." }
        @if let Some(not_compared) = before.not_compared() { p { (not_compared) "." } }
        @if !before.changes.is_empty() {
            div.wide tabindex="0" role="region" aria-label="Before and after" {
                table.plain {
                    thead { tr {
                        th scope="col" { "change" } th scope="col" { "function" }
                        @if several { th scope="col" { "platform" } }
                        th scope="col" { "limit" } th scope="col" { "most used, before → after" } th scope="col" { "verdict" }
                    } }
                    tbody { @for change in &before.changes { (row(change, several)) } }
                }
            }
        }
    }
}

fn row(change: &Change, several: bool) -> Markup {
    let class = match change.kind {
        Kind::Worse => "worse",
        Kind::Better => "better",
        _ => "other",
    };
    let verdict = change.verdict_after.or(change.verdict_before).map(|of| of.name().to_owned());
    html! {
        tr class=(class) {
            td data-label="change" { (change.kind.sign()) " " (change.kind.label()) }
            th scope="row" { code.name { (change.name) } " " span.place { (change.place) } }
            @if several { td data-label="platform" { (change.platform) } }
            td data-label="limit" { @for key in &change.keys { div { (key.limits()) } } }
            td data-label="most used" { @for key in &change.keys { div { (key.key) ": " (key.used()) } } }
            td data-label="verdict" { (change.verdicts().or(verdict).unwrap_or_default()) }
        }
    }
}
