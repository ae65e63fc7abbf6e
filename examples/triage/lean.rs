//! The same job under budgets: one line buffer that is used again, fields that borrow from it, and a key that is
//! copied only when it is first seen. A line whose path and client are known costs no allocation.
//!
//! The budgets below are the claim; `cargo test` holds the code to them.

use crate::parse::{Entry, parse_line};
use crate::report::{ClientRow, ClientStats, PathRow, PathStats, Report, Totals};
use alloc_kit::{alloc_budget, no_alloc};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// What the log said, by path and by client, and the buffers for reading more of it.
#[derive(Debug, Default)]
pub(crate) struct Triage {
    tables: Tables,
    line: Vec<u8>,
    text: String,
}

impl Triage {
    /// Reads the first `file_bytes` of a file: a live log may have grown since.
    pub(crate) fn read_file(file: &Path, file_bytes: u64) -> io::Result<Self> {
        let mut triage = Self::default();
        let mut reader = BufReader::with_capacity(64 * 1024, File::open(file)?.take(file_bytes));
        triage.read(&mut reader)?;
        Ok(triage)
    }

    /// Adds the lines of `input`. Allocates for new paths, new clients and a line longer than all before, and for
    /// nothing else.
    pub(crate) fn read(&mut self, input: &mut impl BufRead) -> io::Result<()> {
        loop {
            self.line.clear();
            if input.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(());
            }
            self.tables.totals.lines += 1;
            match parse_line(as_text(&self.line, &mut self.text)) {
                Ok(entry) if self.tables.record_seen(&entry) => {}
                Ok(entry) => self.tables.record_new(&entry),
                Err(why) => self.tables.totals.reject(why),
            }
        }
    }

    /// The first `top` rows of each table.
    pub(crate) fn report(&self, top: usize) -> Report<'_> {
        Report {
            totals: self.tables.totals,
            failing: self.tables.failing(top),
            slowest: self.tables.slowest(top),
            clients: self.tables.clients(top),
        }
    }
}

/// The line as text. What is not UTF-8 becomes U+FFFD as in `String::from_utf8_lossy`, but in a buffer that is kept:
/// at most one allocation, of three bytes for each of the line's.
#[alloc_budget(allocations = 1, bytes = 3 * line.len())]
fn as_text<'a>(line: &'a [u8], kept: &'a mut String) -> &'a str {
    if let Ok(text) = str::from_utf8(line) {
        return text;
    }
    kept.clear();
    kept.reserve_exact(3 * line.len());
    for chunk in line.utf8_chunks() {
        kept.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            kept.push(char::REPLACEMENT_CHARACTER);
        }
    }
    kept
}

#[derive(Debug, Default)]
struct Tables {
    paths: HashMap<Box<str>, PathStats>,
    clients: HashMap<Box<str>, ClientStats>,
    totals: Totals,
}

impl Tables {
    /// Counts a line whose path and client are known; where one is new, counts nothing and says `false`.
    #[no_alloc]
    fn record_seen(&mut self, entry: &Entry<'_>) -> bool {
        let (Some(path), Some(client)) = (self.paths.get_mut(entry.path), self.clients.get_mut(entry.client))
        else {
            return false;
        };
        path.add(entry.status, entry.time);
        client.add(entry.status, entry.bytes);
        self.totals.add(entry.status, entry.time);
        true
    }

    /// Counts a line whose path or client is new: a copy of each key, and each map may grow, which frees the table
    /// that it had.
    #[alloc_budget(allocations = 4, deallocations = 2)]
    fn record_new(&mut self, entry: &Entry<'_>) {
        if !self.paths.contains_key(entry.path) {
            self.paths.insert(owned_key(entry.path), PathStats::default());
        }
        if !self.clients.contains_key(entry.client) {
            self.clients.insert(owned_key(entry.client), ClientStats::default());
        }
        self.record_seen(entry);
    }

    /// Paths with errors, most 5xx first.
    #[alloc_budget(allocations = 1, peak_bytes = size_of::<PathRow<'_>>() * self.paths.len(), deallocations = 0)]
    fn failing(&self, top: usize) -> Vec<PathRow<'_>> {
        let mut rows = Vec::with_capacity(self.paths.len());
        rows.extend(self.path_rows().filter(|row| row.stats.server_errors + row.stats.client_errors > 0));
        rows.sort_unstable_by(|a, b| {
            let errors = |row: &PathRow<'_>| Reverse((row.stats.server_errors, row.stats.client_errors));
            errors(a).cmp(&errors(b)).then_with(|| a.path.cmp(&b.path))
        });
        rows.truncate(top);
        rows
    }

    /// Paths with request times, most time in total first.
    #[alloc_budget(allocations = 1, peak_bytes = size_of::<PathRow<'_>>() * self.paths.len(), deallocations = 0)]
    fn slowest(&self, top: usize) -> Vec<PathRow<'_>> {
        let mut rows = Vec::with_capacity(self.paths.len());
        rows.extend(self.path_rows().filter(|row| row.stats.timed > 0));
        rows.sort_unstable_by(|a, b| {
            b.stats.total_time.cmp(&a.stats.total_time).then_with(|| a.path.cmp(&b.path))
        });
        rows.truncate(top);
        rows
    }

    /// Clients, most requests first.
    #[alloc_budget(allocations = 1, peak_bytes = size_of::<ClientRow<'_>>() * self.clients.len(), deallocations = 0)]
    fn clients(&self, top: usize) -> Vec<ClientRow<'_>> {
        let mut rows = Vec::with_capacity(self.clients.len());
        rows.extend(
            self.clients
                .iter()
                .map(|(client, stats)| ClientRow { client: Cow::Borrowed(client), stats: *stats }),
        );
        rows.sort_unstable_by(|a, b| {
            let volume = |row: &ClientRow<'_>| Reverse((row.stats.requests, row.stats.bytes));
            volume(a).cmp(&volume(b)).then_with(|| a.client.cmp(&b.client))
        });
        rows.truncate(top);
        rows
    }

    fn path_rows(&self) -> impl Iterator<Item = PathRow<'_>> {
        self.paths.iter().map(|(path, stats)| PathRow { path: Cow::Borrowed(path), stats: *stats })
    }
}

/// A copy of a key that keeps not a byte more than the key has.
#[alloc_budget(allocations = 1, live_bytes = key.len())]
fn owned_key(key: &str) -> Box<str> {
    key.into()
}
