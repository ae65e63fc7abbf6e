//! The workloads: each row of the guide to heap allocations, and each of W1 to W13, as a job that is done in several
//! ways. One file a theme, with the code of all its ways.
//!
//! Three things run them: the benches of the same names (criterion, with allocations beside time), the bench `wins`
//! (one table of all, its charts), and `tests/wins.rs`, which holds the answers and the counts.

pub mod csv;
pub mod headers;
pub mod inputs;
pub mod json;
pub mod lines;
pub mod messages;
pub mod tokens;
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
    words::FEW_WORDS,
    words::WORDS_OF_TEXT,
    words::NEW_WORDS,
    messages::MESSAGES,
    messages::FORMAT_STATIC,
    messages::TO_STRING_LITERAL,
    messages::STR_PARAM,
];
