//! Times the sides of a workload by turns, in a shuffled order: what else happens on the machine hits all of them.

use std::time::{Duration, Instant};

use alloc_kit_benches::Side;
use alloc_kit_benches::inputs::Random;

/// How long a sample takes, at least: a job that is shorter is done several times.
const SAMPLE: Duration = Duration::from_micros(500);
/// How many samples there are of each side, at least.
const LEAST_TURNS: usize = 3;

/// Nanoseconds of each side's job: of its quickest sample, since what else runs on the machine only ever adds.
pub(crate) fn time(sides: &mut [Side], milliseconds: u64, seed: u64) -> Vec<f64> {
    let repeats: Vec<u32> = sides.iter_mut().map(repeats).collect();
    let mut quickest = vec![f64::INFINITY; sides.len()];
    let (mut random, start, mut turn) = (Random(seed), Instant::now(), 0);
    while turn < LEAST_TURNS || start.elapsed() < Duration::from_millis(milliseconds) {
        for index in random.order(sides.len()) {
            let nanos = sample(&mut sides[index], repeats[index]).as_secs_f64() * 1e9;
            quickest[index] = quickest[index].min(nanos / f64::from(repeats[index]));
        }
        turn += 1;
    }
    quickest
}

/// How many jobs take a sample's time. They are the warm-up, too.
fn repeats(side: &mut Side) -> u32 {
    let mut repeats = 1;
    while sample(side, repeats) < SAMPLE {
        repeats *= 2;
    }
    repeats
}

fn sample(side: &mut Side, repeats: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..repeats {
        side.run();
    }
    start.elapsed()
}
