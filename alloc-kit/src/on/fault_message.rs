//! What fault injection has to say: the allocations that cannot fail, and the one that had failed before a panic.

use core::slice;

use annotate_snippets::{Element, Group, Level};

use super::culprit::{Culprit, culprits, more};
use super::message::{CALLERS, renderer, why_no_line};
use super::resolve::{Owner, Route};
use super::trace::Trace;

/// Places that are shown with their source; the others are summed up.
const PLACES: usize = 10;
/// Numbers of allocations that are named for one place.
const NUMBERS: usize = 6;

/// An allocation that was to fail, by its number in the region.
pub(super) struct Numbered {
    pub(super) nth: u64,
    pub(super) trace: Trace,
}

/// The message for allocations that were let succeed, since their failure would have ended the process.
pub(super) fn cannot_fail(title: &str, spared: &[Numbered], home: &str) -> String {
    let places = places(spared, home);
    let (shown, rest) = places.split_at(places.len().min(PLACES));
    let sources: Vec<_> = shown.iter().map(|place| place.culprit.source()).collect();
    let mut group = Group::with_level(Level::ERROR);
    for (place, source) in shown.iter().zip(&sources) {
        group = group.elements(place.culprit.labelled(source.as_deref(), place.label()));
    }
    if !rest.is_empty() {
        let times: usize = rest.iter().map(|place| place.numbers.len()).sum();
        let text = more(times as u64, rest.iter().map(|place| &place.culprit));
        group = group.element(Level::NOTE.message(text));
    }
    if let Some(first) = shown.first() {
        group = group.elements(callers(&first.culprit));
    }
    let group = group.element(Level::HELP.message(MAKE_FALLIBLE));
    format!("{title}\n{}", renderer().0.render(&[group]))
}

const MAKE_FALLIBLE: &str = "make room by `try_reserve` before it, and hand the error on; \
    `Box`, `Rc`, `Arc` and `format!` have no such way";

/// What a panic is told with: which allocation had failed, and where.
pub(super) fn had_failed(nth: u64, trace: &Trace, home: &str) -> String {
    let title = format!("alloc-kit: allocation {nth} had failed before this panic");
    let Some(culprit) = culprits(slice::from_ref(trace), home).pop() else { return title };
    let source = culprit.source();
    let label = String::from("this one failed");
    let group = Group::with_level(Level::NOTE).elements(culprit.labelled(source.as_deref(), label));
    format!("{title}\n{}", renderer().0.render(&[group.elements(callers(&culprit))]))
}

/// What the user's line called of a dependency, who called it, and why it may not be known.
fn callers(culprit: &Culprit) -> Vec<Element<'static>> {
    let Route { inside, user } = &culprit.route;
    let note = |name, text: String| Level::NOTE.with_name(name).message(text).into();
    let of_dependency = inside.iter().rev().find(|frame| frame.owner == Owner::Dependency);
    let mut elements: Vec<_> =
        of_dependency.map(|frame| note("inside", frame.function.clone())).into_iter().collect();
    elements.extend(user.iter().skip(1).take(CALLERS).map(|caller| note("called from", caller.shown())));
    if user.first().is_none_or(|frame| frame.place.is_none()) {
        elements.push(note("note", why_no_line()));
    }
    elements
}

/// The allocations of one place of the user's.
struct Numbers {
    culprit: Culprit,
    numbers: Vec<u64>,
}

/// By the user's place, in the order of the numbers.
fn places(spared: &[Numbered], home: &str) -> Vec<Numbers> {
    let mut places: Vec<Numbers> = Vec::new();
    for Numbered { nth, trace } in spared {
        for culprit in culprits(slice::from_ref(trace), home) {
            match places.iter_mut().find(|known| known.culprit.is_at(&culprit)) {
                Some(known) => known.numbers.push(*nth),
                None => places.push(Numbers { culprit, numbers: vec![*nth] }),
            }
        }
    }
    places
}

impl Numbers {
    /// `allocation 3`, `allocations 2, 5 and 7`, `allocations 1, 2, 3, 4, 5, 6 and 12 more`
    fn label(&self) -> String {
        let (named, more) = self.numbers.split_at(self.numbers.len().min(NUMBERS));
        let mut parts: Vec<String> = named.iter().map(u64::to_string).collect();
        if !more.is_empty() {
            parts.push(format!("{} more", more.len()));
        }
        match parts.as_slice() {
            [one] => format!("allocation {one}"),
            [most @ .., last] => format!("allocations {} and {last}", most.join(", ")),
            [] => String::new(),
        }
    }
}
