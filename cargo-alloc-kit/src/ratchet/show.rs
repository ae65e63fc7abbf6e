//! What changed, in words.

use std::fmt::Write;

use super::compare::{Change, Changes, Kind};
use super::file::KEYS;
use super::{Outcome, Save};
use crate::shell::{BOLD, ERROR, FAINT, GOOD, NOTE, WARNING};
use crate::table::grouped;

/// How many of the functions are listed that are new, or gone: they are in the diff of the file, too.
const LISTED: usize = 20;

/// In the order in which they are said.
const KINDS: [Kind; 8] = [
    Kind::Worse,
    Kind::Better,
    Kind::Renamed,
    Kind::New,
    Kind::Gone,
    Kind::NeverExercised,
    Kind::NotVerified,
    Kind::NotCompared,
];

/// All that is said of it on standard output.
pub(super) fn text(outcome: &Outcome) -> String {
    let mut text = String::new();
    let name = outcome.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    for changes in &outcome.platforms {
        of_platform(&mut text, &name, outcome, changes);
    }
    let is_worse = outcome.platforms.iter().any(|changes| changes.count(Kind::Worse) > 0);
    match outcome.saved {
        Some(Save::Saved) => drop(writeln!(text, "{GOOD}saved{GOOD:#} in {}", outcome.file.display())),
        Some(Save::UpToDate) => drop(writeln!(text, "{name} is up to date")),
        Some(Save::Refused) => drop(writeln!(
            text,
            "{ERROR}not saved{ERROR:#}: {name} is written by a run that passes, and this one failed"
        )),
        None if is_worse => drop(writeln!(text, "to accept it: `{}`", outcome.accept)),
        None => {}
    }
    text
}

fn of_platform(text: &mut String, file: &str, outcome: &Outcome, changes: &Changes) {
    let platform = format!("{}, {}", changes.target, changes.profile);
    if !changes.is_saved {
        // Saved by this run, for the first time.
        if outcome.saved == Some(Save::Saved) {
            return;
        }
        let known = match outcome.sections.as_slice() {
            [] => String::new(),
            sections => format!(" (it has {})", sections.join("; ")),
        };
        let _ = writeln!(
            text,
            "{WARNING}not compared{WARNING:#}: nothing is saved for {platform} in {file}{known}; `--save` does it"
        );
        return;
    }
    let mut counts = vec![format!("{} compared", changes.compared)];
    for kind in KINDS {
        let (count, name) = (changes.count(kind), word(kind));
        counts.extend((count > 0).then(|| format!("{count} {name}")));
    }
    let _ = writeln!(text, "{BOLD}{file}{BOLD:#} ({platform}): {}", counts.join(", "));
    if !outcome.is_whole {
        let _ = writeln!(
            text,
            "{FAINT}  not all tests were run, or one failed: what uses less now, or is gone, is not said{FAINT:#}"
        );
    } else if !outcome.is_of_all {
        let _ = writeln!(
            text,
            "{FAINT}  some packages, or doctests, were not run: what they may call is not said to use less, or to be gone{FAINT:#}"
        );
    }
    for kind in KINDS {
        let of_kind: Vec<&Change> = changes.changes.iter().filter(|change| change.kind == kind).collect();
        let listed = if matches!(kind, Kind::New | Kind::Gone) { LISTED } else { usize::MAX };
        for change in of_kind.iter().take(listed) {
            of_change(text, change);
        }
        if of_kind.len() > listed {
            let _ = writeln!(text, "  and {} more {}", of_kind.len() - listed, word(kind));
        }
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Worse => "worse",
        Kind::Better => "better",
        Kind::Renamed => "renamed?",
        Kind::New => "new",
        Kind::Gone => "gone",
        Kind::NeverExercised => "never exercised",
        Kind::NotVerified => "not verified",
        Kind::NotCompared => "not compared",
    }
}

fn of_change(text: &mut String, change: &Change) {
    let style = match change.kind {
        Kind::Worse => ERROR,
        Kind::Better => GOOD,
        Kind::NeverExercised | Kind::NotVerified | Kind::NotCompared => WARNING,
        Kind::Renamed | Kind::New | Kind::Gone => NOTE,
    };
    let line = change.line.map(|line| format!(":{line}")).unwrap_or_default();
    let was = change.was.as_ref().map(|was| format!(", saved as {was}")).unwrap_or_default();
    let _ = writeln!(
        text,
        "  {style}{}{style:#}  {}  {FAINT}{}{line}{FAINT:#}{was}",
        word(change.kind),
        change.name,
        change.file
    );
    if matches!(change.kind, Kind::Worse | Kind::Better) {
        for key in KEYS {
            if let Some((Some(before), Some(after))) =
                change.figures.get(key).map(|figure| (figure.before, figure.after))
            {
                let style = if after > before { ERROR } else { GOOD };
                let _ =
                    writeln!(text, "    {key}  {} -> {style}{}{style:#}", grouped(before), grouped(after));
            }
        }
    }
}
