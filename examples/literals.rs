//! `.to_string()` on literals: use `&'static str`, which fits wherever a text is borrowed, for as long as anything lives.
//!
//! A report says where visitors came from, and has a name for those who do not say: "(direct)". As a `String` in `unwrap_or`, that
//! is made for every page, also where there is another; and for the types to fit, the others are copied as well. A comparison
//! with `"GET".to_string()` is one with a copy.
//!
//! Run with `cargo run --release --example literals`. It prints, for the requests in a log that nginx wrote:
//!
//! ```text
//!                             allocations       bytes        peak
//! before  `"..".to_string()`       25,247     166,732          29
//! after   `".."`                        0           0           0
//! time    1.8 times as long before as after (199 rounds)
//! ```

mod support;

use alloc_kit::no_alloc;
use support::compare;

const LOG: &str = include_str!("data/access.log");

struct Request<'a> {
    method: &'a str,
    /// `None` where it was not sent, for which nginx writes `-`.
    referer: Option<&'a str>,
}

/// Before: literals are made into what else is there, a `String`.
#[warn(clippy::str_to_string, clippy::or_fun_call)]
#[expect(clippy::cmp_owned, clippy::str_to_string, clippy::or_fun_call, reason = "the way before")]
fn source_owned(request: &Request) -> Option<String> {
    let is_page = request.method == "GET".to_string();
    let site = request.referer.map(|referer| site(referer).to_string());
    is_page.then(|| site.unwrap_or("(direct)".to_string()))
}

/// After: what else is there is lent, as literals are.
#[no_alloc]
fn source<'a>(request: &Request<'a>) -> Option<&'a str> {
    (request.method == "GET").then(|| request.referer.map_or("(direct)", site))
}

/// `shop.example` of `https://shop.example/about.html`.
fn site(referer: &str) -> &str {
    referer.split('/').nth(2).unwrap_or(referer)
}

fn requests() -> Vec<Request<'static>> {
    let request = |line: &'static str| {
        let mut quoted = line.split('"').skip(1).step_by(2);
        let method = quoted.next()?.split(' ').next()?;
        Some(Request { method, referer: quoted.next().filter(|referer| *referer != "-") })
    };
    LOG.lines().filter_map(request).collect()
}

/// What the report says of a source.
fn count(name: &str, sources: impl Iterator<Item = impl AsRef<str>>) -> usize {
    sources.filter(|source| source.as_ref() == name).count()
}

fn main() {
    let requests = requests();
    let before = || count("(direct)", requests.iter().filter_map(source_owned));
    let after = || count("(direct)", requests.iter().filter_map(source));
    compare(("`\"..\".to_string()`", before), ("`\"..\"`", after));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_is_no_copy() {
        let requests = requests();
        let before = || count("shop.example", requests.iter().filter_map(source_owned));
        let after = || count("shop.example", requests.iter().filter_map(source));
        let [before, after] = compare(("", before), ("", after));
        let gets = requests.iter().filter(|request| request.method == "GET").count();
        let referred = requests.iter().filter(|request| request.referer.is_some()).count();
        assert_eq!(before.allocations, (requests.len() + gets + referred) as u64);
        assert_eq!(after.allocations, 0);
    }

    #[test]
    fn a_source_is_a_site() {
        let of = |method, referer| source(&Request { method, referer });
        assert_eq!(of("GET", Some("https://www.bing.com/")), Some("www.bing.com"));
        assert_eq!(of("GET", Some("about:blank")), Some("about:blank"));
        assert_eq!((of("GET", None), of("PUT", None)), (Some("(direct)"), None));
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn an_owned_literal_is_over_the_budget() {
        alloc_kit::assert_no_alloc!(source_owned(&Request { method: "GET", referer: None }));
    }
}
