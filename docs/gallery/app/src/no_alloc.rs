//! `#[no_alloc]`
//!
//! A parser of log lines that is called for each line copies a field.
//!
//! ```text
//! $ cargo test no_alloc::status_of_a_line
//! ```
//!
//! Mended: it borrows the field from the line.

use alloc_kit::no_alloc;

/// The status of `GET /index.html 200`.
#[no_alloc]
fn status(line: &str) -> Option<String> {
    line.rsplit(' ').next().map(|field| field.to_owned())
}

#[test]
fn status_of_a_line() {
    assert_eq!(status("GET /index.html 200").as_deref(), Some("200"));
}

mod mended {
    use alloc_kit::no_alloc;

    #[no_alloc]
    fn status(line: &str) -> Option<&str> {
        line.rsplit(' ').next()
    }

    #[test]
    fn status_of_a_line() {
        assert_eq!(status("GET /index.html 200"), Some("200"));
    }
}
