//! The places that a message shows: traces put together by the user's line that they lead to.

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Snippet};

use super::place::{Place, shorten};
use super::resolve::{Frame, Owner, Route, resolve};
use super::trace::Trace;
use super::trap::Event;
use super::usage::counted;

/// All events that lead to one place of the user's.
#[derive(Clone)]
pub(super) struct Culprit {
    pub(super) route: Route,
    pub(super) event: Event,
    pub(super) times: u64,
    pub(super) bytes: u64,
}

/// Traces by the user's place that they lead to, in the order in which they happened.
pub(super) fn culprits(traces: &[Trace], home: &str) -> Vec<Culprit> {
    together(each(traces, home), Culprit::is_at)
}

/// Traces one by one, in the order in which they happened.
pub(super) fn each(traces: &[Trace], home: &str) -> Vec<Culprit> {
    let of = |trace: &Trace| {
        let Trace { event, times, bytes, .. } = *trace;
        Culprit { route: resolve(trace, home), event, times, bytes }
    };
    traces.iter().map(of).collect()
}

/// Those that are the same put together, in the order of the first of them.
pub(super) fn together(all: Vec<Culprit>, is_same: fn(&Culprit, &Culprit) -> bool) -> Vec<Culprit> {
    let mut culprits: Vec<Culprit> = Vec::new();
    for culprit in all {
        if let Some(known) = culprits.iter_mut().find(|known| is_same(known, &culprit)) {
            known.times += culprit.times;
            known.bytes += culprit.bytes;
        } else {
            culprits.push(culprit);
        }
    }
    culprits
}

/// Places that are only named, of those that are not shown with their source.
const NAMED: usize = 4;

/// What is said of the places that are not shown: how many, and where the first of them are.
pub(super) fn more<'a>(times: u64, places: impl ExactSizeIterator<Item = &'a Culprit>) -> String {
    let mut text = format!("{times} more at {}", counted(places.len() as u64, "other place"));
    let unnamed = places.len().saturating_sub(NAMED);
    let named: Vec<String> =
        places.take(NAMED).filter_map(|culprit| culprit.place().map(Place::shown)).collect();
    if !named.is_empty() {
        text += ": ";
        text += &named.join(", ");
        text += if unnamed > 0 { ", .." } else { "" };
    }
    text
}

impl Culprit {
    /// Whether it is about deallocations.
    pub(super) fn frees(&self) -> bool {
        self.event == Event::Deallocation
    }

    /// Whether a thread or a task was made there.
    pub(super) fn spawns(&self) -> bool {
        const MADE_BY: [&str; 4] = ["std::thread::", "rayon", "tokio::task::spawn", "tokio::runtime::"];
        let makes = |frame: &Frame| {
            MADE_BY.iter().any(|start| frame.function.contains(start)) && frame.function.contains("spawn")
        };
        self.route.inside.iter().any(makes)
    }

    /// Whether the other one is about the same place and the same kind of event.
    pub(super) fn is_at(&self, other: &Self) -> bool {
        let place = |culprit: &Self| {
            culprit.route.user.first().map(|frame| (frame.place.clone(), frame.function.clone()))
        };
        place(self) == place(other) && self.frees() == other.frees()
    }

    /// Whether the other one is of the same event by the same way.
    pub(super) fn is_by_way_of(&self, other: &Self) -> bool {
        self.event == other.event && self.stack().eq(other.stack())
    }

    /// What was called inside of dependencies, and then the user's own code, from the innermost on.
    pub(super) fn stack(&self) -> impl Iterator<Item = &Frame> {
        self.inside().chain(&self.route.user)
    }

    /// What was called inside of dependencies.
    pub(super) fn inside(&self) -> impl Iterator<Item = &Frame> {
        self.route.inside.iter().filter(|frame| frame.owner == Owner::Dependency)
    }

    fn place(&self) -> Option<&Place> {
        self.route.user.first()?.place.as_ref()
    }

    /// The text of the line, if it is at hand.
    pub(super) fn source(&self) -> Option<String> {
        self.place()?.text()
    }

    /// `2 allocations, 48 bytes`
    fn label(&self) -> String {
        format!("{}, {}", counted(self.times, self.event.noun()), counted(self.bytes, "byte"))
    }

    /// The source with the place marked and its figures, or what is known instead.
    pub(super) fn elements<'a>(&'a self, source: Option<&'a str>) -> Vec<Element<'a>> {
        self.labelled(source, self.label())
    }

    /// The source with the place marked and a text to it, or what is known instead.
    pub(super) fn labelled<'a>(&'a self, source: Option<&'a str>, label: String) -> Vec<Element<'a>> {
        let Some(place) = self.place() else {
            let named = |frame: &&Frame| !frame.function.is_empty();
            let function = |frame: &Frame| frame.function.clone();
            let user = self.route.user.iter().find(named).map(function);
            // What is named further out did not inline it: in a stripped program that is the C library's start.
            let inside = self.route.inside.first().filter(named).map(function);
            let function = user
                .or_else(|| Some(format!("an inlined function, by {}", inside?)))
                .unwrap_or_else(|| String::from("a function without a name (the program is stripped)"));
            let text = format!("{function}: {label}");
            return vec![Level::NOTE.with_name("allocated in").message(text).into()];
        };
        let path = shorten(&place.file);
        let Some(text) = source else {
            let origin = Origin::path(path).line(place.line).char_column(place.column.max(1));
            let text = format!("{label} there; the source is not at hand");
            return vec![origin.into(), Level::NOTE.message(text).into()];
        };
        let annotation = AnnotationKind::Primary.span(place.name_in(text)).label(label);
        vec![Snippet::source(text).line_start(place.line).path(path).annotation(annotation).into()]
    }
}
