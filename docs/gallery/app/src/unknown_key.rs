//! A key that there is not
//!
//! What is wrong in an attribute is a compile error, in every build.
//!
//! ```text
//! $ cargo test --features unknown_key
//! ```
//!
//! Mended: `peak_bytes = 1024`.

use alloc_kit::alloc_budget;

#[alloc_budget(peak = 1024)]
fn head(request: &str) -> Vec<&str> {
    request.lines().collect()
}

#[test]
fn head_of_a_request() {
    assert_eq!(head("GET / HTTP/1.1\r\nHost: a\r\n").len(), 2);
}
