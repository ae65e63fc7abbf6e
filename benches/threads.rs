//! W13, scratch buffers under threads. The code is in `workloads/threads.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench threads`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("threads");
}
