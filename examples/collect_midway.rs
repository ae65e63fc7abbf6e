//! `collect::<Vec<_>>()` mid-iterator: keep it an iterator. What is looked at once, from front to back, need not be a list.
//!
//! "What is the `page` in this query?" is often answered by lists: one of the pairs, and one of the two parts of each pair, to index
//! them. These are three allocations for a query of two pairs, where `find_map` and `strip_prefix` need none.
//!
//! Run with `cargo run --release --example collect_midway`. It prints, for the queries in a log that nginx wrote:
//!
//! ```text
//!                           allocations       bytes        peak
//! before  collected midway        5,288     338,432         128
//! after   one chain                   0           0           0
//! time    4.0 times as long before as after (501 rounds)
//! ```

mod support;

use alloc_kit::no_alloc;
use support::compare;

const LOG: &str = include_str!("data/access.log");

/// Before: the pairs are collected, and the parts of each.
#[warn(clippy::needless_collect)]
#[expect(clippy::needless_collect, reason = "the way before")]
fn page_collected(query: &str) -> Option<u32> {
    let pairs = query.split('&').collect::<Vec<_>>();
    let mut parts = pairs.into_iter().map(|pair| pair.splitn(2, '=').collect::<Vec<_>>());
    parts.find(|parts| parts.len() == 2 && parts[0] == "page")?[1].parse().ok()
}

/// After: a pair at a time, of which no part is kept.
#[no_alloc]
fn page(query: &str) -> Option<u32> {
    query.split('&').find_map(|pair| pair.strip_prefix("page="))?.parse().ok()
}

fn queries() -> Vec<&'static str> {
    LOG.lines().filter_map(|line| Some(line.split(' ').nth(6)?.split_once('?')?.1)).collect()
}

/// How many pages of results were asked for, and the sum of their numbers: how far visitors leaf through them.
fn leafed(queries: &[&str], page: impl Fn(&str) -> Option<u32>) -> (u32, u32) {
    queries.iter().filter_map(|query| page(query)).fold((0, 0), |(pages, sum), page| (pages + 1, sum + page))
}

fn main() {
    let queries = queries();
    compare(
        ("collected midway", || leafed(&queries, page_collected)),
        ("one chain", || leafed(&queries, page)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_it_is() {
        let queries = queries();
        let [before, after] =
            compare(("", || leafed(&queries, page_collected)), ("", || leafed(&queries, page)));
        // A list of pairs, and one for each pair up to the page.
        let looked_at = |query: &&str| {
            let mut pairs = query.split('&');
            pairs.position(|pair| pair.starts_with("page=")).map_or(query.split('&').count(), |at| at + 1)
        };
        let lists = queries.iter().map(|query| 1 + looked_at(query)).sum::<usize>();
        assert_eq!([before.allocations, after.allocations], [lists as u64, 0]);
    }

    #[test]
    fn the_first_page_counts() {
        let cases = [("a=1&page=2", Some(2)), ("page=3&page=4", Some(3)), ("page", None), ("page=", None)];
        let odd =
            [("page&page=2", Some(2)), ("page=1=2", None), ("page=1=2&page=3", None), ("pages=5", None)];
        for (query, number) in cases.into_iter().chain(odd).chain([("&", None), ("", None)]) {
            assert_eq!([page(query), page_collected(query)], [number; 2], "{query}");
        }
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn lists_are_over_the_budget() {
        alloc_kit::assert_no_alloc!(page_collected("q=oak+rug&page=1"));
    }
}
