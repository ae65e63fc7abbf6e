//! Times a workload on one thread, or on two that start each sample together.
//!
//! Warm-up, samples and all run inside one counted region, so that entering it is no part of what is timed.

use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::workloads::{Inputs, Workload};
use crate::{Around, Counted};

/// How long one sample is meant to take.
const SAMPLE: Duration = Duration::from_millis(1);
/// Room for the samples, reserved beforehand: keeping them must not allocate.
const MOST_SAMPLES: usize = 1_000;
/// Samples that are taken even when the time is up.
const LEAST_SAMPLES: usize = 3;

/// What one process found.
#[derive(Debug, Default, Clone, Copy)]
pub struct Timing {
    /// Operations done inside the counted region, by all threads, with the warm-up.
    pub operations: u64,
    /// Nanoseconds an operation. One thread: the quickest sample, since what else runs on the machine only ever adds.
    /// Two threads: the lower quartile of the times until both are done, since the quickest is one in which they
    /// hardly met.
    pub nanos: f64,
}

/// Takes samples of `workload` for `milliseconds`, after a warm-up of a quarter of that.
pub(crate) fn time(
    workload: Workload,
    inputs: &Inputs,
    around: Around,
    milliseconds: u64,
) -> (Timing, Counted) {
    let budget = Duration::from_millis(milliseconds);
    if workload == Workload::Threads {
        time_threads(around, budget)
    } else {
        time_one(workload, inputs, around, budget)
    }
}

/// Does exactly `operations` on each thread and takes no time.
pub(crate) fn exactly(
    workload: Workload,
    inputs: &Inputs,
    around: Around,
    operations: u64,
) -> (Timing, Counted) {
    let threads = if workload == Workload::Threads { 2 } else { 1 };
    let mut counted = Counted::Nothing;
    for _ in 0..threads {
        counted = counted.and(around(&mut || workload.run(inputs, operations)));
    }
    (Timing { operations: operations * threads, ..Timing::default() }, counted)
}

fn time_one(workload: Workload, inputs: &Inputs, around: Around, budget: Duration) -> (Timing, Counted) {
    let mut samples = Vec::with_capacity(MOST_SAMPLES);
    let mut operations = 0;
    let counted = around(&mut || {
        let (batch, done) = warm_up(workload, inputs, budget / 4);
        operations += done;
        let start = Instant::now();
        while samples.len() < LEAST_SAMPLES || (samples.len() < MOST_SAMPLES && start.elapsed() < budget) {
            let start = Instant::now();
            workload.run(inputs, batch);
            samples.push(nanos_each(start.elapsed(), batch));
            operations += batch;
        }
    });
    (Timing { operations, nanos: samples.into_iter().fold(f64::INFINITY, f64::min) }, counted)
}

fn time_threads(around: Around, budget: Duration) -> (Timing, Counted) {
    let inputs = Inputs::default();
    let (mut batch, mut operations) = (0, 0);
    let warm = around(&mut || (batch, operations) = warm_up(Workload::Threads, &inputs, budget / 4));
    // Short ones: neither thread must lose its core meanwhile. As many for all, however much they contend.
    let (batch, sample) = ((batch / 4).max(1), SAMPLE / 4);
    let wanted = usize::try_from(budget.as_nanos() / sample.as_nanos()).unwrap_or(MOST_SAMPLES);
    let wanted = wanted.clamp(LEAST_SAMPLES, MOST_SAMPLES);
    let together = Together::default();
    let work = || {
        let mut spans = Vec::with_capacity(wanted);
        let counted = around(&mut || {
            while spans.len() < wanted {
                together.wait();
                let start = Instant::now();
                Workload::Threads.run(&inputs, batch);
                spans.push((start, Instant::now()));
            }
        });
        (spans, counted)
    };
    let (one, other) = thread::scope(|scope| {
        let (one, other) = (scope.spawn(work), scope.spawn(work));
        (one.join().expect("no panic"), other.join().expect("no panic"))
    });
    let mut samples = both(&one.0, &other.0, batch);
    samples.sort_by(f64::total_cmp);
    let timing =
        Timing { operations: operations + 2 * batch * wanted as u64, nanos: samples[samples.len() / 4] };
    (timing, warm.and(one.1).and(other.1))
}

/// The time from when one began until both were done, of the samples in which they worked at the same time: where the
/// two share a core, or one loses its core to somebody else, nothing contends.
fn both(one: &[(Instant, Instant)], other: &[(Instant, Instant)], batch: u64) -> Vec<f64> {
    let samples = one.iter().zip(other).map(|(one, other)| {
        let whole = one.1.max(other.1) - one.0.min(other.0);
        let common = one.1.min(other.1).saturating_duration_since(one.0.max(other.0));
        (common > whole * 9 / 10, nanos_each(whole, batch))
    });
    let (together, apart): (Vec<_>, Vec<_>) = samples.partition(|(together, _)| *together);
    let chosen = if together.len() < LEAST_SAMPLES { [together, apart].concat() } else { together };
    chosen.into_iter().map(|(_, nanos)| nanos).collect()
}

/// Runs for `budget` at least. The operations that take a sample's time, and those done.
fn warm_up(workload: Workload, inputs: &Inputs, budget: Duration) -> (u64, u64) {
    let begin = Instant::now();
    let (mut batch, mut done) = (1, 0);
    loop {
        let start = Instant::now();
        workload.run(inputs, batch);
        done += batch;
        let took = start.elapsed();
        if took < SAMPLE {
            batch *= 2;
        } else if begin.elapsed() >= budget {
            return (batch, done);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "both are far below 2^52")]
fn nanos_each(elapsed: Duration, operations: u64) -> f64 {
    elapsed.as_nanos() as f64 / operations as f64
}

/// A barrier for two that spins: waking a thread takes as long as some samples.
#[derive(Default)]
struct Together(AtomicUsize);

impl Together {
    fn wait(&self) {
        let arrived = self.0.fetch_add(1, Ordering::AcqRel) + 1;
        let all = arrived.next_multiple_of(2);
        let mut spins = 0_u32;
        while self.0.load(Ordering::Acquire) < all {
            spins += 1;
            // On a busy machine the other thread may need this one's core.
            if spins.is_multiple_of(1 << 14) { thread::yield_now() } else { hint::spin_loop() }
        }
    }
}
