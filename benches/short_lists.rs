//! W12, short lists: on the heap, or inline by an advised length. The code is in `workloads/short_lists.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench short_lists`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("short_lists");
}
