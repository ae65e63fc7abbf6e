//! The same job under budgets: one buffer for the line, texts that borrow from it, and keys that are copied only where they
//! are new. A line whose path and user are known costs nothing, unless one of them is written with escapes.

use crate::summary::{Kind, Path, Summary};
use alloc_kit::{alloc_budget, upsert};
use serde::Deserialize;
use std::borrow::Cow;
use std::io::{self, BufRead};

/// What is read of a line. JSON may write any text with escapes, `"\/a"` for one, and then it is not in the line as it is:
/// a field of the type `&str` would refuse that line, and a `Cow` has a copy.
#[derive(Debug, Deserialize)]
pub(crate) struct Event<'a> {
    pub(crate) kind: Kind,
    // Without `borrow` it compiles as well, and is a copy always: `OwnedByMistake`.
    #[serde(borrow)]
    pub(crate) client: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) user: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) path: Cow<'a, str>,
    pub(crate) ms: u64,
}

/// A text within another type. `borrow` does nothing for an `Option<Cow<str>>` or a `Vec<Cow<str>>`: it looks for a field that
/// is a `Cow`, as the one here.
#[derive(Debug, Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// The trap: it looks as if it borrowed, and does not. serde gives every `Cow` a copy that it is not told to borrow, and looks
/// at the field's type for that, not into it.
#[derive(Debug, Deserialize)]
struct OwnedByMistake<'a> {
    kind: Kind,
    client: Cow<'a, str>,
    #[serde(borrow)]
    user: Option<Cow<'a, str>>,
    path: Cow<'a, str>,
    ms: u64,
}

/// The event of a line.
///
/// It has no budget as an attribute: whether a line is an event is known only at its end, and an error of `serde_json`'s is
/// boxed. The tests hold each line of the sample to nothing, or to what its escapes cost.
pub(crate) fn parse(line: &[u8]) -> serde_json::Result<Event<'_>> {
    serde_json::from_slice(line)
}

/// The same by the struct that does not borrow.
pub(crate) fn parse_by_mistake(line: &[u8]) -> serde_json::Result<Event<'_>> {
    let OwnedByMistake { kind, client, user, path, ms } = serde_json::from_slice(line)?;
    Ok(Event { kind, client, user: user.map(Text), path, ms })
}

/// Reads lines of JSON.
pub(crate) fn summary(input: impl BufRead) -> io::Result<Summary> {
    let mut reading = Reading::default();
    reading.read(input, parse)?;
    Ok(reading.summary)
}

/// The events so far, and the buffer for reading more of them.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) summary: Summary,
    line: Vec<u8>,
}

impl Reading {
    /// Adds the events of `input`.
    pub(crate) fn read(
        &mut self,
        mut input: impl BufRead,
        parse: impl for<'l> Fn(&'l [u8]) -> serde_json::Result<Event<'l>>,
    ) -> io::Result<()> {
        for number in 1.. {
            self.line.clear();
            if input.read_until(b'\n', &mut self.line)? == 0 {
                break;
            }
            let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
            if line.trim_ascii().is_empty() {
                continue;
            }
            match parse(line) {
                Ok(event) => add(&mut self.summary, &event),
                Err(error) => self.summary.rejected.add(number, &error),
            }
        }
        Ok(())
    }
}

/// Counts an event. For a new path or user a copy of it, and the map may grow.
#[alloc_budget(
    2 * u64::from(!summary.paths.contains_key(event.path()))
    + 2 * u64::from(!summary.users.contains_key(event.user()))
)]
pub(crate) fn add(summary: &mut Summary, event: &Event<'_>) {
    summary.kinds[event.kind as usize] += 1;
    upsert(&mut summary.paths, event.path(), Path::default, |path| path.add(event.ms));
    upsert(&mut summary.users, event.user(), || 0, |events| *events += 1);
}

impl Event<'_> {
    /// The path without a query.
    fn path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// Who it was: the name, or the address where there is none.
    fn user(&self) -> &str {
        self.user.as_ref().map_or(&*self.client, |Text(name)| &**name)
    }
}
