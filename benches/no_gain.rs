//! Where reuse does not pay. The code is in `workloads/no_gain*.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench no_gain`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("no_gain");
}
