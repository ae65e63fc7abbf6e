//! What stands below the table: the broken ones with the line that allocated, those never exercised, those not verified, the
//! exceptions; and the line that sums it up.

use std::fmt::{Display, Write};

use anstyle::Style;

use crate::record::{BreachSeen, Frame, Limit, Used, Verdict};
use crate::shard::Budget;
use crate::shell::{BOLD, ERROR, FAINT, GOOD, WARNING};
use crate::table::{count, grouped};
use crate::view::Platform;

/// Lines of different places that are shown of one broken budget.
const PLACES: usize = 3;

/// Broken ones, where they are, and the first line that allocated.
pub(crate) fn broken(platform: &Platform) -> String {
    let mut text = String::new();
    for budget in of(platform, Verdict::Broken) {
        line(&mut text, budget, why(budget));
        // The first of each place: many tests may come by there.
        let mut places: Vec<(String, String)> = Vec::new();
        for (place, text) in budget.seen.breaches.iter().filter_map(place) {
            if places.iter().all(|(known, _)| *known != place) {
                places.push((place, text));
            }
        }
        for (_, place) in places.iter().take(PLACES) {
            let _ = writeln!(text, "    {place}");
        }
        if places.len() > PLACES {
            let _ = writeln!(text, "    and at {}", counted((places.len() - PLACES) as u64, "other"));
        }
    }
    block("broken", ERROR, &text)
}

/// Budgets that no test called.
pub(crate) fn never_exercised(platform: &Platform) -> String {
    let mut text = String::new();
    of(platform, Verdict::NeverExercised).for_each(|budget| line(&mut text, budget, ""));
    block("never exercised", WARNING, &text)
}

/// Budgets that were called, and why nothing is known of them.
pub(crate) fn not_verified(platform: &Platform) -> String {
    let mut text = String::new();
    of(platform, Verdict::NotVerified).for_each(|budget| line(&mut text, budget, why(budget)));
    block("not verified", WARNING, &text)
}

/// All exceptions, those that nothing used as well.
pub(crate) fn exceptions(platform: &Platform) -> String {
    let mut text = String::new();
    for exception in &platform.exceptions {
        let Used { reason, file, line, times, allocations, bytes } = &exception.used;
        let used = match times {
            0 => format!("{WARNING}not used{WARNING:#}"),
            _ => format!(
                "{}, {}, {}",
                counted(*times, "time"),
                counted(*allocations, "allocation"),
                counted(*bytes, "byte")
            ),
        };
        let _ = writeln!(text, "  {BOLD}{reason:?}{BOLD:#}  {FAINT}{file}:{line}{FAINT:#}  {used}");
    }
    block("exceptions", Style::new(), &text)
}

/// `12 budgets in 3 processes: 11 held, 1 never exercised`
pub(crate) fn summary(platforms: &[Platform]) -> String {
    let all = |verdict| platforms.iter().map(|platform| platform.count(verdict)).sum::<usize>();
    let budgets: usize = platforms.iter().map(|platform| platform.budgets.len()).sum();
    let processes = platforms.iter().fold(0_u64, |sum, platform| sum.saturating_add(platform.processes));
    let mut text =
        format!("{} in {}", counted(budgets as u64, "budget"), counted_as(processes, "process", "processes"));
    if platforms.len() > 1 {
        let _ = write!(text, " on {} platforms", platforms.len());
    }
    let verdicts = [
        (Verdict::Held, GOOD),
        (Verdict::Broken, ERROR),
        (Verdict::NotVerified, WARNING),
        (Verdict::NeverExercised, WARNING),
    ];
    let mut separator = ": ";
    for (verdict, style) in verdicts {
        let number = all(verdict);
        if number > 0 {
            let _ = write!(text, "{separator}{style}{number} {}{style:#}", verdict.name());
            separator = ", ";
        }
    }
    text + "\n"
}

fn of(platform: &Platform, verdict: Verdict) -> impl Iterator<Item = &Budget> {
    platform.budgets.iter().filter(move |budget| budget.seen.verdict == verdict)
}

/// A block that has something in it.
fn block(name: &str, style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\n{style}{name}{style:#}:\n{text}") }
}

fn line(text: &mut String, budget: &Budget, more: impl Display) {
    let (name, place) = (budget.name(), budget.place());
    let line = format!("  {BOLD}{name}{BOLD:#}  {FAINT}{place}{FAINT:#}  {more}");
    let _ = writeln!(text, "{}", line.trim_end());
}

/// The reason that was given, or else what was over which limit.
fn why(budget: &Budget) -> String {
    let seen = &budget.seen;
    if let Some(why) = &seen.why {
        return why.clone();
    }
    if seen.verdict != Verdict::Broken {
        return String::new();
    }
    let over = seen.room.iter().filter(|(_, room)| **room < 0);
    let mut over: Vec<String> =
        over.map(|(key, room)| format!("{} over", of_key(room.saturating_neg(), key))).collect();
    over.push(format!("in {} of {}", count(seen.broken), counted(seen.judged, "call")));
    over.join(", ")
}

/// The place, and `--> src/lib.rs:12:17  1 allocation, 64 bytes (used 1 of 0 allocations) in tests::counts`
fn place(breach: &BreachSeen) -> Option<(String, String)> {
    let (first, frame) = breach.places.iter().find_map(|place| {
        let is_named = |frame: &&Frame| frame.file.is_some() && frame.line.is_some();
        Some((place, place.culprit().or_else(|| place.stack.iter().find(is_named))?))
    })?;
    let place = frame.place()?;
    let mut text = format!("{FAINT}-->{FAINT:#} {place}");
    let _ = write!(text, "  {}, {}", counted(first.times, &first.event), counted(first.bytes, "byte"));
    if let Some(Limit { key, limit, used }) = breach.limits.first() {
        let _ = write!(text, " (used {} of {} {})", grouped(*used), grouped(*limit), key.replace('_', " "));
    }
    if let Some(thread) = &breach.thread {
        let _ = write!(text, " {FAINT}in {thread}{FAINT:#}");
    }
    Some((place, text))
}

/// `1 allocation`, `64 peak bytes`
fn of_key(figure: i64, key: &str) -> String {
    let key = key.replace('_', " ");
    let key = if figure == 1 { key.strip_suffix('s').unwrap_or(&key) } else { &key };
    format!("{} {key}", grouped(figure))
}

/// `1 call`, `2 calls`
pub(crate) fn counted(number: u64, what: &str) -> String {
    counted_as(number, what, &format!("{what}s"))
}

pub(crate) fn counted_as(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}
