//! W8, messages of which most never change, and `format!`, `to_string` and `&String` where a `&str` would do. The code is in `workloads/messages.rs`.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench messages`, and with `--features mimalloc` over that allocator.

#[path = "support/theme.rs"]
mod theme;

fn main() {
    theme::run("messages");
}
