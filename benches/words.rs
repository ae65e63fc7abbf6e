//! W7, words are counted: a key for each, or for each new one. The code is in `workloads/words.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench words`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("words");
}
