//! The job as most people write it: the whole file in one string, each line's fields as strings of their own, an
//! owned key for every look-up. Clear, correct, and some seventeen allocations a line.

use crate::parse::{BROKEN_REQUEST, Malformed};
use crate::report::{ClientRow, ClientStats, PathRow, PathStats, Report, Totals};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};

#[derive(Debug)]
struct Entry {
    client: String,
    path: String,
    status: u16,
    bytes: u64,
    time: Option<Duration>,
}

/// What the log said, by path and by client.
#[derive(Debug, Default)]
pub(crate) struct Triage {
    paths: HashMap<String, PathStats>,
    clients: HashMap<String, ClientStats>,
    totals: Totals,
}

impl Triage {
    /// Reads the first `file_bytes` of a file: a live log may have grown since.
    pub(crate) fn read_file(file: &Path, file_bytes: u64) -> io::Result<Self> {
        let mut content = fs::read(file)?;
        content.truncate(usize::try_from(file_bytes).unwrap_or(usize::MAX));
        let text = String::from_utf8(content)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Ok(Self::read_text(&text))
    }

    fn read_text(text: &str) -> Self {
        let mut triage = Self::default();
        for line in text.lines() {
            triage.totals.lines += 1;
            match parse(line) {
                Ok(entry) => triage.record(&entry),
                Err(why) => triage.totals.reject(why),
            }
        }
        triage
    }

    fn record(&mut self, entry: &Entry) {
        self.totals.add(entry.status, entry.time);
        self.paths.entry(entry.path.clone()).or_default().add(entry.status, entry.time);
        self.clients.entry(entry.client.clone()).or_default().add(entry.status, entry.bytes);
    }

    /// The first `top` rows of each table.
    pub(crate) fn report(&self, top: usize) -> Report<'_> {
        let paths: Vec<PathRow<'_>> = self
            .paths
            .iter()
            .map(|(path, stats)| PathRow { path: Cow::Owned(path.clone()), stats: *stats })
            .collect();

        let mut failing = paths.clone();
        failing.retain(|row| row.stats.server_errors + row.stats.client_errors > 0);
        failing.sort_by(|a, b| {
            let errors = |row: &PathRow<'_>| Reverse((row.stats.server_errors, row.stats.client_errors));
            errors(a).cmp(&errors(b)).then_with(|| a.path.cmp(&b.path))
        });
        failing.truncate(top);

        let mut slowest = paths;
        slowest.retain(|row| row.stats.timed > 0);
        slowest.sort_by(|a, b| b.stats.total_time.cmp(&a.stats.total_time).then_with(|| a.path.cmp(&b.path)));
        slowest.truncate(top);

        let mut clients: Vec<ClientRow<'_>> = self
            .clients
            .iter()
            .map(|(client, stats)| ClientRow { client: Cow::Owned(client.clone()), stats: *stats })
            .collect();
        clients.sort_by(|a, b| {
            let volume = |row: &ClientRow<'_>| Reverse((row.stats.requests, row.stats.bytes));
            volume(a).cmp(&volume(b)).then_with(|| a.client.cmp(&b.client))
        });
        clients.truncate(top);

        Report { totals: self.totals, failing, slowest, clients }
    }
}

fn parse(line: &str) -> Result<Entry, Malformed> {
    if line.trim_end().is_empty() {
        return Err(Malformed::Empty);
    }
    let parts = split_at_quotes(line.trim_end());
    let Some((who, _time)) = parts[0].strip_suffix("] ").and_then(|head| head.rsplit_once('[')) else {
        return Err(Malformed::Time);
    };
    let Some(who) = who.strip_suffix(' ') else { return Err(Malformed::Time) };
    let names: Vec<&str> = who.splitn(3, ' ').collect();
    if names.len() < 3 || names[0].is_empty() {
        return Err(Malformed::Client);
    }
    if parts.len() < 3 {
        return Err(Malformed::Request);
    }
    let numbers: Vec<&str> = parts[2].split_ascii_whitespace().collect();
    let status = match numbers.first() {
        Some(status) if status.len() == 3 && status.chars().all(|c| c.is_ascii_digit()) => status,
        _ => return Err(Malformed::Status),
    };
    let bytes = match numbers.get(1) {
        Some(&"-") => 0,
        Some(bytes) => bytes.parse().map_err(|_| Malformed::Bytes)?,
        None => return Err(Malformed::Bytes),
    };
    match parts.len() {
        3 | 4 => return Err(Malformed::Referer),
        5 | 6 => return Err(Malformed::Agent),
        count if count % 2 == 0 => return Err(Malformed::Tail),
        _ => {}
    }
    let last = parts[parts.len() - 1].split_ascii_whitespace().last().unwrap_or("-");
    let time = match last.chars().next() {
        Some('0'..='9') => last.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        _ => None,
    };
    Ok(Entry {
        client: names[0].to_string(),
        path: path(&parts[1]),
        status: status.parse().map_err(|_| Malformed::Status)?,
        bytes,
        time,
    })
}

fn split_at_quotes(line: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (index, character) in line.char_indices() {
        match character {
            '"' if !escaped => {
                parts.push(line[start..index].to_string());
                start = index + 1;
                escaped = false;
            }
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    parts.push(line[start..].to_string());
    parts
}

fn path(request: &str) -> String {
    let mut words: Vec<&str> = request.split(' ').collect();
    let method = words.remove(0);
    if words.len() > 1 && words[words.len() - 1].starts_with("HTTP/") {
        words.pop();
    }
    let target = words.join(" ");
    let is_method = !method.is_empty() && method.chars().all(|c| c.is_ascii_uppercase() || c == '-');
    if is_method && (target.starts_with('/') || target == "*" || target.contains("://")) {
        target.split('?').next().unwrap_or_default().to_string()
    } else {
        BROKEN_REQUEST.to_string()
    }
}
