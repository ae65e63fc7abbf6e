//! One page that needs nothing else: findings in a table that is sorted and narrowed down, hot lines, what is not shown, and the
//! flamegraph. What is from files goes through the templates, which escape it.

mod findings;

use maud::{Markup, html};

use super::sources::Sources;
use super::{stacks, words};
use crate::audit::join::percent;
use crate::audit::model::{Audit, Cost, HotLine};
use crate::page;
use crate::report::flame;
use crate::report::html::{SCRIPTS, STYLES};
use crate::table::count;
use crate::untrusted::text_of;

const OWN_STYLE: &str = include_str!("audit.css");

pub(super) fn of(audit: &Audit, sources: &Sources) -> String {
    let styles = [STYLES[0], STYLES[1], OWN_STYLE];
    page::of(
        &format!("Allocation audit: {}", words::sentence(audit)),
        &styles,
        &SCRIPTS,
        &body(audit, sources),
    )
}

fn body(audit: &Audit, sources: &Sources) -> Markup {
    html! {
        header {
            h1 { "Allocation audit" }
            p.sentence { (words::sentence(audit)) "." }
            (tally(audit))
            (scanned(audit))
            (notes(audit))
        }
        nav aria-label="Sections" {
            a href="#findings" { "Findings" }
            a href="#hot" { "Hot lines" }
            a href="#profiles" { "Profiles" }
            @if !audit.skipped.is_empty() { a href="#skipped" { "Not looked at" } }
            a href="#flamegraph" { "Flamegraph" }
        }
        main {
            section #findings { h2 { "Findings" } (findings::of(audit, sources)) }
            section #hot { h2 { "Hot lines that match no rule" } (hot(audit, sources)) }
            section #profiles { h2 { "Profiles" } (profiles(audit)) }
            @if !audit.skipped.is_empty() {
                section #skipped {
                    h2 { "Not looked at" }
                    ul { @for skipped in &audit.skipped { li { code { (text_of(&skipped.file)) } " " (text_of(&skipped.why)) } } }
                }
            }
            section #flamegraph { h2 { "Flamegraph" } (flamegraph(audit)) }
        }
        footer { "Made by cargo-alloc-kit " (env!("CARGO_PKG_VERSION")) "." }
    }
}

/// How many findings of each status.
fn tally(audit: &Audit) -> Markup {
    html! {
        ul.tally {
            @for name in words::STATUSES {
                li class=(name) { b { (words::how_many(audit, name)) } " " (name) span.means { ": " (words::meaning(name)) } }
            }
        }
    }
}

fn scanned(audit: &Audit) -> Markup {
    html! {
        ul.platforms {
            @for of in &audit.scanned {
                li { (of.language.name()) ": " (of.files) " files, " (count(of.lines)) " lines, " (of.findings) " findings" }
            }
        }
    }
}

/// What must be known of the figures.
fn notes(audit: &Audit) -> Markup {
    html! {
        @if !audit.notes.is_empty() {
            ul.caveats role="note" aria-label="What this audit does not show" {
                @for note in &audit.notes { li { (text_of(&note.text)) } }
            }
        }
    }
}

fn hot(audit: &Audit, sources: &Sources) -> Markup {
    if audit.hot.is_empty() {
        return html! { p { "There are none." } };
    }
    html! {
        p { "A profile shows that they allocate. Whether that is needed is for a reader to say." }
        div.wide tabindex="0" role="region" aria-label="Hot lines" {
            table.plain {
                thead { tr {
                    th scope="col" { "line" } th.n scope="col" { "bytes" } th.n scope="col" { "blocks" }
                    th.n scope="col" { "of all" } th scope="col" { "evidence" }
                } }
                tbody { @for hot in &audit.hot { (hot_line(hot, sources)) } }
            }
        }
    }
}

fn hot_line(hot: &HotLine, sources: &Sources) -> Markup {
    html! {
        tr {
            th scope="row" {
                code.name { (text_of(&hot.function)) } " " span.place { (text_of(&hot.file)) ":" (hot.line) }
                @if let Some(line) = sources.line(&hot.file, hot.line) { pre.line { (text_of(line.trim())) } }
            }
            td.n data-label="bytes" { (count(hot.cost.bytes)) }
            td.n data-label="blocks" { (blocks(hot.cost)) }
            td.n data-label="of all" { (percent(hot.rank / 100.0)) }
            td data-label="evidence" {
                div {
                    @if let Some(category) = hot.category { (words::category(category)) ": " }
                    (text_of(&hot.evidence.join("; ")))
                }
            }
        }
    }
}

/// What a profile does not know is no zero.
fn blocks(cost: Cost) -> String {
    cost.blocks.map_or_else(|| "-".to_owned(), count)
}

fn profiles(audit: &Audit) -> Markup {
    if audit.totals.is_empty() {
        return html! { p { "There are none, so nothing was measured. " code { "cargo alloc-kit audit capture" } " records one." } };
    }
    html! {
        div.wide tabindex="0" role="region" aria-label="Profiles" {
            table.plain {
                thead { tr {
                    th scope="col" { "profile" } th.n scope="col" { "bytes in all" } th.n scope="col" { "at findings" }
                    th.n scope="col" { "at hot lines" } th.n scope="col" { "elsewhere" }
                } }
                tbody {
                    @for total in &audit.totals {
                        tr {
                            th scope="row" {
                                code { (text_of(&total.file)) } " of " (text_of(&total.origin))
                                @if !total.command.is_empty() { span.place { (text_of(&total.command)) } }
                            }
                            td.n data-label="bytes in all" { (count(total.all.bytes)) }
                            td.n data-label="at findings" { (count(total.found.bytes)) }
                            td.n data-label="at hot lines" { (count(total.hot.bytes)) }
                            td.n data-label="elsewhere" { (count(total.elsewhere.bytes)) }
                        }
                    }
                }
            }
        }
    }
}

fn flamegraph(audit: &Audit) -> Markup {
    let stacks = stacks::of(audit);
    if stacks.all.is_empty() {
        return html! { p { "There is none: " (stacks.why_empty()) "." } };
    }
    html! {
        p { "Of " (stacks.title()) ". Callers are above what they call; a box is as wide as what was allocated in it and below it." }
        p.scripted hidden { "A click or " kbd { "Enter" } " widens a box, " kbd { "Esc" } " shows all, the arrow keys move." }
        @for (index, weight) in stacks::weights(audit).into_iter().enumerate() {
            details open[index == 0] {
                summary { "By " (flame::unit(weight)) ": " (flame::note(&stacks, weight)) }
                (flame::picture(&stacks, weight, None))
            }
        }
    }
}
