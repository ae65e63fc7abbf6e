//! Times a task plain and guarded, by turns.

use std::time::{Duration, Instant};

use crate::task::{Task, Work, repeat};

/// How long one sample is meant to take.
const SAMPLE: Duration = Duration::from_micros(200);
/// Samples that are taken even when the time is up.
const LEAST_SAMPLES: u32 = 3;

/// Nanoseconds an operation, plain and guarded: the quickest samples, since what else runs on the machine only ever
/// adds.
pub(crate) fn time(task: &Task, milliseconds: u64) -> [f64; 2] {
    let budget = Duration::from_millis(milliseconds);
    let works = [task.plain, task.guarded];
    let batches = works.map(|work| warm_up(work, budget / 8));
    let mut quickest = [f64::INFINITY; 2];
    let (start, mut samples) = (Instant::now(), 0);
    while samples < LEAST_SAMPLES || start.elapsed() < budget {
        for ((work, batch), quickest) in works.iter().zip(batches).zip(&mut quickest) {
            let start = Instant::now();
            repeat(*work, batch);
            *quickest = quickest.min(nanos_each(start.elapsed(), batch));
        }
        samples += 1;
    }
    quickest
}

/// Runs for `budget` at least; the operations that take a sample's time.
fn warm_up(work: Work, budget: Duration) -> u64 {
    let (begin, mut batch) = (Instant::now(), 16);
    loop {
        let start = Instant::now();
        repeat(work, batch);
        if start.elapsed() < SAMPLE {
            batch *= 2;
        } else if begin.elapsed() >= budget {
            return batch;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "both are far below 2^52")]
fn nanos_each(elapsed: Duration, operations: u64) -> f64 {
    elapsed.as_nanos() as f64 / operations as f64
}
