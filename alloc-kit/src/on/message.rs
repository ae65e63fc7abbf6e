//! The message of a broken budget: what was measured against what is allowed, and the lines that did it.

use core::mem;
use std::env;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::Path;

use annotate_snippets::{Group, Level, Renderer};

use super::culprit::{Culprit, each, more, together};
use super::hint::hint;
use super::line::{self, Totals};
use super::mode;
use super::resolve::{Owner, forks, without_generics};
use super::site::{Limits, Site};
use super::trace::Trace;
use super::usage::{Usage, counted};
use super::verdict::{Breach, Key, breaches};

/// Places that are shown with their source; the others are summed up.
const PLACES: usize = 3;
/// Callers that are named.
pub(super) const CALLERS: usize = 4;

/// A region that used more than its limits allow.
pub(super) struct Broken<'a> {
    pub(super) site: &'a Site,
    pub(super) path: &'a str,
    pub(super) limits: &'a Limits,
    pub(super) usage: &'a Usage,
    /// What the region's own thread used.
    pub(super) own: &'a Totals,
    pub(super) traces: &'a [Trace],
    /// How often another thread was attached to it.
    pub(super) attached: u64,
    /// How many threads started meanwhile, by whom ever.
    pub(super) started: u64,
}

/// A region that used more than its limits allow, and what did it.
pub(super) struct Explained<'a> {
    pub(super) broken: &'a Broken<'a>,
    pub(super) breaches: Vec<Breach>,
    /// By place, for the message.
    culprits: Vec<Culprit>,
    /// By the whole stack, if that is asked for.
    pub(super) ways: Vec<Culprit>,
}

impl<'a> Explained<'a> {
    /// Resolves what was traced; `with_ways` by the whole stack as well.
    pub(super) fn of(broken: &'a Broken<'a>, with_ways: bool) -> Self {
        let breaches = breaches(broken.limits, broken.usage);
        let each = each(broken.traces, home(broken.site));
        let mut ways = if with_ways { together(each.clone(), Culprit::is_by_way_of) } else { Vec::new() };
        let mut culprits = together(each, Culprit::is_at);
        // The places of what the title is about come first.
        let is_about_frees = breaches.first().is_some_and(|first| first.key == Key::Deallocations);
        for places in [&mut culprits, &mut ways] {
            places.sort_by_key(|culprit| culprit.frees() != is_about_frees);
        }
        Self { broken, breaches, culprits, ways }
    }

    /// What would help, if that is known.
    pub(super) fn help(&self) -> Option<&'static str> {
        let of_live_bytes = || self.breaches.first().filter(|first| first.key == Key::LiveBytes);
        self.culprits.first().and_then(hint_of).or_else(|| of_live_bytes().map(|_| NARROW_DOWN))
    }

    /// The message.
    pub(super) fn message(&self, renderer: &Renderer) -> String {
        message(self, renderer)
    }
}

/// The crate of a site, whose code is the user's.
pub(super) fn home(site: &Site) -> &str {
    site.module.split("::").next().unwrap_or_default()
}

/// What would help against what happened at a place.
pub(super) fn hint_of(culprit: &Culprit) -> Option<&'static str> {
    hint(culprit.event, &culprit.route.inside)
}

fn message(explained: &Explained<'_>, renderer: &Renderer) -> String {
    let Explained { broken, breaches, culprits, .. } = explained;
    let Broken { site, path, limits, usage, .. } = **broken;
    let name = function_name(site, path);
    let first_sentence = breaches.first().map_or("", |first| first.sentence.as_str());
    // NOTE: without colour in any case, so that `#[should_panic(expected = "..")]` finds it on a terminal too.
    let title = format!("alloc-kit: `{name}` {first_sentence}");
    let (shown, rest) = culprits.split_at(culprits.len().min(PLACES));
    let sources: Vec<Option<String>> = shown.iter().map(Culprit::source).collect();

    let mut group = Group::with_level(Level::ERROR);
    for (culprit, source) in shown.iter().zip(&sources) {
        group = group.elements(culprit.elements(source.as_deref()));
    }
    let note = |name, text: String| Level::NOTE.with_name(name).message(text);
    for breach in breaches.iter().skip(1) {
        group = group.element(note("note", format!("it also {}", breach.sentence)));
    }
    if !rest.is_empty() {
        let times: u64 = rest.iter().map(|culprit| culprit.times).sum();
        group = group.element(note("note", more(times, rest.iter())));
    }
    // Of other threads that nobody attached no line would be shown, whatever the budget.
    let own = broken.own.allocations.cast_unsigned();
    let traced = if site.process { own } else { usage.allocations };
    if traced > limits.allocations && limits.allocations > 0 {
        let within = counted(limits.allocations, "allocation");
        group = group.element(note(
            "note",
            format!("not shown: {within} before, within the budget; a budget of 0 begins with them"),
        ));
    }
    let in_traces: u64 = culprits.iter().map(|culprit| culprit.times).sum();
    if let Some(untraced) = untraced(broken, in_traces) {
        group = group.element(note("note", untraced));
    }
    if let Some(first) = shown.first() {
        if let Some(inside) = first.route.inside.iter().rev().find(|frame| frame.owner == Owner::Dependency) {
            let place =
                inside.place.as_ref().map(|place| format!(" at {}", place.shown())).unwrap_or_default();
            group = group.element(note("inside", format!("{}{place}", inside.function)));
        }
        for caller in first.route.user.iter().skip(1).take(CALLERS) {
            group = group.element(note("called from", caller.shown()));
        }
        if first.route.user.first().is_none_or(|frame| frame.place.is_none()) {
            group = group.element(note("note", why_no_line()));
        }
    }
    if limits.warmup > 0 {
        let text = format!("`warmup = {}`: the first calls in this process were let pass", limits.warmup);
        group = group.element(note("note", text));
    }
    if let Some(threads) = of_threads(broken, culprits) {
        group = group.element(note("note", threads));
    }
    group = group.element(note("budget of", format!("{}:{}", site.file, site.line)));
    if let Some(help) = explained.help() {
        group = group.element(Level::HELP.message(help));
    }
    format!("{title}\n{}", renderer.render(&[group]))
}

/// Panics with a message that was made while counting was suspended, and frees it likewise: the copy that the panic takes
/// is all that a region around sees, and its free too.
// NOTE: not `panic_any`, which allocates before the thread is panicking: a `fail_nth` around would take it for its own.
#[cold]
#[track_caller]
pub(super) fn panic_with(message: String) -> ! {
    let message = OwnText(message);
    panic!("{}", message.0)
}

/// A text that was made while counting was suspended.
struct OwnText(String);

impl Drop for OwnText {
    fn drop(&mut self) {
        let _suspended = line::suspend();
        drop(mem::take(&mut self.0));
    }
}

/// What the figures have of other threads, or lack.
fn of_threads(broken: &Broken<'_>, culprits: &[Culprit]) -> Option<String> {
    let others = broken.usage.allocations.saturating_sub(broken.own.allocations.cast_unsigned());
    let others = counted(others, "allocation");
    if broken.site.process {
        return Some(format!(
            "{others} of them by other threads, of which no line is known: `scope = process`"
        ));
    }
    if broken.attached > 0 {
        return Some(format!("{others} of them by threads that a `Handle` attached"));
    }
    if culprits.iter().any(Culprit::spawns) {
        return Some(format!("a thread was spawned there; its own allocations are not counted: {ATTACH}"));
    }
    (broken.started > 0).then(|| {
        let started = counted(broken.started, "thread");
        format!(
            "{started} started meanwhile, here or elsewhere; what they allocated is not counted: {ATTACH}"
        )
    })
}

const ATTACH: &str = "`Handle::current()` here and `attach` there would";

const NARROW_DOWN: &str = "what was kept is not traced; \
    `assert_alloc_budget!(live_bytes = 0, ..)` round parts of the function narrows it down";

/// Why there is no line to show.
pub(super) fn why_no_line() -> String {
    if forks::are_symbols_lost() {
        return "the line is not known, since the process was forked in the middle of another message"
            .to_owned();
    }
    // It may have been deleted, and then there may be no debug information, or be some: nobody can know.
    let read =
        env::current_exe().and_then(|program| File::open(&program).map_err(|error| named(&error, &program)));
    match read {
        Ok(_) => NO_DEBUG_INFO.to_owned(),
        Err(error) => format!("the line is not known, since the program's own file cannot be read: {error}"),
    }
}

fn named(error: &io::Error, program: &Path) -> io::Error {
    io::Error::other(format!("{}: {error}", program.display()))
}

const NO_DEBUG_INFO: &str = "the line is not known, since the program was built without debug information; \
    `debug = \"line-tables-only\"` in its profile, or CARGO_PROFILE_RELEASE_DEBUG=line-tables-only, gives it";

/// What was over but is in no trace, as a sentence.
fn untraced(broken: &Broken<'_>, traced: u64) -> Option<String> {
    let Broken { site, limits, usage, attached, .. } = *broken;
    let over = |used: u64, limit: u64| used.saturating_sub(limit);
    let over =
        over(usage.allocations, limits.allocations).max(over(usage.deallocations, limits.deallocations));
    let missing = over.saturating_sub(traced);
    let why = match (traced, attached) {
        // Of those there is a note of their own.
        _ if site.process => return None,
        (_, 1..) => "before the threads knew of each other's",
        // Where nothing is traced there was nothing to trace it with.
        (0, 0) => return None,
        (_, 0) => "what is traced is bounded",
    };
    (missing > 0).then(|| format!("{missing} more were counted without being traced: {why}"))
}

/// The function's name, with its type where it is a method: `Parser::grow`.
pub(super) fn function_name(site: &Site, path: &str) -> String {
    // `app::Parser<T>::grow::{{closure}}`, or `<app::Parser as app::Grow>::grow::{{closure}}`.
    let of_trait =
        path.strip_prefix('<').and_then(|path| path.split_once(" as ")).map(|(of_type, _)| of_type);
    let path = without_generics(of_trait.unwrap_or(path));
    // An `async fn` has closures in closures.
    let path = path.trim_end_matches("::{{closure}}");
    let around = path.rsplit("::").nth(usize::from(of_trait.is_none()));
    // What is around a function is its type, or a module or another function, which are written small.
    let is_type = |name: &&str| {
        name.starts_with(char::is_uppercase) && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    match around.filter(is_type) {
        Some(of_type) => format!("{of_type}::{}", site.name),
        None => site.name.to_owned(),
    }
}

/// Colour where a person looks at it; `NO_COLOR` turns it off and `CLICOLOR_FORCE` on. And whether there is none.
pub(super) fn renderer() -> (Renderer, bool) {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
    if set("NO_COLOR") || !(set("CLICOLOR_FORCE") || (io::stderr().is_terminal() && !dumb)) {
        (Renderer::plain(), true)
    } else {
        (Renderer::styled(), false)
    }
}

/// Says that a region over its limits was left by a panic, and so not judged.
pub(super) fn say_not_judged(site: &Site, path: &str) {
    let name = function_name(site, path);
    mode::say(&format!("alloc-kit: `{name}` was left by a panic: its budget was not judged"));
}
