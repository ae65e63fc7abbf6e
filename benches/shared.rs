//! `Rc` and `Arc`: what is shared, and what is copied. The code is in `workloads/shared.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench shared`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("shared");
}
