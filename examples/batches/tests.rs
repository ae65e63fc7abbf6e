//! The budgets on the workers and over all of them, what breaks them and how that arrives here, and the formats.

use crate::lean::{self, AGENT};
use crate::line::{Line, Quoted, parse, unescape};
use crate::report::{Clients, Stats, Written};
use crate::{BATCH, LOG, MOST_GROWTHS, cost_of_batches, pool, usual};
use alloc_kit::{Lend, measure, no_alloc};
use rayon::prelude::*;
use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

const LINE: &str =
    r#"127.0.0.1 - - [22/Nov/2026:22:34:29 +0000] "GET /a?b=1 HTTP/1.1" 502 150 "-" "a \x22b\x22" 0.250"#;

/// A debug build takes its time for the whole log.
fn sample() -> Vec<&'static str> {
    LOG.lines().take(5_500).collect()
}

/// The message with which a budget breaks.
fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a broken budget");
    *payload.downcast::<String>().expect("a message")
}

#[test]
fn all_ways_come_to_the_same() {
    let (lines, pool, states) = (sample(), pool().unwrap(), AtomicU64::new(0));
    let in_sequence = usual::export_in_sequence(&lines);
    assert_eq!(usual::export(&pool, &lines), in_sequence);
    // Also when the buffers were in use before.
    for _ in 0..2 {
        assert_eq!(lean::export(&pool, &lines), in_sequence);
    }
    assert_eq!(lean::export_by_map_init(&pool, &lines, &states), in_sequence);
    // Two threads begin with four splits.
    assert!(states.into_inner() >= 4);
    let requests: u64 = in_sequence.clients.values().map(|stats| stats.requests).sum();
    assert_eq!(requests + in_sequence.written.malformed, lines.len() as u64);
}

#[test]
fn a_batch_costs_its_map_and_a_client_its_key() {
    let (lines, pool, totals) = (sample(), pool().unwrap(), Mutex::default());
    let first = cost_of_batches(&pool, &lines, |lines| lean::batch(lines, &totals));
    let batches = lines.len().div_ceil(BATCH) as u64;
    let clients = totals.lock().unwrap().len() as u64;
    assert!(
        (batches + clients..batches + clients + 12).contains(&first.allocations),
        "{}",
        first.allocations
    );
    // When all clients are known.
    let second = cost_of_batches(&pool, &lines, |lines| lean::batch(lines, &totals));
    assert_eq!(second.allocations, batches);
    // `allow_alloc!` hides from a budget what a line would cost in there.
    for cost in [first, second] {
        assert!(cost.allowed <= MOST_GROWTHS * batches, "{}", cost.allowed);
    }
    let usual = cost_of_batches(&pool, &lines, usual::batch);
    assert!(usual.allocations > 7 * lines.len() as u64, "{}", usual.allocations);
}

#[test]
fn buffers_that_have_grown_are_written_to_as_they_are() {
    let (lines, mut text, mut agent) = (sample(), String::new(), String::new());
    let mut clients = HashMap::with_capacity(lines.len());
    let mut allocations = || {
        let (_, usage) = measure(|| lean::json(&lines, &mut text, &mut agent, &mut clients));
        usage.allocations + usage.allowed_allocations
    };
    assert!((2..=MOST_GROWTHS).contains(&allocations()));
    assert_eq!(allocations(), 0);
}

#[test]
fn the_pool_makes_no_more_texts_than_there_are_batches_at_a_time() {
    // Of this process, in which other tests have their threads.
    let (lines, pool) = (sample(), pool().unwrap());
    let before = lean::TEXTS.stats();
    for _ in 0..5 {
        lean::export(&pool, &lines);
    }
    let after = lean::TEXTS.stats();
    assert!(after.reused - before.reused >= 4 * lines.len().div_ceil(BATCH) as u64, "{after:?}");
    assert!(after.values_kept >= 1, "{after:?}");
}

#[test]
fn a_verdict_on_a_worker_arrives_here() {
    #[no_alloc]
    fn batch_on_a_worker(lines: &[&str]) {
        usual::batch(lines);
    }
    let (lines, pool) = (sample(), pool().unwrap());
    let message = broken(|| pool.install(|| lines.par_chunks(BATCH).for_each(batch_on_a_worker)));
    assert!(message.contains("`batch_on_a_worker` made "), "{message}");
    assert!(!cfg!(debug_assertions) || message.contains("examples/batches/usual.rs:"), "{message}");
    // The workers are there for others as before.
    assert_eq!(lean::export(&pool, &lines), usual::export_in_sequence(&lines));
}

#[test]
fn a_handle_counts_the_workers_for_the_whole_job() {
    let (lines, pool) = (sample(), pool().unwrap());
    // Its part is dropped there: for this job there is nothing to merge.
    let as_usual = |lines: &[&str], _: &Mutex<Clients>| {
        usual::batch(lines);
        Written::default()
    };
    let message = broken(|| lean::export_by(&pool, &lines, as_usual));
    assert!(message.contains("`export_by` made "), "{message}");
    assert!(message.contains(" of them by threads that a `Handle` attached"), "{message}");
    assert!(!cfg!(debug_assertions) || message.contains("examples/batches/usual.rs:"), "{message}");
}

#[test]
fn what_workers_allocate_is_not_the_callers() {
    let (lines, pool) = (sample(), pool().unwrap());
    let work = || pool.install(|| lines.par_chunks(BATCH).for_each(|lines| drop(usual::batch(lines))));
    // Rayon's own: the job's way into the pool.
    let ((), usage) = measure(work);
    assert!(usage.allocations < 10, "{usage}");
}

#[test]
fn a_worker_that_waits_may_do_another_batch_in_between() {
    let (lines, pool) = (sample(), pool().unwrap());
    let report = pool.install(|| {
        AGENT.lend(|agent| {
            agent.push_str("kept");
            let report = lean::export(&pool, &lines);
            assert_eq!(agent, "kept");
            report
        })
    });
    assert_eq!(report, usual::export_in_sequence(&lines));
}

#[test]
fn few_and_bad_lines() {
    for lines in [&[][..], &[LINE], &["", "nonsense", LINE, "a \"b\" c d \"e\" \"f\""]] {
        let report = pool().unwrap().install(|| {
            let totals = Mutex::default();
            let written = lean::batch(lines, &totals);
            (written, totals.into_inner().unwrap())
        });
        let wanted = usual::export_in_sequence(lines);
        assert_eq!(report.1, wanted.clients);
        assert_eq!(report.0.malformed, wanted.written.malformed);
        assert_eq!(report.0.bytes, wanted.written.bytes);
    }
    assert_eq!(usual::export_in_sequence(&["", LINE, "x"]).written.malformed, 2);
    let stats = Stats { requests: 1, errors: 1, bytes: 150 };
    assert_eq!(usual::export_in_sequence(&[LINE]).busiest(), Some(("127.0.0.1", stats)));
}

#[test]
fn a_long_line_grows_the_buffers_where_that_is_allowed() {
    // Each byte of the request becomes six.
    let request = "\u{1}".repeat(100_000);
    let agent = r"\x41".repeat(50_000);
    let line = LINE.replace("/a?b=1", &request).replace(r"a \x22b\x22", &agent);
    let lines = vec![&*line; 3];
    let totals = Mutex::default();
    let written = lean::batch(&lines, &totals);
    assert!(written.bytes > 3 * (600_000 + 50_000));
    // Texts that are too long are not kept: there are 16 at most, of 2 MiB.
    assert!(lean::TEXTS.stats().retained_bytes <= 16 << 21);
}

#[test]
fn formats() {
    let wanted = Line {
        client: "127.0.0.1",
        request: "GET /a?b=1 HTTP/1.1",
        status: 502,
        bytes: 150,
        agent: r"a \x22b\x22",
    };
    assert_eq!(parse(LINE), Some(wanted));
    for line in ["", "a", r#"a "b" c d"#, &LINE.replace("502", "x"), &LINE.replace(" 150", " -1")] {
        assert_eq!(parse(line), None, "{line}");
    }
    let unescaped = |text| unescape(text).collect::<String>();
    assert_eq!(unescaped(r"a \x22b\x22 \x5C"), r#"a "b" \"#);
    assert_eq!(unescaped(r"\x \xé \x2 \xzz"), r"\x \xé \x2 \xzz");
    assert_eq!(Quoted("a \"b\" \\ \t é").to_string(), r#""a \"b\" \\ \u0009 é""#);
}
