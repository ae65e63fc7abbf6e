//! The workloads: each row of the guide to heap allocations, and each of W1 to W13, as a job that is done in several
//! ways. One file a theme, with the code of all its ways.
//!
//! Three things run them: the benches of the same names (criterion, with allocations beside time), the bench `wins`
//! (one table of all, its charts), and `tests/wins.rs`, which holds the answers and the counts.

pub mod boxes;
pub mod csv;
pub mod growth;
pub mod headers;
pub mod inputs;
pub mod iterators;
pub mod json;
pub mod lines;
mod look;
pub mod messages;
pub mod no_gain;
pub mod no_gain_values;
pub mod records;
pub mod shared;
pub mod short_lists;
pub mod threads;
pub mod tokens;
pub mod two_threads;
pub mod words;
pub mod workload;

pub use workload::{Expect, Kind, Published, Side, Workload};

/// All of them, in the order of the tables.
pub const ALL: &[Workload] = &[
    lines::LINES,
    csv::CSV,
    headers::HEADERS_BY_KEY,
    tokens::TOKENS,
    json::JSON,
    records::BATCHES,
    words::FEW_WORDS,
    words::WORDS_OF_TEXT,
    messages::MESSAGES,
    growth::PUSHES,
    iterators::COLLECTS,
    boxes::BOXED_LISTS,
    short_lists::SIGNATURES,
    threads::SCRATCH,
    records::CLONE_FROM,
    records::CLONE_IN_LOOP,
    messages::FORMAT_STATIC,
    messages::TO_STRING_LITERAL,
    messages::STR_PARAM,
    growth::TEXTS,
    growth::TABLES,
    boxes::BOXED_VALUES,
    shared::TEXTS,
    shared::TREE,
    no_gain::WINDOWS,
    no_gain::PACKETS,
    no_gain::HELD,
    no_gain_values::FEW,
    no_gain_values::TAGS,
    no_gain_values::WARNINGS,
    no_gain_values::UNIQUE,
    no_gain_values::MESSAGES,
];
