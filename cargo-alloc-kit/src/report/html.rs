//! One page that needs nothing else: no other file, no network, and no script to be read.
//!
//! What is from files goes through the templates, which escape it. The policy of the page lets no script and no style run but
//! its own two, and loads nothing.

mod breaches;
mod budgets;
mod changes;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::Weight;
use super::flame;
use super::model::{Report, VERDICTS, counted};
use crate::record::Verdict;
use crate::table::count;

const STYLES: [&str; 2] = [include_str!("html/page.css"), include_str!("flame.css")];
const SCRIPTS: [&str; 2] = [include_str!("flame.js"), include_str!("html/page.js")];

pub(super) fn of(report: &Report) -> String {
    let (style, script) = (joined(STYLES), joined(SCRIPTS));
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        sum(&style),
        sum(&script)
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { "Allocation budgets: " (report.sentence()) }
                style { (PreEscaped(&style)) }
            }
            body {
                (body(report))
                script { (PreEscaped(&script)) }
            }
        }
    };
    page.into_string() + "\n"
}

fn body(report: &Report) -> Markup {
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
            @if has_exceptions { a href="#exceptions" { "Exceptions" } }
            a href="#flamegraph" { "Flamegraph" }
        }
        main {
            section #budgets { h2 { "Budgets" } (budgets::of(report)) }
            @if let Some(before) = &report.before {
                section #changes { h2 { "Before and after" } (changes::of(before, report.platforms.len() > 1)) }
            }
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

/// As a browser has it, in which line ends are of one kind.
fn joined(texts: [&str; 2]) -> String {
    texts.concat().replace('\r', "")
}

/// `sha256-` and the sum of a style or a script, as a policy names it.
fn sum(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sum = Sha256::digest(text.as_bytes());
    let mut base64 = String::from("sha256-");
    for bytes in sum.chunks(3) {
        let at = |index: usize| u32::from(bytes.get(index).copied().unwrap_or_default());
        let group = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4 {
            let of = (group >> (18 - 6 * digit)) & 63;
            base64.push(if digit > bytes.len() { '=' } else { char::from(DIGITS[of as usize]) });
        }
    }
    base64
}
