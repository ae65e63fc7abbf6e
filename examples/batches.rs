//! A batch job on rayon: 44,004 lines of an access log become JSON, in batches of 1,000 on two threads, with figures of each client
//! that are merged at the end. In the usual way (`batches/usual.rs`) each line makes three texts, on every thread. In the other
//! (`batches/lean.rs`) buffers come out of a `Pool` and a thread-local `Scratch`, and a key is made for a client that is new.
//! `map_init` keeps buffers, too: in a state for each split of the work, of which there are more than threads.
//!
//! Budgets stand on what runs on the workers: one that breaks there panics there, and rayon hands the panic to whoever waits, so that the
//! test fails. The one on the whole job counts all workers by a `Handle`.
//!
//! Run with `cargo run --release --example batches`; `cargo test --example batches` holds the budgets. It prints:
//!
//! ```text
//! 44004 lines, 0 of them malformed: 8313708 bytes of JSON
//! 206 clients, the busiest 127.202.144.178: 2536 requests, 188 errors, 4719144 bytes
//!
//! in the batches         usual     lean
//! allocations           336751      258
//! bytes allocated     54106237  3719399
//! of the pool's texts there are no more than threads, of map_init's states more
//! in `allow_alloc!` no more than 32 a batch
//! time    may have map_init make other numbers of states, 10 now, and buffers grow, 0 times now
//! time    usual 89.6 ms, lean 61.9 ms, with map_init 60.9 ms
//! ```

#[path = "batches/lean.rs"]
mod lean;
#[path = "batches/line.rs"]
mod line;
#[path = "batches/report.rs"]
mod report;
#[cfg(test)]
#[path = "batches/tests.rs"]
mod tests;
#[path = "batches/usual.rs"]
mod usual;

use alloc_kit::{Usage, measure};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use report::Report;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

const LOG: &str = include_str!("data/access.log");
/// How often the log is read.
const PASSES: usize = 4;
/// Lines in a batch.
const BATCH: usize = 1_000;
const THREADS: usize = 2;
/// How often its buffers grow, at most, in a batch. Mostly they have grown before; in which batch is another matter each time.
const MOST_GROWTHS: u64 = 32;
const ROUNDS: usize = if cfg!(debug_assertions) { 1 } else { 15 };

fn main() -> ExitCode {
    match run(&mut io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "batches: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let lines = lines();
    let pool = pool()?;
    let states = AtomicU64::new(0);
    let in_sequence = usual::export_in_sequence(&lines);
    let in_parallel = usual::export(&pool, &lines);
    let lean = lean::export(&pool, &lines);
    let by_map_init = lean::export_by_map_init(&pool, &lines, &states);
    if [in_parallel, lean, by_map_init].iter().any(|report| *report != in_sequence) {
        return Err("the ways do not come to the same".into());
    }
    describe(out, &lines, &in_sequence)?;

    let totals = Mutex::default();
    let usual = cost_of_batches(&pool, &lines, usual::batch);
    let lean = cost_of_batches(&pool, &lines, |lines| lean::batch(lines, &totals));
    writeln!(out, "\nin the batches         usual     lean")?;
    writeln!(out, "allocations       {:>10} {:>8}", usual.allocations, lean.allocations)?;
    writeln!(out, "bytes allocated   {:>10} {:>8}", usual.bytes, lean.bytes)?;
    // How many there are is another number each time; that there are more or fewer than threads is not.
    let of_pool = if lean::TEXTS.stats().made <= THREADS as u64 { "no more" } else { "more" };
    let states = states.into_inner();
    let of_map_init = if states > THREADS as u64 { "more" } else { "no more" };
    writeln!(
        out,
        "of the pool's texts there are {of_pool} than threads, of map_init's states {of_map_init}"
    )?;
    let (allowed, most) = (lean.allowed, MOST_GROWTHS * lines.len().div_ceil(BATCH) as u64);
    let of_allowed = if allowed <= most { "no more" } else { "more" };
    writeln!(out, "in `allow_alloc!` {of_allowed} than {MOST_GROWTHS} a batch")?;
    writeln!(
        out,
        "time    may have map_init make other numbers of states, {states} now, and buffers grow, {allowed} times now"
    )?;

    let [usual, lean, by_map_init] =
        times([&|| usual::export(&pool, &lines), &|| lean::export(&pool, &lines), &|| {
            lean::export_by_map_init(&pool, &lines, &AtomicU64::new(0))
        }]);
    writeln!(out, "time    usual {usual:.1} ms, lean {lean:.1} ms, with map_init {by_map_init:.1} ms")?;
    Ok(out.flush()?)
}

fn lines() -> Vec<&'static str> {
    (0..PASSES).flat_map(|_| LOG.lines()).collect()
}

fn pool() -> Result<ThreadPool, rayon::ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(THREADS).build()
}

fn describe(out: &mut impl Write, lines: &[&str], report: &Report) -> io::Result<()> {
    let Report { written, clients } = report;
    let malformed = written.malformed;
    writeln!(out, "{} lines, {malformed} of them malformed: {} bytes of JSON", lines.len(), written.bytes)?;
    let Some((client, stats)) = report.busiest() else { return Ok(()) };
    let (requests, errors, bytes) = (stats.requests, stats.errors, stats.bytes);
    let clients = clients.len();
    writeln!(
        out,
        "{clients} clients, the busiest {client}: {requests} requests, {errors} errors, {bytes} bytes"
    )
}

/// What was allocated in the batches, on whichever threads; without what rayon itself does.
struct Cost {
    allocations: u64,
    bytes: u64,
    /// In `allow_alloc!`. They are in neither of the above.
    allowed: u64,
}

fn cost_of_batches<R: Send>(pool: &ThreadPool, lines: &[&str], batch: impl Fn(&[&str]) -> R + Sync) -> Cost {
    let counted = |lines: &[&str]| {
        let (result, usage) = measure(|| batch(lines));
        drop(result);
        usage
    };
    let usages: Vec<Usage> = pool.install(|| lines.par_chunks(BATCH).map(counted).collect());
    Cost {
        allocations: usages.iter().map(|usage| usage.allocations).sum(),
        bytes: usages.iter().map(|usage| usage.bytes_allocated).sum(),
        allowed: usages.iter().map(|usage| usage.allowed_allocations).sum(),
    }
}

/// The medians of some rounds, in milliseconds. In each round all are timed.
fn times<const N: usize>(exports: [&dyn Fn() -> Report; N]) -> [f64; N] {
    let mut times = [[0.0; ROUNDS]; N];
    for round in 0..ROUNDS {
        for (export, times) in exports.iter().zip(&mut times) {
            let start = Instant::now();
            drop(export());
            times[round] = 1_000.0 * start.elapsed().as_secs_f64();
        }
    }
    times.map(|mut times| {
        times.sort_unstable_by(f64::total_cmp);
        times[ROUNDS / 2]
    })
}
