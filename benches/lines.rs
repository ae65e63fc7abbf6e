//! W1, lines of a log: owned, or read into one buffer. The code is in `workloads/lines.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench lines`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("lines");
}
