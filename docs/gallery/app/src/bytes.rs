//! `bytes`
//!
//! One allocation, but a large one: a reader asks for 64 KiB, where a request's head has a few hundred bytes.
//!
//! ```text
//! $ cargo test bytes::first_line_of_a_request
//! ```
//!
//! Mended: it asks for what a head needs.

use std::io::{BufRead, BufReader, Read};

use alloc_kit::alloc_budget;

#[alloc_budget(2, bytes = 1024)]
fn first_line(request: impl Read) -> String {
    let mut line = String::with_capacity(256);
    let mut reader = BufReader::with_capacity(64 * 1024, request);
    reader.read_line(&mut line).expect("memory can be read");
    line
}

#[test]
fn first_line_of_a_request() {
    assert_eq!(first_line(&b"GET / HTTP/1.1\r\n\r\n"[..]), "GET / HTTP/1.1\r\n");
}

mod mended {
    use std::io::{BufRead, BufReader, Read};

    use alloc_kit::alloc_budget;

    #[alloc_budget(2, bytes = 1024)]
    fn first_line(request: impl Read) -> String {
        let mut line = String::with_capacity(256);
        let mut reader = BufReader::with_capacity(512, request);
        reader.read_line(&mut line).expect("memory can be read");
        line
    }

    #[test]
    fn first_line_of_a_request() {
        assert_eq!(first_line(&b"GET / HTTP/1.1\r\n\r\n"[..]), "GET / HTTP/1.1\r\n");
    }
}
