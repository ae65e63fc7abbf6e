//! The shipper as most people write it: what a function finds out it gives away as a text or a list of its own.

use crate::ship::{BATCH_BYTES, Kinds, Report, Ship, TOP, month};
use std::collections::HashMap;
use std::io::{self, Write};

pub(crate) struct Shipper {
    kinds: Kinds,
    hosts: HashMap<String, u64>,
    batch: Vec<String>,
    batch_bytes: usize,
    report: Report,
}

/// What is sent of a line.
#[derive(Debug)]
pub(crate) struct Record {
    time: String,
    host: String,
    request: String,
    status: String,
    bytes: String,
    agent: String,
    seconds: String,
}

impl Ship for Shipper {
    fn new(kinds: Kinds) -> Self {
        let (hosts, batch, report) = (HashMap::new(), Vec::new(), Report::default());
        Self { kinds, hosts, batch, batch_bytes: 0, report }
    }

    fn line(&mut self, number: usize, line: &str) {
        match parse(line) {
            Ok(record) => self.add(&record),
            Err(problem) => self.report.rejected.push(format!("line {number}: {problem}")),
        }
    }

    fn is_full(&self) -> bool {
        self.batch_bytes >= BATCH_BYTES
    }

    fn send(&mut self, wire: &mut impl Write) -> io::Result<()> {
        let body = self.batch.join("\n");
        let head = format!("POST /ingest HTTP/1.1\r\ncontent-length: {}\r\n\r\n", body.len());
        wire.write_all(head.as_bytes())?;
        wire.write_all(body.as_bytes())?;
        (self.batch, self.batch_bytes) = (Vec::new(), 0);
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
    fn add(&mut self, record: &Record) {
        *self.hosts.entry(record.host.clone()).or_insert(0) += 1;
        let agent = record.agent.to_ascii_lowercase();
        let kind = self.kinds.of(&agent).to_string();
        let json = render(record, &kind);
        self.batch_bytes += json.len() + 1;
        self.batch.push(json);
        self.report.records += 1;
    }
}

/// Takes a line apart.
pub(crate) fn parse(line: &str) -> Result<Record, String> {
    let parts: Vec<&str> = line.split('"').collect();
    let [head, request, numbers, _, _, agent, seconds] = parts[..] else {
        return Err(format!("{} quotes in place of 6", parts.len() - 1));
    };
    let words: Vec<&str> = request.split(' ').collect();
    if words.len() != 3 {
        return Err(format!("no request: {request}"));
    }
    let host = head.split(' ').next().unwrap_or_default();
    let numbers: Vec<&str> = numbers.split_whitespace().collect();
    let [status, bytes] = numbers[..] else {
        return Err("no status and size".to_string());
    };
    Ok(Record {
        time: iso(head)?,
        host: host.to_string(),
        request: request.to_string(),
        status: status.to_string(),
        bytes: bytes.to_string(),
        agent: agent.to_string(),
        seconds: seconds.trim().to_string(),
    })
}

/// `2026-11-22T22:34:22` of `host - - [22/Nov/2026:22:34:22 +0000]`.
fn iso(head: &str) -> Result<String, String> {
    let (_, time) = head.split_once('[').ok_or("no time")?;
    let parts: Vec<&str> = time.splitn(4, ['/', ':', ' ']).collect();
    let [day, month_name, year, clock] = parts[..] else {
        return Err(format!("no time: {time}"));
    };
    let month = month(month_name).ok_or("no month")?;
    let clock = clock.split(' ').next().unwrap_or_default();
    Ok(format!("{year}-{month:02}-{day}T{clock}"))
}

fn render(record: &Record, kind: &str) -> String {
    let Record { time, host, request, status, bytes, agent, seconds } = record;
    let (request, agent) = (escape(request), escape(agent));
    format!(
        r#"{{"time":"{time}","host":"{host}","request":"{request}","status":{status},"bytes":{bytes},"agent":"{agent}","kind":"{kind}","seconds":{seconds}}}"#
    )
}

/// For a JSON text. nginx has escaped all that is not printable.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
