//! A release build
//!
//! Release builds have no debug information, unless the profile says so. The budget is judged all the same; which line it was is not
//! known, and the message says what would give it.
//!
//! ```text
//! $ cargo test --release no_debug_info::path_of_a_request
//! ```
//!
//! Mended: `debug = "line-tables-only"` in `[profile.release]` gives the line; and the path is borrowed from the request.

use alloc_kit::no_alloc;

#[no_alloc]
#[inline(never)] // what is inlined has no name without debug information
fn path(request: &str) -> Option<String> {
    request.split(' ').nth(1).map(str::to_lowercase)
}

#[test]
#[inline(never)] // likewise
fn path_of_a_request() {
    assert_eq!(path("GET /Index HTTP/1.1").as_deref(), Some("/index"));
}

mod mended {
    use alloc_kit::no_alloc;

    #[no_alloc]
    fn path(request: &str) -> Option<&str> {
        request.split(' ').nth(1)
    }

    #[test]
    fn path_of_a_request() {
        assert!(path("GET /Index HTTP/1.1").is_some_and(|path| path.eq_ignore_ascii_case("/index")));
    }
}
