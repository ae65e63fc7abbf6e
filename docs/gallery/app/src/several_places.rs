//! Several places
//!
//! What a request needs is made anew for each: a list, a key, a text.
//!
//! ```text
//! $ cargo test several_places::requests_are_answered
//! ```
//!
//! The first three places are shown, the rest is counted. Mended: the buffers are the handler's, and cleared for each request.

use alloc_kit::no_alloc;

struct Handler;

impl Handler {
    #[no_alloc]
    fn answer(&mut self, request: &str) -> usize {
        let words: Vec<&str> = request.split(' ').collect();
        let method = words[0].to_lowercase();
        let path = words[1].replace("%20", " ");
        let answer = format!("{method} {path}: 404");
        answer.len()
    }
}

#[test]
fn requests_are_answered() {
    assert_eq!(Handler.answer("GET /a%20page HTTP/1.1"), 16);
}

mod mended {
    use std::fmt::Write;

    use alloc_kit::no_alloc;

    struct Handler {
        answer: String,
    }

    impl Handler {
        #[no_alloc]
        fn answer(&mut self, request: &str) -> usize {
            let mut words = request.split(' ');
            let method = words.next().unwrap_or_default();
            self.answer.clear();
            self.answer.extend(method.chars().map(|letter| letter.to_ascii_lowercase()));
            self.answer.push(' ');
            for (at, part) in words.next().unwrap_or_default().split("%20").enumerate() {
                self.answer.push_str(if at > 0 { " " } else { "" });
                self.answer.push_str(part);
            }
            let _ = write!(self.answer, ": {}", 404);
            self.answer.len()
        }
    }

    #[test]
    fn requests_are_answered() {
        let mut handler = Handler { answer: String::with_capacity(256) };
        assert_eq!(handler.answer("GET /a%20page HTTP/1.1"), 16);
    }
}
