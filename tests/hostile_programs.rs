//! Programs that make it hard: they fork, are interrupted by signals, have tiny stacks or thousands of threads, end in the
//! middle, or lack what everybody has. Each test is a row of the table in `docs/trust.md`.
//!
//! Most run themselves as a child, with nothing else in the process. Linux only.
//!
//! Run with: `cargo test -p alloc-kit-tests --test hostile_programs`, also with `--release`.

#![cfg(target_os = "linux")]
#![expect(clippy::similar_names, reason = "a test, and the text that it looks at")]

#[path = "hostile_programs/child.rs"]
mod child;
#[path = "hostile_programs/deep.rs"]
mod deep;
#[path = "hostile_programs/ends.rs"]
mod ends;
#[path = "hostile_programs/environment.rs"]
mod environment;
#[path = "hostile_programs/forks.rs"]
mod forks;
#[path = "hostile_programs/limits.rs"]
mod limits;
#[path = "hostile_programs/many.rs"]
mod many;
#[allow(dead_code, reason = "every test uses its part of it")]
#[path = "support/page.rs"]
mod page;
#[path = "hostile_programs/reports.rs"]
mod reports;
#[path = "hostile_programs/signals.rs"]
mod signals;
#[path = "hostile_programs/stacks.rs"]
mod stacks;
#[path = "hostile_programs/stepped.rs"]
mod stepped;
mod support;
#[path = "hostile_programs/table.rs"]
mod table;
