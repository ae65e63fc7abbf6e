//! W5, JSON events: owned fields, or borrowed ones. The code is in `workloads/json.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench json`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("json");
}
