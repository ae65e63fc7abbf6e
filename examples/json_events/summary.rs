//! What all ways come to: how many events of each kind, the slowest paths, who caused the most, and the lines that are no events.

use crate::support::thousands;
use alloc_kit::alloc_budget;
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;

/// As many lines that are no events are shown.
const SHOWN: usize = 5;

/// What became of a request. A closed list is an enum: there is no text to copy.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Served,
    Refused,
    Failed,
    Gone,
}

/// The events so far.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Summary {
    /// By `Kind`, in its order.
    pub(crate) kinds: [u64; 4],
    pub(crate) paths: HashMap<String, Path>,
    /// By the user's name, or the client's address where there is none.
    pub(crate) users: HashMap<String, u64>,
    pub(crate) rejected: Rejected,
}

/// The requests for a path.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Path {
    pub(crate) events: u64,
    pub(crate) slowest_ms: u64,
}

impl Path {
    pub(crate) fn add(&mut self, ms: u64) {
        self.events += 1;
        self.slowest_ms = self.slowest_ms.max(ms);
    }
}

/// The lines that are no events: how many, and why the first of them are none.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rejected {
    pub(crate) lines: u64,
    pub(crate) first: Vec<String>,
}

impl Rejected {
    /// Takes a note of a line. That costs, but nobody has many.
    pub(crate) fn add(&mut self, line: u64, error: &serde_json::Error) {
        self.lines += 1;
        if self.first.len() < SHOWN {
            // The error says `at line 1` of all, since each line is parsed by itself.
            let error = error.to_string();
            let (what, place) = error.split_once(" at line 1 ").unwrap_or((&error, "as a whole"));
            self.first.push(format!("line {line}, {place}: {what}"));
        }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lines are left out:", thousands(self.lines))?;
        for why in &self.first {
            write!(f, "\n  {why}")?;
        }
        let more = self.lines - self.first.len() as u64;
        if more > 0 { write!(f, "\n  and {} more", thousands(more)) } else { Ok(()) }
    }
}

impl Summary {
    /// How many there were.
    pub(crate) fn events(&self) -> u64 {
        self.kinds.iter().sum()
    }

    /// Those whose slowest event was the slowest first.
    #[alloc_budget(1, deallocations = 0)]
    fn slowest(&self) -> Vec<(&str, Path)> {
        let mut paths: Vec<_> = self.paths.iter().map(|(path, seen)| (&**path, *seen)).collect();
        paths.sort_unstable_by_key(|&(path, seen)| (Reverse(seen.slowest_ms), path));
        paths
    }

    /// Those who caused most first.
    #[alloc_budget(1, deallocations = 0)]
    fn busiest(&self) -> Vec<(&str, u64)> {
        let mut users: Vec<_> = self.users.iter().map(|(user, &events)| (&**user, events)).collect();
        users.sort_unstable_by_key(|&(user, events)| (Reverse(events), user));
        users
    }
}

/// The first `top` rows of each table, for people.
#[derive(Debug)]
pub(crate) struct Report<'s> {
    pub(crate) summary: &'s Summary,
    pub(crate) top: usize,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { summary, top } = *self;
        let [served, refused, failed, gone] = summary.kinds.map(thousands);
        let events = thousands(summary.events());
        writeln!(f, "{events} events: {served} served, {refused} refused, {failed} failed, {gone} gone")?;
        writeln!(f, "\n slowest  events  of the path")?;
        for (path, Path { events, slowest_ms }) in summary.slowest().into_iter().take(top) {
            let [events, ms] = [events, slowest_ms].map(thousands);
            // Escaped where it is odd: what a client sends does not reach the terminal as it is.
            writeln!(f, "{ms:>5} ms {events:>7}  {}", path.escape_debug())?;
        }
        writeln!(f, "\n  events  of the user")?;
        for (user, events) in summary.busiest().into_iter().take(top) {
            writeln!(f, "{:>8}  {}", thousands(events), user.escape_debug())?;
        }
        Ok(())
    }
}
