//! A summary of JSON events, one a line: how many of each kind, the slowest paths, who caused the most. The job is done in the
//! usual way (`json_events/usual.rs`: a struct of `String`s a line) and under allocation budgets (`json_events/lean.rs`: the
//! texts borrow from the line), and then with `Cow`s that look as if they borrowed and do not. Most of the time goes into
//! `serde_json`, which is the same in both; and budgets that are judged, as here and in tests, look up each key once more. What
//! the second pass allocates is for texts with escapes.
//!
//! Run with:
//!
//! ```sh
//! cargo run --release --example json_events                # the log in examples/data/, as JSON
//! cargo run --release --example json_events events.jsonl   # with the fields kind, client, user, path and ms
//! cargo test --example json_events                         # holds the budgets on the log
//! ```
//!
//! It prints:
//!
//! ```text
//! 11,001 events: 10,265 served, 407 refused, 261 failed, 68 gone
//!
//!  slowest  events  of the path
//! 1,004 ms       4  /sear
//!   402 ms     227  /api/v1/payments
//!   402 ms     962  /api/v1/search
//!   401 ms     218  /api/v1/orders
//!   401 ms      59  /api/v1/reports/1
//!
//!   events  of the user
//!      589  127.202.144.178
//!      538  127.218.83.174
//!      369  127.116.119.68
//!      296  127.126.58.106
//!      278  127.126.142.252
//!
//!                                       allocations       bytes        peak
//! before  a struct of `String`s a line       44,697   3,452,133     105,897
//! after   a struct that borrows                 965     157,872      91,578
//! time    1.1 times as long before as after (19 rounds)
//! again   all lines once more                   144
//! trap    `Cow`s that do not borrow          22,678
//! worse   a `serde_json::Value` a line      187,750
//! ```

#[path = "json_events/events.rs"]
mod events;
#[path = "json_events/lean.rs"]
mod lean;
#[path = "json_events/summary.rs"]
mod summary;
mod support;
#[cfg(test)]
#[path = "json_events/tests.rs"]
mod tests;
#[path = "json_events/usual.rs"]
mod usual;

use alloc_kit::measure;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;
use summary::Report;
use support::{compare, thousands};

const LOG: &str = include_str!("data/access.log");

/// Rows of each table of the report.
const TOP: usize = 5;

const USAGE: &str = "\
usage: json_events [FILE]

Reads events, a JSON object a line, with the fields kind (served, refused, failed or gone), client, user, path and ms, and
prints how many there are of each kind, the slowest paths and the busiest users. Without FILE it reads the access log in
examples/data/, which it makes such events of.";

fn main() -> ExitCode {
    let done = run(env::args_os().skip(1), &mut io::stdout().lock(), &mut io::stderr().lock());
    let Err((problem, code)) = done else { return ExitCode::SUCCESS };
    eprintln!("json_events: {problem}");
    ExitCode::from(code)
}

/// The whole program; where it fails, what to say, and the exit code.
fn run(
    arguments: impl Iterator<Item = OsString>,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<(), (String, u8)> {
    let arguments: Vec<_> = arguments.collect();
    let arguments: Vec<_> = arguments.iter().map(OsString::as_os_str).collect();
    let done = match arguments[..] {
        [] => match events::from_log(LOG) {
            Ok(events) => report(&events, out, err),
            Err(error) => Err(format!("the log cannot be made into events: {error}")),
        },
        [help] if help == "--help" || help == "-h" => writeln!(out, "{USAGE}").map_err(unwritten),
        [option] if option.as_encoded_bytes().starts_with(b"-") => {
            return Err((format!("unknown option `{}`\n\n{USAGE}", option.display()), 2));
        }
        [file] => read(file).and_then(|events| report(&events, out, err)),
        _ => return Err((format!("one file at a time\n\n{USAGE}"), 2)),
    };
    done.map_err(|problem| (problem, 1))
}

/// A file's events: all in memory, as those of the log are, so that what is compared is the same work.
fn read(file: &OsStr) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` wants it")]
fn unwritten(error: io::Error) -> String {
    format!("cannot write the report: {error}")
}

fn report(events: &[u8], out: &mut impl Write, err: &mut impl Write) -> Result<(), String> {
    let unreadable = |error: io::Error| format!("cannot read the events: {error}");
    let mut reading = lean::Reading::default();
    reading.read(events, lean::parse).map_err(unreadable)?;
    if reading.summary.rejected.lines > 0 {
        writeln!(err, "json_events: {}", reading.summary.rejected).map_err(unwritten)?;
    }
    if reading.summary.events() == 0 {
        return Err("there is no event in it".to_owned());
    }
    writeln!(out, "{}", Report { summary: &reading.summary, top: TOP }).map_err(unwritten)?;

    compare(
        ("a struct of `String`s a line", || usual::summary(events).map_err(unreadable)),
        ("a struct that borrows", || lean::summary(events).map_err(unreadable)),
    );
    // What is known is known by now: what is left is what the lines themselves cost.
    let (again, usage) = measure(|| reading.read(events, lean::parse));
    again.map_err(unreadable)?;
    print_cost(out, "again", "all lines once more", usage.allocations)?;
    let (again, usage) = measure(|| reading.read(events, lean::parse_by_mistake));
    again.map_err(unreadable)?;
    print_cost(out, "trap", "`Cow`s that do not borrow", usage.allocations)?;
    let (values, usage) = measure(|| usual::summary_of_values(events));
    values.map_err(unreadable)?;
    print_cost(out, "worse", "a `serde_json::Value` a line", usage.allocations)
}

fn print_cost(out: &mut impl Write, when: &str, what: &str, allocations: u64) -> Result<(), String> {
    writeln!(out, "{when:8}{what:28} {:>12}", thousands(allocations)).map_err(unwritten)
}
