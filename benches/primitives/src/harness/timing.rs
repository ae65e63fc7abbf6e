//! Times the sides of a workload by turns, in a shuffled order: what else happens on the machine hits all of them.

use std::time::Duration;

use super::pair::Span;
use super::{Inputs, Meter, Plan, Side, Work, Workload};
use crate::harness::inputs::Random;

/// How long one sample is meant to take.
const SAMPLE: Duration = Duration::from_micros(250);
/// How many samples a pair of threads takes before another side has its turn.
const PAIR_SAMPLES: usize = 8;
/// How many times as many turns there are at most on a busy machine.
const MOST_TURNS: u128 = 8;

/// What a process found for one side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    /// Of an operation. One thread: the quickest sample, since what else runs on the machine only ever adds. Two threads:
    /// the lower quartile of the times until both are done, since the quickest is one in which they hardly met.
    pub(crate) nanos: f64,
    /// Whether each thread had a core for itself.
    pub(crate) undisturbed: bool,
}

/// Nanoseconds of an operation in some samples, of those without a core for each thread apart.
#[derive(Debug, Default)]
struct Samples {
    good: Vec<f64>,
    bad: Vec<f64>,
}

/// Times each side, by turns.
pub(crate) fn time(workload: &Workload, inputs: &Inputs, milliseconds: u64, seed: u64) -> Vec<Timing> {
    let take = |work: Work, batch: u64| samples(work, workload, inputs, batch);
    let batches: Vec<u64> = workload.sides.iter().map(|side| batch(|batch| take(side.work, batch))).collect();
    let turn = match workload.sides[0].work {
        Work::One(_) => SAMPLE,
        Work::Two(_) => SAMPLE * u32::try_from(PAIR_SAMPLES).expect("a few"),
    };
    let turns = (Duration::from_millis(milliseconds).as_nanos() / turn.as_nanos()).max(3);
    let mut taken: Vec<Samples> = batches.iter().map(|_| Samples::default()).collect();
    let mut random = Random(seed);
    for turn in 0..MOST_TURNS * turns {
        for side in random.order(batches.len()) {
            // On a busy machine there are more turns for those that were disturbed in all of theirs.
            if turn < turns || taken[side].good.is_empty() {
                let more = take(workload.sides[side].work, batches[side]);
                taken[side].good.extend(more.good);
                taken[side].bad.extend(more.bad);
            }
        }
    }
    let of_side = |(samples, side): (Samples, &Side)| match side.work {
        Work::One(_) => {
            let nanos = samples.good.into_iter().fold(f64::INFINITY, f64::min);
            Timing { nanos, undisturbed: true }
        }
        Work::Two(_) => {
            Timing { undisturbed: !samples.good.is_empty(), nanos: lower_quartile(samples.best()) }
        }
    };
    taken.into_iter().zip(workload.sides).map(of_side).collect()
}

impl Samples {
    /// Those without a disturbance, if there are any.
    fn best(self) -> Vec<f64> {
        if self.good.is_empty() { self.bad } else { self.good }
    }
}

/// How many operations take a sample's time.
fn batch(samples: impl Fn(u64) -> Samples) -> u64 {
    let mut batch = 8;
    loop {
        let nanos = lower_quartile(samples(batch).best());
        if nanos * to_f64(batch) >= SAMPLE.as_secs_f64() * 1e9 {
            return batch;
        }
        batch *= 2;
    }
}

/// Nanoseconds of an operation in each sample.
fn samples(work: Work, workload: &Workload, inputs: &Inputs, batch: u64) -> Samples {
    match work {
        Work::One(work) => {
            let mut meter = Meter::new(batch, workload.warm_up);
            work(inputs, &mut meter);
            Samples { good: vec![nanos_each(meter.reading().span, batch)], bad: Vec::new() }
        }
        Work::Two(work) => {
            let outcome = work(inputs, &Plan { operations: batch, samples: PAIR_SAMPLES });
            both(&outcome.spans, batch)
        }
    }
}

/// The times from when one began until both were done. Good ones are those in which they worked at the same time, and
/// neither had to wait for a core: where the two share one, nothing contends.
fn both(spans: &[[Span; 2]], batch: u64) -> Samples {
    let mut samples = Samples::default();
    for [one, other] in spans {
        let whole = one.end.max(other.end) - one.start.min(other.start);
        let common = one.end.min(other.end).saturating_duration_since(one.start.max(other.start));
        let is_good = common > whole * 9 / 10 && one.waited.max(other.waited) < whole / 10;
        let kind = if is_good { &mut samples.good } else { &mut samples.bad };
        kind.push(nanos_each(whole, batch));
    }
    samples
}

fn lower_quartile(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 4]
}

fn nanos_each(span: Duration, operations: u64) -> f64 {
    span.as_secs_f64() * 1e9 / to_f64(operations)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn to_f64(operations: u64) -> f64 {
    operations as f64
}
