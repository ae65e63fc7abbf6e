//! Tests that would not judge
//!
//! `cargo add alloc-kit` was there, its sister for tests was forgotten. A test that passes would mean nothing, so it does not compile.
//!
//! ```text
//! $ cargo test -p not_enforced
//! ```
//!
//! Mended: `cargo add alloc-kit --dev --features enforce`.

use alloc_kit::no_alloc;

/// The last part of a path.
#[no_alloc]
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[test]
fn file_name_of_a_path() {
    assert_eq!(file_name("src/lib.rs"), "lib.rs");
}
