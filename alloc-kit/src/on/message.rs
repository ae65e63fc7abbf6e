//! The message of a broken budget: what was measured against what is allowed, and the lines that did it.

use std::env;
use std::fs;
use std::io::{self, IsTerminal};
use std::panic;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::hint::hint;
use super::limits::{Limits, NO_LIMIT, Site};
use super::resolve::{Frame, Place, Route, resolve, without_generics};
use super::trace::Trace;
use super::trap::Event;
use super::usage::{Usage, counted};

/// Places that are shown with their source; the others are summed up.
const PLACES: usize = 3;
/// Callers that are named.
const CALLERS: usize = 4;

/// All traces that lead to one place of the user's.
struct Culprit {
    route: Route,
    event: Event,
    times: u64,
    bytes: u64,
}

/// The message for a region that used more than its limits allow.
pub(super) fn broken(site: &Site, limits: &Limits, usage: &Usage, traces: &[Trace]) -> String {
    let breaches = breaches(limits, usage);
    let name = function_name(site);
    let title = format!("`{name}` {}", breaches.first().map_or("", String::as_str));
    let home = site.module.split("::").next().unwrap_or_default();
    let mut culprits = culprits(traces, home);
    // The places of what the title is about come first.
    let about_frees = title.contains("deallocation");
    culprits.sort_by_key(|culprit| culprit.frees() != about_frees);
    let (shown, rest) = culprits.split_at(culprits.len().min(PLACES));
    let sources: Vec<Option<String>> = shown.iter().map(Culprit::source).collect();

    let mut group = Level::ERROR.with_name("alloc-kit").primary_title(title).elements(None::<Element<'_>>);
    for (culprit, source) in shown.iter().zip(&sources) {
        group = group.elements(culprit.elements(source.as_deref()));
    }
    let note = |name, text: String| Level::NOTE.with_name(name).message(text);
    if culprits.is_empty() {
        group = group.element(note("budget of", format!("{}:{}", site.file, site.line)));
    }
    for breach in breaches.iter().skip(1) {
        group = group.element(note("note", format!("it also {breach}")));
    }
    if !rest.is_empty() {
        let times: u64 = rest.iter().map(|culprit| culprit.times).sum();
        group = group
            .element(note("note", format!("{times} more at {}", counted(rest.len() as u64, "other place"))));
    }
    if usage.allocations > limits.allocations && limits.allocations > 0 {
        let within = counted(limits.allocations, "allocation");
        group = group
            .element(note("note", format!("not shown: {within} before, within the budget")));
    }
    let in_traces: u64 = culprits.iter().map(|culprit| culprit.times).sum();
    if let Some(untraced) = untraced(limits, usage, in_traces) {
        group = group.element(note("note", untraced));
    }
    if let Some(first) = shown.first() {
        if let Some(inside) = first.route.inside.iter().rev().find(|frame| is_dependency(frame)) {
            let place =
                inside.place.as_ref().map(|place| format!(" at {}", place.shown())).unwrap_or_default();
            group = group.element(note("inside", format!("{}{place}", inside.function)));
        }
        for caller in first.route.user.iter().skip(1).take(CALLERS) {
            group = group.element(note("called from", caller.shown()));
        }
        if first.route.user.first().is_none_or(|frame| frame.place.is_none()) {
            group = group.element(note("note", NO_DEBUG_INFO.to_owned()));
            group = group.element(note("budget of", format!("{}:{}", site.file, site.line)));
        }
        if let Some(help) = hint(first.event, &first.route.inside) {
            group = group.element(Level::HELP.message(help));
        }
    }
    renderer().render(&[group])
}

const NO_DEBUG_INFO: &str = "the line is not known, since the program was built without debug information; \
    `debug = \"line-tables-only\"` in its profile, or CARGO_PROFILE_RELEASE_DEBUG=line-tables-only, gives it";

/// What is over its limit, each as the rest of a sentence.
fn breaches(limits: &Limits, usage: &Usage) -> Vec<String> {
    let Usage { allocations, bytes_allocated, peak_bytes, deallocations, live_bytes, .. } = *usage;
    let live_bytes = u64::try_from(live_bytes).unwrap_or(0);
    let bytes = |n| counted(n, "byte");
    let heap = counted(allocations, "heap allocation");
    [
        (allocations, limits.allocations, format!("made {heap} ({})", bytes(bytes_allocated)), ""),
        (bytes_allocated, limits.bytes, format!("allocated {} in {heap}", bytes(bytes_allocated)), "bytes"),
        (peak_bytes, limits.peak_bytes, format!("held {} at its peak", bytes(peak_bytes)), "peak_bytes"),
        (live_bytes, limits.live_bytes, format!("kept {} when it ended", bytes(live_bytes)), "live_bytes"),
        (
            deallocations,
            limits.deallocations,
            format!("made {}", counted(deallocations, "deallocation")),
            "deallocations",
        ),
    ]
    .into_iter()
    .filter(|&(used, limit, ..)| limit != NO_LIMIT && used > limit)
    .map(|(_, limit, what, key)| match key {
        "" => format!("{what}; its budget is {limit}"),
        key => format!("{what}; its budget is `{key} = {limit}`"),
    })
    .collect()
}

/// What was over but is in no trace, as a sentence.
fn untraced(limits: &Limits, usage: &Usage, traced: u64) -> Option<String> {
    let over = |used: u64, limit: u64| used.saturating_sub(limit);
    let over =
        over(usage.allocations, limits.allocations).max(over(usage.deallocations, limits.deallocations));
    let missing = over.saturating_sub(traced);
    (missing > 0 && traced > 0).then(|| format!("{missing} more were counted without being traced"))
}

/// Traces by the user's place that they lead to, in the order in which they happened.
fn culprits(traces: &[Trace], home: &str) -> Vec<Culprit> {
    let mut culprits: Vec<Culprit> = Vec::new();
    for trace in traces {
        let route = resolve(trace, home);
        let place =
            |route: &Route| route.user.first().map(|frame| (frame.place.clone(), frame.function.clone()));
        let frees = trace.event == Event::Deallocation;
        let same = |known: &&mut Culprit| place(&known.route) == place(&route) && known.frees() == frees;
        if let Some(known) = culprits.iter_mut().find(same) {
            known.times += trace.times;
            known.bytes += trace.bytes;
        } else {
            culprits.push(Culprit { route, event: trace.event, times: trace.times, bytes: trace.bytes });
        }
    }
    culprits
}

impl Culprit {
    fn frees(&self) -> bool {
        self.event == Event::Deallocation
    }

    fn place(&self) -> Option<&Place> {
        self.route.user.first()?.place.as_ref()
    }

    /// The text of the file, if it is at hand and long enough to be the right one.
    fn source(&self) -> Option<String> {
        let place = self.place()?;
        let text = fs::read_to_string(&place.file).ok()?;
        (text.lines().count() >= place.line).then_some(text)
    }

    /// `2 allocations, 48 bytes`
    fn label(&self) -> String {
        let noun = match self.event {
            Event::Allocation => "allocation",
            Event::Reallocation => "reallocation",
            Event::Deallocation => "deallocation",
        };
        format!("{}, {}", counted(self.times, noun), counted(self.bytes, "byte"))
    }

    fn elements<'a>(&'a self, source: Option<&'a str>) -> Vec<Element<'a>> {
        let Some(place) = self.place() else {
            let known =
                |frames: &[Frame]| frames.iter().map(|frame| frame.function.clone()).find(|f| !f.is_empty());
            let function = known(&self.route.user)
                .or_else(|| Some(format!("an inlined function, by {}", known(&self.route.inside)?)))
                .unwrap_or_else(|| String::from("a function without a name (the program is stripped)"));
            let text = format!("{function}: {}", self.label());
            return vec![Level::NOTE.with_name("allocated in").message(text).into()];
        };
        let path = super::resolve::shorten(&place.file);
        let Some((line, text)) =
            source.and_then(|text| Some((place.line, text.lines().nth(place.line - 1)?)))
        else {
            let origin = Origin::path(path).line(place.line).char_column(place.column.max(1));
            let text = format!("{} there; the source is not at hand", self.label());
            return vec![origin.into(), Level::NOTE.message(text).into()];
        };
        let span = token_at(text, place.column);
        let annotation = AnnotationKind::Primary.span(span).label(self.label());
        vec![Snippet::source(text).line_start(line).path(path).annotation(annotation).into()]
    }
}

/// The bytes of the name that starts at a column (in characters, from 1): what was called.
fn token_at(line: &str, column: usize) -> core::ops::Range<usize> {
    let text_starts = line.len() - line.trim_start().len();
    let start = match column {
        0 => text_starts,
        column => line.char_indices().nth(column - 1).map_or(text_starts, |(at, _)| at),
    };
    let name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = line[start..].find(|c| !name(c)).map_or(line.len(), |at| start + at);
    let end = if line[end..].starts_with('!') { end + 1 } else { end };
    // A place that is no name (an operator, a brace) is one character wide.
    let first = line[start..].chars().next().map_or(0, char::len_utf8);
    start..end.max(start + first)
}

fn is_dependency(frame: &Frame) -> bool {
    frame.owner == super::resolve::Owner::Dependency
}

impl Frame {
    /// `src/main.rs:10:5 in app::run`
    fn shown(&self) -> String {
        match &self.place {
            Some(place) => format!("{} in {}", place.shown(), self.function),
            None => self.function.clone(),
        }
    }
}

/// The function's name, with its type where it is a method: `Parser::grow`.
fn function_name(site: &Site) -> String {
    let path = (site.marker_path)();
    // `app::Parser<T>::grow::marker`, or `<app::Parser as app::Grow>::grow::marker`.
    let of_trait =
        path.strip_prefix('<').and_then(|path| path.split_once(" as ")).map(|(of_type, _)| of_type);
    let path = without_generics(of_trait.unwrap_or(path));
    let mut segments = path.rsplit("::").skip(if of_trait.is_some() { 0 } else { 2 });
    // What is around a function is its type, or a module or another function, which are written small.
    match segments.next().filter(|around| around.starts_with(char::is_uppercase)) {
        Some(of_type) => format!("{of_type}::{}", site.name),
        None => site.name.to_owned(),
    }
}

/// Colour where a person looks at it; `NO_COLOR` turns it off and `CLICOLOR_FORCE` on.
fn renderer() -> Renderer {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
    if set("NO_COLOR") || !(set("CLICOLOR_FORCE") || (io::stderr().is_terminal() && !dumb)) {
        Renderer::plain()
    } else {
        Renderer::styled()
    }
}

/// Says that a region over its limits was left by a panic, and so not judged.
pub(super) fn say_not_judged(site: &Site) {
    let name = function_name(site);
    // A standard error that is closed must not make a second panic.
    let _ = panic::catch_unwind(|| {
        eprintln!("alloc-kit: `{name}` was left by a panic: its budget was not judged");
    });
}
