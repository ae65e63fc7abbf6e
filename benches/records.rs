//! W6, batches of records, and what `clone` and `clone_from` are worth. The code is in `workloads/records.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench records`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("records");
}
