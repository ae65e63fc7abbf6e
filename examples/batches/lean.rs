//! The same under budgets, on every worker: a buffer for each batch *at a time* out of a pool, scratch for each thread, keys that
//! borrow from the log until they are new to the totals.

use crate::BATCH;
use crate::line::{Quoted, parse, unescape};
use crate::report::{Clients, Report, Stats, Written};
use alloc_kit::{Handle, Lend, Pool, Scratch, alloc_budget, allow_alloc, no_alloc, upsert};
use rayon::ThreadPool;
use rayon::prelude::*;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Large, and in use now and then: no more than there are batches at a time, whichever threads do them. A thread-local would keep
/// one for each thread.
pub(crate) static TEXTS: Pool<String> = Pool::new().max_bytes(2 << 20);

thread_local! {
    /// Small, and in use for each line. Where a worker that waits in here is given another batch, as `rayon::join` does, it is
    /// lent a second one; a `RefCell` would panic.
    pub(crate) static AGENT: Scratch<String> = const { Scratch::new() };
}

/// Of the clients that there are, with room: each costs its key.
pub(crate) const MOST_CLIENTS: usize = 500;

/// In parallel.
pub(crate) fn export(pool: &ThreadPool, lines: &[&str]) -> Report {
    export_by(pool, lines, batch)
}

/// The budget is for all workers together, which a `Handle` counts for it: keys, a map a batch, and rayon's own.
#[alloc_budget(MOST_CLIENTS + 2 * lines.len().div_ceil(BATCH))]
pub(crate) fn export_by(
    pool: &ThreadPool,
    lines: &[&str],
    batch: impl Fn(&[&str], &Mutex<Clients>) -> Written + Sync,
) -> Report {
    let handle = Handle::current();
    let totals = Mutex::default();
    let batches = lines.par_chunks(BATCH).map(|lines| handle.attach(|| batch(lines, &totals)));
    in_order(pool.install(|| batches.collect()), totals)
}

/// With `map_init`, rayon's own way to keep a buffer. It makes a state for each *split* of the work, not for each thread: there are
/// some to begin with, and more whenever a thread takes work from another, so that their number is another in each run.
pub(crate) fn export_by_map_init(pool: &ThreadPool, lines: &[&str], states: &AtomicU64) -> Report {
    let totals = Mutex::default();
    let state = || {
        states.fetch_add(1, Ordering::Relaxed);
        (String::new(), String::new())
    };
    let batches = lines.par_chunks(BATCH).map_init(state, |(text, agent), lines| {
        let mut clients = HashMap::with_capacity(lines.len());
        let written = json(lines, text, agent, &mut clients);
        merge(&totals, &clients);
        written
    });
    in_order(pool.install(|| batches.collect()), totals)
}

fn in_order(batches: Vec<Written>, totals: Mutex<Clients>) -> Report {
    let mut written = Written::default();
    for batch in batches {
        written += batch;
    }
    Report { written, clients: totals.into_inner().unwrap_or_else(PoisonError::into_inner) }
}

/// One batch, on whichever worker.
pub(crate) fn batch(lines: &[&str], totals: &Mutex<Clients>) -> Written {
    let (written, clients) = export_batch(lines);
    merge(totals, &clients);
    written
}

/// One allocation, whatever is in the batch: its map. As the keys borrow from the log it cannot be kept for the next one, and it has
/// room for all that may come.
#[alloc_budget(1)]
fn export_batch<'a>(lines: &[&'a str]) -> (Written, HashMap<&'a str, Stats>) {
    let mut clients = HashMap::with_capacity(lines.len());
    let mut text = allow_alloc!("one for each batch at a time", TEXTS.lease());
    let written = AGENT.lend(|agent| json(lines, &mut text, agent, &mut clients));
    (written, clients)
}

/// The lines as JSON. What grows is kept by who gives it, and grows where it is said.
#[no_alloc]
pub(crate) fn json<'a>(
    lines: &[&'a str],
    text: &mut String,
    agent: &mut String,
    clients: &mut HashMap<&'a str, Stats>,
) -> Written {
    text.clear();
    let mut malformed = 0;
    for line in lines {
        let Some(parsed) = parse(line) else {
            malformed += 1;
            continue;
        };
        // At worst each byte of the line becomes an escape, `\u0007`.
        let most = 6 * line.len() + 100;
        if text.capacity() - text.len() < most {
            allow_alloc!("to the longest batch yet", text.reserve(most));
        }
        agent.clear();
        if agent.capacity() < parsed.agent.len() {
            allow_alloc!("to the longest agent yet", agent.reserve(parsed.agent.len()));
        }
        agent.extend(unescape(parsed.agent));
        let (client, request, agent) = (Quoted(parsed.client), Quoted(parsed.request), Quoted(agent));
        let (status, bytes) = (parsed.status, parsed.bytes);
        // A `String` takes whatever is written to it.
        let _ = writeln!(
            text,
            "{{\"client\":{client},\"request\":{request},\"status\":{status},\"bytes\":{bytes},\"agent\":{agent}}}"
        );
        *clients.entry(parsed.client).or_default() += Stats::of(&parsed);
    }
    Written::new(text, malformed)
}

/// How often the totals grow, at most, in one merge.
const MERGE_GROWTH: usize = 12;

/// Adds a batch's clients to those of all: a key is made for one that no batch had before.
#[alloc_budget(clients.len() + MERGE_GROWTH)]
fn merge(totals: &Mutex<Clients>, clients: &HashMap<&str, Stats>) {
    let mut totals = totals.lock().unwrap_or_else(PoisonError::into_inner);
    for (client, stats) in clients {
        upsert(&mut *totals, *client, Stats::default, |all| *all += *stats);
    }
}
