//! The workloads: each row of the guide to heap allocations, and each of W1 to W13, as a job that is done in several
//! ways. One file a theme, with the code of all its ways.
//!
//! Three things run them: the benches of the same names (criterion, with allocations beside time), the bench `wins`
//! (one table of all, its charts), and `tests/wins.rs`, which holds the answers and the counts.

pub mod boxes;
pub mod growth;
pub mod inputs;
pub mod iterators;
pub mod lines;
pub mod records;
pub mod shared;
pub mod short_lists;
pub mod threads;
mod two_threads;
pub mod workload;

pub use workload::{Expect, Kind, Published, Side, Workload};

/// All of them, in the order of the tables.
pub const ALL: &[Workload] = &[
    lines::LINES,
    records::BATCHES,
    records::CLONE_FROM,
    records::CLONE_IN_LOOP,
    growth::PUSHES,
    growth::TEXTS,
    growth::TABLES,
    iterators::COLLECTS,
    boxes::BOXED_LISTS,
    boxes::BOXED_VALUES,
    shared::TEXTS,
    shared::TREE,
    short_lists::SIGNATURES,
    threads::SCRATCH,
];
