//! The usual way: each line makes its texts, each batch its buffer and its map, and all of it is dropped when it is done.

use crate::BATCH;
use crate::line::{Quoted, parse, unescape};
use crate::report::{Report, Stats, Written};
use rayon::ThreadPool;
use rayon::prelude::*;
use std::collections::HashMap;

pub(crate) struct Part {
    written: Written,
    clients: HashMap<String, Stats>,
}

/// In parallel.
pub(crate) fn export(pool: &ThreadPool, lines: &[&str]) -> Report {
    merged(pool.install(|| lines.par_chunks(BATCH).map(batch).collect()))
}

/// One batch after the other: what the others have to come to.
pub(crate) fn export_in_sequence(lines: &[&str]) -> Report {
    merged(lines.chunks(BATCH).map(batch).collect())
}

#[expect(clippy::format_push_string, reason = "the way before")]
pub(crate) fn batch(lines: &[&str]) -> Part {
    let mut json = String::new();
    let mut clients: HashMap<String, Stats> = HashMap::new();
    let mut malformed = 0;
    for line in lines {
        let Some(line) = parse(line) else {
            malformed += 1;
            continue;
        };
        let agent: String = unescape(line.agent).collect();
        let (client, request, agent) = (Quoted(line.client), Quoted(line.request), Quoted(&agent));
        json += &format!(
            "{{\"client\":{client},\"request\":{request},\"status\":{},\"bytes\":{},\"agent\":{agent}}}\n",
            line.status, line.bytes
        );
        *clients.entry(line.client.to_string()).or_default() += Stats::of(&line);
    }
    Part { written: Written::new(&json, malformed), clients }
}

pub(crate) fn merged(parts: Vec<Part>) -> Report {
    let mut report = Report::default();
    for part in parts {
        report.written += part.written;
        for (client, stats) in part.clients {
            *report.clients.entry(client.into_boxed_str()).or_default() += stats;
        }
    }
    report
}
