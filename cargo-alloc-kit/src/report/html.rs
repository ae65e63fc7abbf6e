//! One page that needs nothing else: no other file, no network, and no script to be read.
//!
//! What is from files goes through the templates, which escape it; `page` has what is around the body.

mod breaches;
pub(crate) mod budgets;
mod changes;

use maud::{Markup, html};

use super::Weight;
use super::flame;
use super::model::{Report, VERDICTS, counted};
use super::proven;
use crate::page;
use crate::record::Verdict;
use crate::table::count;

pub(crate) const STYLES: [&str; 2] = [include_str!("html/page.css"), include_str!("flame.css")];
pub(crate) const SCRIPTS: [&str; 2] = [include_str!("flame.js"), include_str!("html/page.js")];

pub(super) fn of(report: &Report) -> String {
    page::of(&format!("Allocation budgets: {}", report.sentence()), &STYLES, &SCRIPTS, &body(report))
}

fn body(report: &Report) -> Markup {
    let proven = proven::html(report);
    let has_exceptions = report.platforms.iter().any(|platform| !platform.exceptions.is_empty());
    html! {
        header {
            h1 { "Allocation budgets" }
            p.sentence { (report.sentence()) "." }
            (tally(report))
            (platforms(report))
            (caveats(report))
        }
        nav aria-label="Sections" {
            a href="#budgets" { "Budgets" }
            @if report.before.is_some() { a href="#changes" { "Before and after" } }
            @if proven.is_some() { a href="#proven" { "Proven" } }
            @if has_exceptions { a href="#exceptions" { "Exceptions" } }
            a href="#flamegraph" { "Flamegraph" }
        }
        main {
            section #budgets { h2 { "Budgets" } (budgets::of(report)) }
            @if let Some(before) = &report.before {
                section #changes { h2 { "Before and after" } (changes::of(before, report.platforms.len() > 1)) }
            }
            @if let Some(proven) = proven { section #proven { h2 { "Tests, and prove" } (proven) } }
            @if has_exceptions { section #exceptions { h2 { "Exceptions" } (exceptions(report)) } }
            section #flamegraph { h2 { "Flamegraph" } (flamegraph(report)) }
        }
        footer { "Made by cargo-alloc-kit " (env!("CARGO_PKG_VERSION")) "." }
    }
}

/// What the figures do not show.
fn caveats(report: &Report) -> Markup {
    html! {
        @if !report.caveats.is_empty() {
            ul.caveats role="note" aria-label="What this run does not show" {
                @for caveat in &report.caveats { li { (caveat.text) } }
            }
        }
    }
}

/// How many of each verdict.
fn tally(report: &Report) -> Markup {
    html! {
        ul.tally {
            @for verdict in VERDICTS {
                li class=(class(verdict)) { b { (report.count(verdict)) } " " (sign(verdict)) " " (verdict.name()) }
            }
        }
    }
}

fn platforms(report: &Report) -> Markup {
    html! {
        ul.platforms {
            @for platform in &report.platforms {
                li {
                    (platform.name()) ": " (counted(platform.budgets.len(), "budget", "budgets")) ", "
                    (counted(usize::try_from(platform.processes).unwrap_or(usize::MAX), "process", "processes"))
                    @if platform.shards > 1 { ", " (platform.shards) " shards" }
                }
            }
        }
    }
}

fn exceptions(report: &Report) -> Markup {
    let several = report.platforms.len() > 1;
    html! {
        div.wide tabindex="0" role="region" aria-label="Exceptions" {
            table.plain {
                thead { tr {
                    th scope="col" { "reason" }
                    @if several { th scope="col" { "platform" } }
                    th scope="col" { "where" } th.n scope="col" { "times" }
                    th.n scope="col" { "allocations" } th.n scope="col" { "bytes" }
                } }
                tbody {
                    @for platform in &report.platforms {
                        @for exception in &platform.exceptions {
                            @let used = &exception.used;
                            tr {
                                th scope="row" { (used.reason) }
                                @if several { td data-label="platform" { (platform.name()) } }
                                td data-label="where" { code { (exception.module) } " " span.place { (used.file) ":" (used.line) } }
                                td.n data-label="times" { @if used.times == 0 { "never used" } @else { (figure(used.times)) } }
                                td.n data-label="allocations" { (figure(used.allocations)) }
                                td.n data-label="bytes" { (figure(used.bytes)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn flamegraph(report: &Report) -> Markup {
    let stacks = &report.stacks;
    if stacks.all.is_empty() {
        return html! { p { "There is none: " (stacks.why_empty()) "." } };
    }
    let weights = match report.weight {
        Weight::Allocations => [Weight::Allocations, Weight::Bytes],
        Weight::Bytes => [Weight::Bytes, Weight::Allocations],
    };
    html! {
        p { "Of " (stacks.title()) ". Callers are above what they call; a box is as wide as what was allocated in it and below it." }
        p.scripted hidden { "A click or " kbd { "Enter" } " widens a box, " kbd { "Esc" } " shows all, the arrow keys move." }
        @for (index, weight) in weights.into_iter().enumerate() {
            details open[index == 0] {
                summary { "By " (flame::unit(weight)) ": " (flame::note(stacks, weight)) }
                (flame::picture(stacks, weight, None))
            }
        }
    }
}

fn figure(figure: u64) -> String {
    count(figure)
}

/// What a verdict is called in the style sheet.
fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Broken => "broken",
        Verdict::NotVerified => "unverified",
        Verdict::NeverExercised => "never",
        Verdict::Held => "held",
    }
}

/// A sign that needs no colour.
fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Broken => "✗",
        Verdict::NotVerified => "?",
        Verdict::NeverExercised => "○",
        Verdict::Held => "✓",
    }
}
