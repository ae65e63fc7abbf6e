//! W3: the headers of requests are taken apart, and one is looked up by a key that is built for each request.
//!
//! Without alloc-kit the headers can be borrowed, but the list and the key are still two allocations a request. By hand,
//! no list is made of headers that are looked at once, and the key is written into an array.

use std::fmt::Write as _;
use std::io::Write as _;

use alloc_kit::{SmallVec, with_fmt};

use crate::inputs::Random;
use crate::workload::{Expect, Published, Side, Workload};

/// How many each request has.
const HEADERS: usize = 12;
/// How many of them are limits, `x-limit-0` and so on.
const LIMITS: usize = 4;

/// W3.
pub const HEADERS_BY_KEY: Workload = Workload {
    id: "w3",
    theme: "headers",
    title: "12 headers a request, one looked up by a built key",
    guide: &["`&str` not `String`", "`.clone()` in hot loops"],
    input: "made up, seed 3: 12 header lines a request, 31 bytes each, of a client in front of a limiter",
    size: 10_000,
    unit: "requests",
    published: Some(Published { gain: 1.95, source: "gimli#451" }),
    expect: Expect::Gain,
    sides,
};

fn sides(requests: usize) -> Vec<Side> {
    let requests: &[String] = requests_of(requests).leak();
    vec![
        Side::naive("`Vec<(String, String)>`, `format!`", move || all(requests, owned)).allocates(260_000),
        Side::std("`Vec<(&str, &str)>`, `format!`", move || all(requests, borrowed)).allocates(20_000),
        Side::kit("`SmallVec<(&str, &str), 16>`, `with_fmt`", move || all(requests, in_place)).allocates(0),
        Side::hand("no list, a key in a `[u8; 32]`", move || all(requests, scanned)).allocates(0),
    ]
}

/// The sum of the limits that hold for the requests.
fn all(requests: &[String], limit_of: impl Fn(&str, usize) -> usize) -> usize {
    requests.iter().enumerate().map(|(n, request)| limit_of(request, n % LIMITS)).sum()
}

fn owned(request: &str, class: usize) -> usize {
    let mut headers: Vec<(String, String)> = Vec::with_capacity(HEADERS);
    for line in request.lines() {
        let (name, value) = header(line);
        headers.push((name.to_string(), value.to_string()));
    }
    let key = format!("x-limit-{class}");
    headers.iter().find(|(name, _)| *name == key).map_or(0, |(_, value)| number(value))
}

fn borrowed(request: &str, class: usize) -> usize {
    let mut headers: Vec<(&str, &str)> = Vec::with_capacity(HEADERS);
    headers.extend(request.lines().map(header));
    let key = format!("x-limit-{class}");
    headers.iter().find(|(name, _)| *name == key).map_or(0, |(_, value)| number(value))
}

fn in_place(request: &str, class: usize) -> usize {
    let mut headers: SmallVec<(&str, &str), 16> = SmallVec::new();
    headers.extend(request.lines().map(header));
    with_fmt(format_args!("x-limit-{class}"), |key| {
        headers.iter().find(|(name, _)| *name == key).map_or(0, |(_, value)| number(value))
    })
}

fn scanned(request: &str, class: usize) -> usize {
    let mut place = [0; 32];
    let mut free = &mut place[..];
    write!(free, "x-limit-{class}").expect("a `usize` has at most 20 digits");
    let length = 32 - free.len();
    let key = str::from_utf8(&place[..length]).expect("a name and a number");
    let mut headers = request.lines().map(header);
    headers.find(|(name, _)| *name == key).map_or(0, |(_, value)| number(value))
}

fn header(line: &str) -> (&str, &str) {
    let (name, value) = line.split_once(':').expect("a header");
    (name, value.trim_ascii())
}

fn number(value: &str) -> usize {
    value.parse().expect("a number")
}

fn requests_of(requests: usize) -> Vec<String> {
    let mut random = Random(3);
    (0..requests).map(|_| request(&mut random)).collect()
}

/// Without the empty line at its end.
fn request(random: &mut Random) -> String {
    const AGENTS: [&str; 3] = ["curl/8.14.1", "okhttp/4.12.0", "Mozilla/5.0 (X11; Linux x86_64; rv:143.0)"];
    let mut text = format!("host: shard-{}.shop.example\r\n", random.below(16));
    _ = write!(text, "user-agent: {}\r\n", random.one_of(&AGENTS));
    text.push_str("accept: application/json\r\naccept-encoding: gzip, br\r\nconnection: keep-alive\r\n");
    _ = write!(text, "content-length: {}\r\n", random.below(100_000));
    _ = write!(text, "x-request-id: {:016x}\r\n", random.below(1 << 30));
    _ = write!(text, "x-tenant: tenant-{}\r\n", random.below(1000));
    for class in 0..LIMITS {
        _ = write!(text, "x-limit-{class}: {}\r\n", random.below(1000));
    }
    text
}
