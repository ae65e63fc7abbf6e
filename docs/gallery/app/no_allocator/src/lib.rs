//! No counting allocator
//!
//! With the feature `audit` the allocator is the user's to install. Where nothing counts every budget would hold, so it fails.
//!
//! ```text
//! $ cargo test -p no_allocator
//! ```
//!
//! Mended: one of the two ways in the message; here, `alloc_kit::install!();` below the `use`.

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
