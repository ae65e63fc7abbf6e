//! `Cow<'static, str>`: a text that is mostly one of a few literals, and made only now and then, borrows the literals.
//!
//! A server says for each answer how long it may be kept. Three of its four values for that are fixed; what is built anew each hour may be
//! kept for the rest of the hour, which has to be written out. With `String` as the type of all, the fixed ones are copied to the heap as
//! well, for each answer. A `Cow` saves little time here: a short copy that is freed at once is cheap, and the time after has the guard of
//! each call in it (without it: 1.4).
//!
//! Run with `cargo run --release --example cow`. It prints, for the requests in a log that nginx wrote:
//!
//! ```text
//!                              allocations       bytes        peak
//! before  `String`                  10,991     155,784          35
//! after   `Cow<'static, str>`          490       7,840          16
//! time    1.1 times as long before as after (251 rounds)
//! ```

mod support;

use alloc_kit::{Usage, alloc_budget, cow_format};
use std::borrow::Cow;
use support::compare;

const LOG: &str = include_str!("data/access.log");

/// Before: each is owned, since one is.
#[warn(clippy::str_to_string)]
#[expect(clippy::str_to_string, reason = "the way before")]
fn cache_control_owned(path: &str, second: u32) -> String {
    match path.split('/').nth(1) {
        Some("api") => "no-store".to_string(),
        Some("assets" | "img") => "public, max-age=31536000, immutable".to_string(),
        _ if is_hourly(path) => format!("max-age={}", 3600 - second),
        _ => "no-cache".to_string(),
    }
}

/// After: one allocation where there is a number to write. What has no arguments is `Cow::Borrowed`.
#[alloc_budget(u64::from(is_hourly(path)))]
fn cache_control(path: &str, second: u32) -> Cow<'static, str> {
    match path.split('/').nth(1) {
        Some("api") => cow_format!("no-store"),
        Some("assets" | "img") => cow_format!("public, max-age=31536000, immutable"),
        _ if is_hourly(path) => cow_format!("max-age={}", 3600 - second),
        _ => cow_format!("no-cache"),
    }
}

fn is_hourly(path: &str) -> bool {
    matches!(path, "/robots.txt" | "/sitemap.xml")
}

/// The path of each request, and the second of the hour in which it came.
fn requests() -> Vec<(&'static str, u32)> {
    let request = |line: &'static str| {
        let mut words = line.split(' ').skip(3);
        let mut time = words.next()?.split(':').skip(2).map_while(|part| part.parse::<u32>().ok());
        Some((words.nth(2)?, time.next()? * 60 + time.next()?))
    };
    LOG.lines().filter_map(request).collect()
}

/// What the server does with the values: here, it counts their bytes.
fn value_bytes<T: AsRef<str>>(requests: &[(&str, u32)], value: impl Fn(&str, u32) -> T) -> usize {
    requests.iter().map(|(path, second)| value(path, *second).as_ref().len()).sum()
}

fn both(requests: &[(&str, u32)]) -> [Usage; 2] {
    compare(
        ("`String`", || value_bytes(requests, cache_control_owned)),
        ("`Cow<'static, str>`", || value_bytes(requests, cache_control)),
    )
}

fn main() {
    both(&requests());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_stay_where_they_are() {
        let requests = requests();
        let [before, after] = both(&requests);
        assert_eq!(before.allocations, requests.len() as u64);
        assert_eq!(after.allocations, requests.iter().filter(|(path, _)| is_hourly(path)).count() as u64);
        assert!(matches!(cache_control("/assets/app.css", 0), Cow::Borrowed(_)));
        let values = ["/robots.txt", "/", "", "*"].map(|path| cache_control(path, 3599));
        assert_eq!(values, ["max-age=1", "no-cache", "no-cache", "no-cache"]);
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn an_owned_literal_is_over_the_budget() {
        alloc_kit::assert_no_alloc!(cache_control_owned("/api/v1/orders", 0));
    }
}
