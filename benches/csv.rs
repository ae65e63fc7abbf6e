//! W2, rows of a table: a record for each, or one that is reused. The code is in `workloads/csv.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench csv`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("csv");
}
