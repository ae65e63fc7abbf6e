//! Random programs of allocations, frees, guards, exceptions, panics, threads and polls, run for real and by a plain
//! model of the counts; every figure and every verdict has to be the same.
//!
//! Run with: `cargo test -p alloc-kit-tests --test programs`, also with `--release`. A long run, in each of the modes:
//! `PROPTEST_CASES=1000000 cargo test --release -p alloc-kit-tests --test programs agree -- --nocapture`.

#![deny(warnings, clippy::pedantic, clippy::all)]

#[path = "programs/compare.rs"]
mod compare;
#[path = "programs/crew.rs"]
mod crew;
#[path = "programs/figures.rs"]
mod figures;
#[path = "programs/generate.rs"]
mod generate;
#[path = "programs/guards.rs"]
mod guards;
#[path = "programs/model.rs"]
mod model;
#[path = "programs/real.rs"]
mod real;
#[path = "programs/regions.rs"]
mod regions;
#[path = "programs/seen.rs"]
mod seen;
#[path = "programs/shrink.rs"]
mod shrink;
#[path = "programs/standard_error.rs"]
mod standard_error;
#[path = "programs/steps.rs"]
mod steps;

use std::thread;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use compare::Runs;
use generate::Programs;

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
}

fn runner(cases: u32, rng: Option<u8>) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    match rng {
        Some(seed) => TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32])),
        None => TestRunner::new(config),
    }
}

#[test]
fn several_at_once() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let runs = Runs::new();
                let programs = Programs { process: false };
                runs.assert_agree(&mut runner(cases() / 4 + 1, None), programs);
            });
        }
    });
}

#[test]
fn one_at_a_time() {
    Runs::new().assert_agree(&mut runner(cases(), None), Programs { process: false });
}
