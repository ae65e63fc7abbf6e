//! `HashMap<K, V>`: allocates on the first insert, for 3 entries, then for 7, 14 and 28. Keep it, and make keys for what is new only.
//!
//! A rate limiter counts the requests of each client within a second. Made anew every second, its map grows again from nothing,
//! and `entry` wants an owned key to find one that is there already: a `String` a request. Kept, with the second beside each
//! count, it allocates for new clients only. (To forget them again, `retain` those of this hour: the table stays.)
//!
//! Run with `cargo run --release --example heap_map`. It prints what a map takes, and both ways for the requests in a log that nginx wrote:
//!
//! ```text
//! HashMap::new()                            4 allocations, room for [3, 7, 14, 28]
//! HashMap::with_capacity(20)                1 allocation, room for [28]
//! entry(key.to_owned()), of a known key     1 allocation, 3 bytes
//! upsert(.., key, ..), of a known key       0 allocations, 0 bytes
//!                         allocations       bytes        peak
//! before  a map a second       11,399     327,309       1,826
//! after   a kept map              213      19,695      14,245
//! time    1.4 times as long before as after (297 rounds)
//! ```

#[path = "support/facts.rs"]
mod facts;
mod support;

use alloc_kit::{alloc_budget, upsert};
use facts::{LOG, fact, growth};
use std::collections::HashMap;
use support::compare;

const LIMIT: u32 = 5;

/// Before: a map for each second, a key for each request. Says whether the request is within the limit.
fn admits_anew((now, requests): &mut (u32, HashMap<String, u32>), client: &str, second: u32) -> bool {
    if *now != second {
        (*now, *requests) = (second, HashMap::new());
    }
    let requests = requests.entry(client.to_owned()).or_insert(0);
    *requests += 1;
    *requests <= LIMIT
}

/// After: a new client is a key, and perhaps a larger table. That others are nothing is for a test: a budget that looks the client
/// up says it, too, and is a second look-up wherever budgets are on.
#[alloc_budget(2)]
fn admits(clients: &mut HashMap<String, (u32, u32)>, client: &str, second: u32) -> bool {
    let count = |(now, requests): &mut (u32, u32)| {
        *requests = if *now == second { *requests + 1 } else { 1 };
        *now = second;
        *requests <= LIMIT
    };
    upsert(clients, client, || (second, 0), count)
}

/// Client and second of each request: 223422 is 22:34:22.
fn requests() -> Vec<(&'static str, u32)> {
    let request = |line: &'static str| {
        let ((client, _), (_, time)) = (line.split_once(' ')?, line.split_once("2026:")?);
        let second = time.bytes().take(8).filter(u8::is_ascii_digit);
        Some((client, second.fold(0, |time, digit| 10 * time + u32::from(digit - b'0'))))
    };
    LOG.lines().filter_map(request).collect()
}

/// How many requests are refused.
fn refused<L: Default>(requests: &[(&str, u32)], admits: fn(&mut L, &str, u32) -> bool) -> usize {
    let mut limiter = L::default();
    requests.iter().filter(|(client, second)| !admits(&mut limiter, client, *second)).count()
}

fn main() {
    let put = |map: &mut HashMap<usize, u32>| *map.entry(map.len()).or_insert(0) += 1;
    growth("HashMap::new()", 20, HashMap::new, put, HashMap::capacity);
    growth("HashMap::with_capacity(20)", 20, || HashMap::with_capacity(20), put, HashMap::capacity);
    let mut seen = HashMap::from([(String::from("::1"), 0)]);
    fact("entry(key.to_owned()), of a known key", || *seen.entry("::1".to_owned()).or_insert(0) += 1);
    fact("upsert(.., key, ..), of a known key", || upsert(&mut seen, "::1", || 0, |n| *n += 1));
    let requests = requests();
    let anew = || refused(&requests, admits_anew);
    compare(("a map a second", anew), ("a kept map", || refused(&requests, admits)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_allocated_once() {
        let mut clients = HashMap::new();
        let counted = |second| (0..7).filter(|_| admits(&mut clients, "::1", second)).count();
        assert_eq!([1, 2].map(counted), [5, 5]);
        alloc_kit::assert_no_alloc!(admits(&mut clients, "::1", 3));
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn a_key_for_each_request_is_over_the_budget() {
        let mut limiter = (0, HashMap::from([("::1".to_owned(), 1)]));
        alloc_kit::assert_no_alloc!(admits_anew(&mut limiter, "::1", 0));
    }
}
