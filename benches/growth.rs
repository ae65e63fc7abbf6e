//! W9, what is pushed to: grown, made with room, or kept. The code is in `workloads/growth.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench growth`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("growth");
}
