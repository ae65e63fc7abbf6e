//! Both ways send the same, the budgets hold on the log, and the way it was does not keep them.

use crate::ship::{Kinds, Report, Ship, Wire, ship};
use crate::support::compare;
use crate::{LOG, lean, shipped, usual};
use alloc_kit::{assert_no_alloc, measure};
use std::io::{self, Write};

const LINE: &str =
    r#"127.0.0.1 - - [22/Nov/2026:22:34:22 +0000] "GET /a\x22 HTTP/1.1" 404 146 "-" "Mozilla/5.0" 0.012"#;

#[test]
fn both_ways_send_the_same() {
    let [before, after] = compare(("", shipped::<usual::Shipper>), ("", shipped::<lean::Shipper>));
    let lines = LOG.lines().count() as u64;
    assert!(before.allocations > 20 * lines, "{before}");
    assert!(after.allocations < 500, "{after}");
    assert!(after.peak_bytes < before.peak_bytes, "{after}, and {before}");

    let mut wires = [(); 2].map(|()| Vec::with_capacity(4 << 20));
    ship::<usual::Shipper>(LOG, &mut wires[0]).expect("a vector takes all");
    ship::<lean::Shipper>(LOG, &mut wires[1]).expect("a vector takes all");
    assert!(wires[0] == wires[1], "not byte for byte");
}

#[test]
fn a_line_of_a_known_host_allocates_nothing() {
    let mut shipper = lean::Shipper::new(Kinds::parse("mozilla = browser").expect("a configuration"));
    shipper.line(1, LINE);
    let ((), usage) = measure(|| shipper.line(2, LINE));
    // What may grow did not have to: a budget would let that pass.
    assert_eq!((usage.allocations, usage.allowed_allocations), (0, 0));
    assert_eq!(shipper.report().busiest, [("127.0.0.1".to_owned(), 2)]);
}

#[test]
#[should_panic(expected = "its budget is 0")]
fn to_parse_as_it_was_is_over_the_budget() {
    assert!(assert_no_alloc!(usual::parse(LINE)).is_ok());
}

#[test]
fn a_record_is_json() {
    // The wire's own allocations would be counted, too.
    let mut text = Vec::with_capacity(1024);
    ship::<lean::Shipper>(LINE, &mut text).expect("a vector takes all");
    let text = String::from_utf8(text).expect("JSON is UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.ends_with(&format!("content-length: {}", body.len())), "{head}");
    let record: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(record["time"], "2026-11-22T22:34:22");
    assert_eq!(record["request"], r"GET /a\x22 HTTP/1.1");
    assert_eq!((&record["status"], &record["kind"]), (&404.into(), &"browser".into()));
}

#[test]
fn both_reject_the_same_for_the_same_reason() {
    let rejected = |log: &str| {
        let [usual, lean] = [ship::<usual::Shipper>, ship::<lean::Shipper>]
            .map(|ship| report(ship(log, &mut Wire::default())));
        assert_eq!(usual, lean, "{log}");
        assert_eq!((usual.records, usual.batches), (0, 1));
        usual.rejected.concat()
    };
    assert_eq!(rejected(""), "");
    assert_eq!(rejected("\n"), "line 1: 0 quotes in place of 6");
    assert_eq!(rejected(&format!("{LINE}\"")), "line 1: 7 quotes in place of 6");
    assert_eq!(rejected(&LINE.replace("GET ", "")), r"line 1: no request: /a\x22 HTTP/1.1");
    assert_eq!(rejected(&LINE.replace("404 ", "")), "line 1: no status and size");
    assert_eq!(rejected(&LINE.replace('[', "")), "line 1: no time");
    assert_eq!(rejected(&LINE.replace("22/Nov/2026:22:34:22 +0000", "now")), "line 1: no time: now] ");
    assert_eq!(rejected(&LINE.replace("Nov", "nov")), "line 1: no month");
}

fn report<T>(shipped: Result<(Report, T), String>) -> Report {
    shipped.expect("the wire takes all").0
}

#[test]
fn what_goes_wrong_is_said() {
    assert_eq!(
        Kinds::parse("bot = crawler\nbot").err().as_deref(),
        Some("line 2 of the configuration has no ` = `: bot")
    );
    let mut closed = Closed;
    let problem = ship::<lean::Shipper>(LINE, &mut closed).err();
    assert_eq!(problem.as_deref(), Some("cannot send a batch: broken pipe"));
}

struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
