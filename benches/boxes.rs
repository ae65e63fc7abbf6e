//! W11, `Box` where there is no need for one. The code is in `workloads/boxes.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench boxes`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("boxes");
}
