//! Two threads at one thing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, hint};

use super::meter;

/// What both threads do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// In each sample, on each thread.
    pub(crate) operations: u64,
    /// Each begins when both are there; the first is the warm-up.
    pub(crate) samples: usize,
}

/// What they took.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) sum: u64,
    /// For each sample but the first, when each of the two began and was done.
    pub(crate) spans: Vec<[Span; 2]>,
    /// Of the last sample, on both threads; unknown without the feature `counting`.
    pub(crate) allocations: Option<u64>,
}

/// What one thread's part of a sample took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start: Instant,
    pub(crate) end: Instant,
    /// How long it had something to do and no core to do it on.
    pub(crate) waited: Duration,
}

/// Does the samples on two threads.
///
/// # Panics
///
/// If one sample finds something else than the others.
pub(crate) fn run(
    plan: &Plan,
    one: impl FnMut() -> u64 + Send,
    other: impl FnMut() -> u64 + Send,
) -> Outcome {
    let together = Together::default();
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(|| samples(plan, &together, one));
        let other = scope.spawn(|| samples(plan, &together, other));
        (one.join().expect("no panic"), other.join().expect("no panic"))
    });
    Outcome {
        sum: meter::mix(one.sum, other.sum),
        spans: one.spans.into_iter().zip(other.spans).skip(1).map(|(one, other)| [one, other]).collect(),
        allocations: one.allocations.zip(other.allocations).map(|(one, other)| one + other),
    }
}

struct OfThread {
    sum: u64,
    spans: Vec<Span>,
    allocations: Option<u64>,
}

fn samples(plan: &Plan, together: &Together, mut work: impl FnMut() -> u64) -> OfThread {
    let mut own = OfThread { sum: 0, spans: Vec::with_capacity(plan.samples), allocations: None };
    for sample in 0..plan.samples {
        let waited = waited();
        together.wait();
        let start = Instant::now();
        let (sum, allocations) = meter::count(&mut work);
        let end = Instant::now();
        own.spans.push(Span { start, end, waited: self::waited().saturating_sub(waited) });
        assert!(sample == 0 || sum == own.sum, "the samples differ: {sum} and {}", own.sum);
        (own.sum, own.allocations) = (sum, allocations);
    }
    own
}

/// How long this thread has waited for a core in its life; nothing where the system does not say.
fn waited() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// A barrier for two that spins: waking a thread takes as long as some samples.
#[derive(Default)]
struct Together(AtomicUsize);

impl Together {
    fn wait(&self) {
        let arrived = self.0.fetch_add(1, Ordering::AcqRel) + 1;
        let all = arrived.next_multiple_of(2);
        let mut spins = 0;
        while self.0.load(Ordering::Acquire) < all {
            spin(&mut spins);
        }
    }
}

/// Once round a loop that waits for the other thread, which on a busy machine may need this one's core.
pub(crate) fn spin(spins: &mut u32) {
    *spins += 1;
    if spins.is_multiple_of(1 << 10) { thread::yield_now() } else { hint::spin_loop() }
}
