//! W4, tokens of a source: owned, or borrowed with `Cow`. The code is in `workloads/tokens.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench tokens`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("tokens");
}
