//! W10, a list in the middle of a chain of iterators. The code is in `workloads/iterators.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench iterators`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("iterators");
}
