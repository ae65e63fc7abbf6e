//! W3, headers of requests, found by a key that is built. The code is in `workloads/headers.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench headers`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("headers");
}
