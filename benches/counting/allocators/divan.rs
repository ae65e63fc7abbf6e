//! `divan`: its `AllocProfiler` counts on every thread, always; only its own runner can read the counts.
//!
//! So the work runs outside the runner, and the mode `proof` has the runner print what it counts for one allocation.

use std::hint::black_box;

use counting_bench::{Counted, Mode};
use divan::{AllocProfiler, Divan};

#[global_allocator]
static GLOBAL: AllocProfiler = AllocProfiler::system();

#[divan::bench(sample_count = 1, sample_size = 1)]
fn one_allocation_of_48_bytes() {
    drop(black_box(Box::new(black_box([7_u64; 6]))));
}

fn proof(work: &mut dyn FnMut()) -> Counted {
    work();
    Divan::default().color(false).main();
    Counted::Nothing
}

fn main() {
    counting_bench::main(&[Mode::idle().named("active"), Mode::process(proof).named("proof")]);
}
