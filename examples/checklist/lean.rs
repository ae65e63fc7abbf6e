//! The shipper after the audit: what a function finds out it lends, and what is sent is written where it is sent from.
//!
//! The budgets are the decisions of checklist.md. Functions without one are the sites that were left alone.

use crate::ship::{BATCH_BYTES, Kinds, Report, Ship, TOP, month};
use alloc_kit::{alloc_budget, allow_alloc, no_alloc, upsert};
use std::array;
use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

pub(crate) struct Shipper {
    kinds: Kinds,
    hosts: HashMap<String, u64>,
    body: String,
    agent: String,
    report: Report,
}

/// What is sent of a line, which it borrows from.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    time: Time<'a>,
    host: &'a str,
    request: &'a str,
    status: &'a str,
    bytes: &'a str,
    agent: &'a str,
    seconds: &'a str,
}

/// `22/Nov/2026:22:34:22`, taken apart.
#[derive(Debug)]
struct Time<'a> {
    day: &'a str,
    month: u8,
    year: &'a str,
    clock: &'a str,
}

/// Why a line is not sent. The text is made for the report, and is rare.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Problem<'a> {
    Quotes(usize),
    Request(&'a str),
    Numbers,
    NoTime,
    Time(&'a str),
    Month,
}

impl Ship for Shipper {
    fn new(kinds: Kinds) -> Self {
        // Room for a full batch and the line that fills it.
        let body = String::with_capacity(2 * BATCH_BYTES);
        Self { kinds, hosts: HashMap::new(), body, agent: String::new(), report: Report::default() }
    }

    fn line(&mut self, number: usize, line: &str) {
        match parse(line) {
            Ok(record) => self.add(&record),
            Err(problem) => self.report.rejected.push(format!("line {number}: {problem}")),
        }
    }

    fn is_full(&self) -> bool {
        self.body.len() >= BATCH_BYTES
    }

    /// The head is one text a batch, and easy to read.
    #[alloc_budget(2)]
    fn send(&mut self, wire: &mut impl Write) -> io::Result<()> {
        let body = self.body.strip_suffix('\n').unwrap_or_default();
        let head = format!("POST /ingest HTTP/1.1\r\ncontent-length: {}\r\n\r\n", body.len());
        wire.write_all(head.as_bytes())?;
        wire.write_all(body.as_bytes())?;
        self.body.clear();
        self.report.batches += 1;
        Ok(())
    }

    fn report(mut self) -> Report {
        let mut hosts: Vec<_> = self.hosts.into_iter().collect();
        hosts.sort_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
        self.report.busiest = hosts.into_iter().take(TOP).collect();
        self.report
    }
}

impl Shipper {
    /// A host that is new is a key, and perhaps a larger table.
    #[alloc_budget(2)]
    fn add(&mut self, record: &Record<'_>) {
        upsert(&mut self.hosts, record.host, || 0, |records| *records += 1);
        self.render(record);
        self.report.records += 1;
    }

    /// Writes the record behind those of its batch.
    #[no_alloc]
    fn render(&mut self, record: &Record<'_>) {
        let Record { time, host, request, status, bytes, agent, seconds } = record;
        self.agent.clear();
        allow_alloc!("to the longest agent yet", self.agent.push_str(agent));
        self.agent.make_ascii_lowercase();
        let kind = self.kinds.of(&self.agent);
        let (request, agent) = (Escaped(request), Escaped(agent));
        allow_alloc!("to the largest batch yet", self.body.reserve(record.most_bytes() + kind.len()));
        // Never an error: a `String` takes all.
        let _ = writeln!(
            self.body,
            r#"{{"time":"{time}","host":"{host}","request":"{request}","status":{status},"bytes":{bytes},"agent":"{agent}","kind":"{kind}","seconds":{seconds}}}"#
        );
    }
}

impl Record<'_> {
    /// What is rendered is no longer, but for the kind.
    fn most_bytes(&self) -> usize {
        let Self { time: _, host, request, status, bytes, agent, seconds } = self;
        let texts = host.len() + 2 * (request.len() + agent.len());
        200 + texts + status.len() + bytes.len() + seconds.len()
    }
}

/// Takes a line apart.
#[no_alloc]
pub(crate) fn parse(line: &str) -> Result<Record<'_>, Problem<'_>> {
    let parts = || line.split('"');
    let [Some(head), Some(request), Some(numbers), _, _, Some(agent), Some(seconds), None] = first(parts())
    else {
        return Err(Problem::Quotes(parts().count() - 1));
    };
    if request.split(' ').count() != 3 {
        return Err(Problem::Request(request));
    }
    let [Some(status), Some(bytes), None] = first(numbers.split_whitespace()) else {
        return Err(Problem::Numbers);
    };
    let [Some(host)] = first(head.split(' ')) else { return Err(Problem::NoTime) };
    Ok(Record { time: time(head)?, host, request, status, bytes, agent, seconds: seconds.trim() })
}

/// The first parts, in place.
fn first<'a, const N: usize>(mut parts: impl Iterator<Item = &'a str>) -> [Option<&'a str>; N] {
    array::from_fn(|_| parts.next())
}

/// The time of `host - - [22/Nov/2026:22:34:22 +0000]`.
fn time(head: &str) -> Result<Time<'_>, Problem<'_>> {
    let (_, time) = head.split_once('[').ok_or(Problem::NoTime)?;
    let [Some(day), Some(name), Some(year), Some(clock)] = first(time.splitn(4, ['/', ':', ' '])) else {
        return Err(Problem::Time(time));
    };
    let month = month(name).ok_or(Problem::Month)?;
    let [clock] = first(clock.split(' '));
    Ok(Time { day, month, year, clock: clock.unwrap_or_default() })
}

impl fmt::Display for Time<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { day, month, year, clock } = self;
        write!(f, "{year}-{month:02}-{day}T{clock}")
    }
}

impl fmt::Display for Problem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quotes(quotes) => write!(f, "{quotes} quotes in place of 6"),
            Self::Request(request) => write!(f, "no request: {request}"),
            Self::Numbers => f.write_str("no status and size"),
            Self::NoTime => f.write_str("no time"),
            Self::Time(time) => write!(f, "no time: {time}"),
            Self::Month => f.write_str("no month"),
        }
    }
}

/// For a JSON text. nginx has escaped all that is not printable.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'\\' | b'"')) {
            let (plain, special) = (&rest[..at], &rest[at..=at]);
            write!(f, "{plain}\\{special}")?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}
