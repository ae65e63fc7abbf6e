//! As text: the tables of `cargo alloc-kit test`, and what has changed.

use std::fmt::Write;

use super::before::Change;
use super::model::Report;
use super::proven;
use crate::caveats::Caveat;
use crate::exit::Exit;
use crate::outcome;
use crate::shell::{BOLD, WARNING};
use crate::table::Look;

pub(super) fn of(report: &Report, look: Look) -> String {
    // What it ends with is said by `test` and `merge`.
    let mut text = outcome::text(&report.platforms, Exit::Held, look, false);
    for Caveat { text: caveat, .. } in &report.caveats {
        let _ = writeln!(text, "{WARNING}warning{WARNING:#}: {caveat}");
    }
    text.push_str(&proven::text(report));
    let Some(before) = &report.before else { return text };
    let _ = writeln!(text, "\n{BOLD}Against the run before{BOLD:#}: {}", before.sentence());
    if let Some(not_compared) = before.not_compared() {
        let _ = writeln!(text, "{not_compared}");
    }
    for change in &before.changes {
        let _ = writeln!(text, "{}", line(change));
    }
    text
}

fn line(change: &Change) -> String {
    let Change { kind, name, place, platform, .. } = change;
    let mut line = format!("  {} {:<6} {name} ({place}; {platform}):", kind.sign(), kind.label());
    for (index, key) in change.keys.iter().enumerate() {
        let separator = if index == 0 { "" } else { "," };
        let _ = write!(line, "{separator} {} {}", key.key, key.used());
        if key.limit_before != key.limit_after {
            let _ = write!(line, " (limit {})", key.limits());
        }
    }
    if let Some(verdicts) = change.verdicts() {
        let _ = write!(line, "; {verdicts}");
    }
    line
}
