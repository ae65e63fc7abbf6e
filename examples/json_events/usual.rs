//! The job as most people write it: each line is read into memory of its own, and becomes a struct of `String`s. And as
//! those write it who leave out the struct: each line becomes a `serde_json::Value`.

use crate::summary::{Kind, Summary};
use serde::Deserialize;
use serde_json::Value;
use std::io::{self, BufRead};

#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    kind: Kind,
    client: String,
    user: Option<String>,
    path: String,
    ms: u64,
}

/// Reads lines of JSON, each into an `Event`.
pub(crate) fn summary(input: impl BufRead) -> io::Result<Summary> {
    read(input, |line| serde_json::from_slice(line))
}

/// Reads lines of JSON, each into a `Value`: a map of all its fields, also of those that nobody asks for.
pub(crate) fn summary_of_values(input: impl BufRead) -> io::Result<Summary> {
    read(input, |line| {
        let value: Value = serde_json::from_slice(line)?;
        Event::deserialize(value)
    })
}

fn read(input: impl BufRead, parse: impl Fn(&[u8]) -> serde_json::Result<Event>) -> io::Result<Summary> {
    let mut summary = Summary::default();
    for (line, number) in input.split(b'\n').zip(1..) {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match parse(&line) {
            Ok(event) => add(&mut summary, event),
            Err(error) => summary.rejected.add(number, &error),
        }
    }
    Ok(summary)
}

fn add(summary: &mut Summary, event: Event) {
    summary.kinds[event.kind as usize] += 1;
    let path = event.path.split('?').next().unwrap_or_default();
    summary.paths.entry(path.to_owned()).or_default().add(event.ms);
    *summary.users.entry(event.user.unwrap_or(event.client)).or_default() += 1;
}
