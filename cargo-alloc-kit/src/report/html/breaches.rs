//! What unfolds below a budget: who allocated in each breach, with the lines of the source that are at hand, and the exceptions
//! that its calls used.

use maud::{Markup, html};

use super::figure;
use crate::record::{BreachSeen, Frame, Place, Used};
use crate::report::model::{Report, counted};
use crate::shard::Budget;
use crate::table::grouped;

/// Nothing, if there is nothing to unfold.
pub(super) fn of(report: &Report, budget: &Budget) -> Option<Markup> {
    let (breaches, exceptions) = (&budget.seen.breaches, &budget.seen.exceptions);
    let more = html! {
        @if !breaches.is_empty() {
            details.breaches {
                summary { (counted(breaches.len(), "breach", "breaches")) ": who allocated" }
                @for breach in breaches { (of_breach(report, breach)) }
            }
        }
        @if !exceptions.is_empty() {
            details {
                summary { (counted(exceptions.len(), "exception", "exceptions")) " used in its calls" }
                ul { @for used in exceptions { (exception(used)) } }
            }
        }
    };
    (!more.0.is_empty()).then_some(more)
}

fn of_breach(report: &Report, breach: &BreachSeen) -> Markup {
    html! {
        div.breach {
            p {
                (breach.sentence())
                @if let Some(thread) = &breach.thread { " " span.place { "in " (thread) } }
            }
            @if breach.limits.len() > 1 {
                ul { @for limit in &breach.limits {
                    li { (limit.key) ": " (grouped(limit.used)) " of " (grouped(limit.limit)) }
                } }
            }
            @for place in &breach.places { (of_place(report, place)) }
            @if breach.not_shown > 0 { p { "Beyond these, in no place that is known: " (figure(breach.not_shown)) "." } }
            @if let Some(help) = &breach.help { p.help { "Help: " (help) } }
        }
    }
}

fn of_place(report: &Report, place: &Place) -> Markup {
    let culprit = place.culprit();
    html! {
        p.event { (figure(place.times)) " × " (place.event) ", " (figure(place.bytes)) " bytes" }
        @if place.stack.is_empty() { p { "No stack is known." } }
        ol.stack {
            @for frame in &place.stack {
                @let is_culprit = culprit.is_some_and(|culprit| std::ptr::eq(culprit, frame));
                li.foreign[!frame.is_own()].culprit[is_culprit] { (of_frame(report, frame)) }
            }
        }
    }
}

fn of_frame(report: &Report, frame: &Frame) -> Markup {
    html! {
        code { @if frame.function.is_empty() { "(unknown)" } @else { (frame.function) } }
        @if let Some(place) = frame.place() { " " span.place { (place) } }
        @if let Some(line) = report.sources.line(frame) { pre { (line.trim_start()) } }
    }
}

fn exception(used: &Used) -> Markup {
    html! {
        li {
            (used.reason) " " span.place { (used.file) ":" (used.line) } ": "
            (figure(used.times)) " times, " (figure(used.allocations)) " allocations, " (figure(used.bytes)) " bytes"
        }
    }
}
