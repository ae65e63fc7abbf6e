//! W1: lines of a web server's log are read, split into fields, and the paths of failed requests are kept.
//!
//! The naive way owns each line and each of its fields. What is kept goes into a buffer of the caller's, as into a
//! file, on all sides.

use std::io::BufRead;

use alloc_kit::Recycler;

use crate::inputs::access_log;
use crate::look::look;
use crate::workload::{Expect, Published, Side, Workload};

/// Where a line that is split at its spaces has its path and its status.
const PATH: usize = 6;
const STATUS: usize = 8;

/// W1.
pub const LINES: Workload = Workload {
    id: "w1",
    theme: "lines",
    title: "access-log lines, 5xx paths kept",
    guide: &["`buf.clear()`", "`&str` not `String`"],
    input: "real: the first 10,000 lines of the log that nginx wrote for examples/triage",
    size: 10_000,
    unit: "lines",
    published: Some(Published { gain: 2.15, source: "linereader" }),
    expect: Expect::Gain,
    sides,
};

fn sides(lines: usize) -> Vec<Side> {
    let log = access_log(lines).as_bytes();
    vec![
        Side::naive("`lines()`, fields to `Vec<String>`", keeping(move |kept| owned(log, kept)))
            .allocates(246_389),
        Side::std("`read_line` into one `String`, `Vec<&str>`", keeping(move |kept| borrowed(log, kept)))
            .allocates(36_595),
        Side::kit("`read_line` into one `String`, `Recycler`", keeping(move |kept| recycled(log, kept)))
            .allocates(2),
        Side::hand("`&str` of the log, no fields kept", keeping(move |kept| scanned(log, kept))).allocates(0),
    ]
}

/// What is kept is written to one text, which has grown before; the answer is its length and a digest.
fn keeping(mut job: impl FnMut(&mut String)) -> impl FnMut() -> (usize, u64) {
    let mut kept = String::new();
    move || {
        kept.clear();
        job(&mut kept);
        (kept.len(), look(&*kept))
    }
}

fn owned(log: &[u8], kept: &mut String) {
    for line in log.lines() {
        let line = line.expect("valid UTF-8");
        let fields: Vec<String> = line.split(' ').map(str::to_owned).collect();
        if fields[STATUS].starts_with('5') {
            keep(&fields[PATH], kept);
        }
    }
}

fn borrowed(mut log: &[u8], kept: &mut String) {
    let mut line = String::new();
    while log.read_line(&mut line).expect("valid UTF-8") > 0 {
        let fields: Vec<&str> = line.split(' ').collect();
        if fields[STATUS].starts_with('5') {
            keep(fields[PATH], kept);
        }
        line.clear();
    }
}

fn recycled(mut log: &[u8], kept: &mut String) {
    // nginx takes requests of up to 8 KiB.
    let (mut line, mut recycler) = (String::with_capacity(16 << 10), Recycler::new());
    recycler.lease::<&str>().reserve(128);
    while log.read_line(&mut line).expect("valid UTF-8") > 0 {
        let mut fields = recycler.lease();
        fields.extend(line.split(' '));
        if fields[STATUS].starts_with('5') {
            keep(fields[PATH], kept);
        }
        drop(fields);
        line.clear();
    }
}

fn scanned(log: &[u8], kept: &mut String) {
    let log = std::str::from_utf8(log).expect("valid UTF-8");
    for line in log.lines() {
        let mut fields = line.split(' ');
        let path = fields.nth(PATH);
        if fields.nth(STATUS - PATH - 1).is_some_and(|status| status.starts_with('5')) {
            keep(path.expect("before the status"), kept);
        }
    }
}

fn keep(path: &str, kept: &mut String) {
    kept.push_str(path);
    kept.push('\n');
}
