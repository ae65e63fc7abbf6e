//! The figures that both ways fill in, and the report that is printed from them.
//!
//! Sums saturate: no figure in a log, however absurd, stops the reading of it.

use crate::parse::Malformed;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// How many malformed lines are named.
const NAMED: usize = 5;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PathStats {
    pub(crate) requests: u64,
    pub(crate) client_errors: u64,
    pub(crate) server_errors: u64,
    /// Requests whose time the log has.
    pub(crate) timed: u64,
    pub(crate) total_time: Duration,
    pub(crate) longest_time: Duration,
}

impl PathStats {
    pub(crate) fn add(&mut self, status: u16, time: Option<Duration>) {
        self.requests += 1;
        self.client_errors += u64::from(is_client_error(status));
        self.server_errors += u64::from(is_server_error(status));
        if let Some(time) = time {
            self.timed += 1;
            self.total_time = self.total_time.saturating_add(time);
            self.longest_time = self.longest_time.max(time);
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClientStats {
    pub(crate) requests: u64,
    pub(crate) bytes: u64,
    pub(crate) errors: u64,
}

impl ClientStats {
    pub(crate) fn add(&mut self, status: u16, bytes: u64) {
        self.requests += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        self.errors += u64::from(is_client_error(status) || is_server_error(status));
    }
}

/// Figures of the whole log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) lines: u64,
    pub(crate) malformed: u64,
    /// Number and reason of the first malformed lines.
    pub(crate) first_malformed: [Option<(u64, Malformed)>; NAMED],
    all: PathStats,
}

impl Totals {
    pub(crate) fn add(&mut self, status: u16, time: Option<Duration>) {
        self.all.add(status, time);
    }

    /// Notes that the line read last is malformed.
    pub(crate) fn reject(&mut self, why: Malformed) {
        self.malformed += 1;
        if let Some(free) = self.first_malformed.iter_mut().find(|named| named.is_none()) {
            *free = Some((self.lines, why));
        }
    }

    /// What to say about the malformed lines, if there are any.
    pub(crate) fn complaint(&self) -> Option<String> {
        let named: Vec<String> = self
            .first_malformed
            .iter()
            .flatten()
            .map(|(number, why)| format!("\n  line {number}: {why}"))
            .collect();
        let more = self.malformed - named.len() as u64;
        let more = if more > 0 { format!("\n  and {} more", grouped(more)) } else { String::new() };
        let (malformed, lines) = (grouped(self.malformed), grouped(self.lines));
        (self.malformed > 0)
            .then(|| format!("{malformed} of {lines} lines left out, as malformed:{}{more}", named.concat()))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathRow<'a> {
    pub(crate) path: Cow<'a, str>,
    pub(crate) stats: PathStats,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientRow<'a> {
    pub(crate) client: Cow<'a, str>,
    pub(crate) stats: ClientStats,
}

/// The tables, cut to their first rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report<'a> {
    pub(crate) totals: Totals,
    pub(crate) failing: Vec<PathRow<'a>>,
    pub(crate) slowest: Vec<PathRow<'a>>,
    pub(crate) clients: Vec<ClientRow<'a>>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = &self.totals.all;
        let (requests, failed) = (grouped(all.requests), grouped(all.server_errors));
        writeln!(f, "{requests} requests, {failed} with a 5xx, {} with a 4xx", grouped(all.client_errors))?;
        self.fmt_failing(f)?;
        self.fmt_slowest(f)?;
        self.fmt_clients(f)
    }
}

impl Report<'_> {
    fn fmt_failing(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.failing.is_empty() {
            return writeln!(f, "\nNo request failed.");
        }
        writeln!(f, "\nFailing paths, most 5xx first\n{:>8} {:>8} {:>9}  path", "5xx", "4xx", "requests")?;
        for PathRow { path, stats } in &self.failing {
            let (server, client) = (grouped(stats.server_errors), grouped(stats.client_errors));
            writeln!(f, "{server:>8} {client:>8} {:>9}  {}", grouped(stats.requests), shown(path))?;
        }
        Ok(())
    }

    fn fmt_slowest(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.slowest.is_empty() {
            return writeln!(f, "\nThe log has no request times, so nothing is said of slow paths.");
        }
        writeln!(f, "\nSlowest paths, most time in total first")?;
        writeln!(f, "{:>8} {:>8} {:>9} {:>9}  path", "total s", "mean ms", "longest", "requests")?;
        for PathRow { path, stats } in &self.slowest {
            let total = stats.total_time.as_secs_f64();
            let mean = 1000.0 * total / as_f64(stats.timed);
            let (longest, timed) = (1000.0 * stats.longest_time.as_secs_f64(), grouped(stats.timed));
            writeln!(f, "{total:>8.2} {mean:>8.1} {longest:>9.0} {timed:>9}  {}", shown(path))?;
        }
        Ok(())
    }

    fn fmt_clients(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\nTop clients, most requests first\n{:>8} {:>14} {:>8}  client",
            "requests", "bytes", "errors"
        )?;
        for ClientRow { client, stats } in &self.clients {
            let (requests, bytes) = (grouped(stats.requests), grouped(stats.bytes));
            writeln!(f, "{requests:>8} {bytes:>14} {:>8}  {}", grouped(stats.errors), shown(client))?;
        }
        Ok(())
    }
}

/// `12345` as `12,345`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[expect(clippy::cast_precision_loss, reason = "for ratios and means that are printed with a digit or two")]
pub(crate) fn as_f64(number: u64) -> f64 {
    number as f64
}

/// A name from the log, cut to fit, and without what a terminal would obey.
fn shown(name: &str) -> String {
    const WIDTH: usize = 70;
    let mut shown: String = name
        .chars()
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .take(WIDTH)
        .collect();
    if name.chars().nth(WIDTH).is_some() {
        shown.push_str("...");
    }
    shown
}

fn is_client_error(status: u16) -> bool {
    (400..500).contains(&status)
}

fn is_server_error(status: u16) -> bool {
    (500..600).contains(&status)
}
