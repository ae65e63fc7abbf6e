//! A budget that breaks, as a line of JSON: which limits, where, and by what way. The schema is in `docs/report.md`.

use std::thread;

use annotate_snippets::Renderer;

use super::context::{self, Context, Region, Role};
use super::culprit::{Culprit, each, together};
use super::json::{self, Object};
use super::line::Totals;
use super::message::{self, Broken, Explained};
use super::place::Shown;
use super::report;
use super::resolve::Frame;
use super::site::{Limits, Site};
use super::stack;
use super::trace::Trace;
use super::usage::Usage;
use super::verdict::{self, breaches};

/// A breach that is to be written.
struct Teller {
    /// The name of the thread that it is on.
    thread: Option<String>,
}

impl Teller {
    /// Where a report was asked for, and the site has not been told of too often yet. Counting is suspended.
    fn of(site: &Site) -> Option<Self> {
        Self::at_the_end(site).map(|_| Self { thread: thread_name() })
    }

    /// As [`of`](Self::of), when the process ends: `exit` has run the thread's destructors, or it has not, as systems differ.
    fn at_the_end(site: &Site) -> Option<Self> {
        (report::is_asked_for() && site.stats.may_be_told()).then_some(Self { thread: None })
    }
}

/// The name of the calling thread. What the standard library keeps of a thread is gone when the last destructors run.
fn thread_name() -> Option<String> {
    context::is_owned().then(thread::current)?.name().map(str::to_owned)
}

/// The message of a broken budget, which is written to the report if it is to be.
pub(super) fn tell(broken: &Broken<'_>) -> String {
    let teller = Teller::of(broken.site);
    let (message, line) = stack::with_room(|| explain(broken, teller.as_ref()));
    if let Some(line) = line {
        report::write_at_once(broken.site, &line);
    }
    message
}

/// The message, and the line of it if there is to be one.
fn explain(broken: &Broken<'_>, teller: Option<&Teller>) -> (String, Option<String>) {
    let explained = Explained::of(broken, teller.is_some());
    let (renderer, is_plain) = message::renderer();
    let message = explained.message(&renderer);
    let line = teller.map(|teller| {
        let plain = if is_plain { None } else { Some(explained.message(&Renderer::plain())) };
        of_explained(&explained, teller, plain.as_deref().unwrap_or(&message))
    });
    (message, line)
}

fn of_explained(explained: &Explained<'_>, teller: &Teller, message: &str) -> String {
    let Broken { site, path, limits, usage, .. } = *explained.broken;
    line(
        teller,
        (site, path),
        &explained.breaches,
        (&explained.ways, not_shown(limits, usage, &explained.ways)),
        (explained.help(), message),
    )
}

/// Writes that the allocation which is going on breaks the budget of a region, and that the process ends for it. Counting is
/// suspended.
pub(super) fn tell_at_the_event(site: &Site, region: &mut Region, now: &Totals, trace: &Trace, said: &str) {
    let Some(teller) = Teller::of(site) else { return };
    let usage = so_far(region, now, 0);
    let line =
        stack::with_room(|| unended(&teller, (site, region.path, &region.limits), &usage, &[*trace], said));
    report::write_at_once(site, &line);
}

/// Lines for the regions of the thread that ends the process which are over a limit and have not returned. Counting is
/// suspended; `now` and `peak` are what the thread had counted before.
pub(super) fn of_unended(context: &mut Context, now: &Totals, peak: i64) -> String {
    let mut lines = String::new();
    for depth in 0..context.depth {
        let Context { slots, traces, .. } = context;
        let region = &mut slots[depth];
        let Some(site) = region.site.filter(|_| region.over && region.role == Role::Judged) else { continue };
        let Some(teller) = Teller::at_the_end(site) else { continue };
        let peak = if region.watches_peak { peak.wrapping_sub(region.start.live_bytes) } else { 0 };
        let usage = so_far(region, now, peak);
        let traces: Vec<Trace> = traces.of(depth).copied().collect();
        let said = report::went_over(site);
        lines += &stack::with_room(|| {
            unended(&teller, (site, region.path, &region.limits), &usage, &traces, &said)
        });
    }
    lines
}

/// What a region has used so far.
fn so_far(region: &mut Region, now: &Totals, peak: i64) -> Usage {
    let used = *now - region.start;
    let used = if region.is_lean {
        Totals { allocations: used.allocations, bytes_allocated: used.bytes_allocated, ..Totals::NONE }
    } else {
        used
    };
    let all = region.publish(used.allocations).unwrap_or(used.allocations);
    let used = Totals { allocations: all, ..used };
    Usage::of(used, peak.max(used.live_bytes).max(0).cast_unsigned())
}

/// A line for a region that has not ended.
fn unended(
    teller: &Teller,
    (site, path, limits): (&Site, &str, &Limits),
    usage: &Usage,
    traces: &[Trace],
    said: &str,
) -> String {
    let ways = together(each(traces, message::home(site)), Culprit::is_by_way_of);
    // What is live when it ends is nothing that can be said before.
    let limits = &limits.without_live_bytes();
    let not_shown = not_shown(limits, usage, &ways);
    let help = ways.first().and_then(message::hint_of);
    line(teller, (site, path), &breaches(limits, usage), (&ways, not_shown), (help, said))
}

/// Allocations and deallocations beyond their limits that are in no trace.
fn not_shown(limits: &Limits, usage: &Usage, ways: &[Culprit]) -> u64 {
    let traced =
        |frees: bool| ways.iter().filter(|way| way.frees() == frees).map(|way| way.times).sum::<u64>();
    let missing = |used: u64, limit: u64, frees| used.saturating_sub(limit).saturating_sub(traced(frees));
    missing(usage.allocations, limits.allocations, false).saturating_add(missing(
        usage.deallocations,
        limits.deallocations,
        true,
    ))
}

fn line(
    teller: &Teller,
    (site, path): (&Site, &str),
    breaches: &[verdict::Breach],
    (ways, not_shown): (&[Culprit], u64),
    (help, message): (Option<&str>, &str),
) -> String {
    let limit = |breach: &verdict::Breach| {
        Object::new()
            .text("key", breach.key.name())
            .number("limit", breach.limit)
            .number("used", breach.used)
            .end()
    };
    let mut shown = Shown::new();
    let places = ways.iter().map(|way| place(way, &mut shown));
    json::of_breach(site, path)
        .text_or_null("thread", teller.thread.as_deref())
        .list("limits", breaches.iter().map(limit))
        .list("places", places)
        .number("not_shown", verdict::as_signed(not_shown))
        .text_or_null("help", help)
        .text("message", message)
        .line()
}

/// What one way led to.
fn place(way: &Culprit, shown: &mut Shown) -> String {
    Object::new()
        .text("event", way.event.noun())
        .number("times", verdict::as_signed(way.times))
        .number("bytes", verdict::as_signed(way.bytes))
        .number("inside", verdict::as_signed(way.inside().count() as u64))
        .list("stack", way.stack().map(|frame| of_frame(frame, shown)))
        .end()
}

fn of_frame(frame: &Frame, shown: &mut Shown) -> String {
    let place = frame.place.as_ref();
    let (file, column) = place.map(|place| shown.of(place)).map_or((None, None), |(file, column)| {
        (Some(file.as_str()), column.map(|column| verdict::as_signed(column as u64)))
    });
    Object::new()
        .text("function", &frame.function)
        .text_or_null("file", file)
        .number_or_null("line", place.map(|place| verdict::as_signed(place.line as u64)))
        .number_or_null("column", column)
        .end()
}
