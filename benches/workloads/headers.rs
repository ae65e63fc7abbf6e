//! W3: the headers of requests are taken apart, and one is looked up by a key that is built for each request.
//!
//! Without alloc-kit the headers can be borrowed, but the list and the key are still two allocations a request. By hand,
//! no list is made of headers that are looked at once, and the key is written into an array.

use std::io::Write;

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
    input: "made up, seed 3: 12 header lines a request, some 22 bytes each, as they are read line by line",
    size: 10_000,
    unit: "requests",
    published: Some(Published { gain: 1.95, source: "gimli#451" }),
    expect: Expect::Gain,
    sides,
};

fn sides(requests: usize) -> Vec<Side> {
    let requests: &[Vec<String>] = requests_of(requests).leak();
    vec![
        Side::naive("`Vec<(String, String)>`, `format!`", move || all(requests, owned)).allocates(260_000),
        Side::std("`Vec<(&str, &str)>`, `format!`", move || all(requests, borrowed)).allocates(20_000),
        Side::kit("`SmallVec<(&str, &str), 16>`, `with_fmt`", move || all(requests, in_place)).allocates(0),
        Side::hand("no list, a key in a `[u8; 32]`", move || all(requests, scanned)).allocates(0),
    ]
}

/// The limits that hold for the requests, as one number that depends on their order.
fn all(requests: &[Vec<String>], limit_of: impl Fn(&[String], usize) -> usize) -> usize {
    let limits = requests.iter().enumerate().map(|(n, request)| limit_of(request, n % LIMITS));
    limits.fold(0, |all, limit| all.wrapping_mul(31).wrapping_add(limit))
}

fn owned(lines: &[String], class: usize) -> usize {
    let mut headers: Vec<(String, String)> = Vec::with_capacity(HEADERS);
    for line in lines {
        let (name, value) = header(line);
        headers.push((name.to_string(), value.to_string()));
    }
    let key = format!("x-limit-{class}");
    headers.iter().find(|(name, _)| *name == key).map_or(0, |(_, value)| number(value))
}

fn borrowed(lines: &[String], class: usize) -> usize {
    let mut headers: Vec<(&str, &str)> = Vec::with_capacity(HEADERS);
    headers.extend(lines.iter().map(|line| header(line)));
    let key = format!("x-limit-{class}");
    headers.iter().find(|(name, _)| *name == key).map_or(0, |(_, value)| number(value))
}

fn in_place(lines: &[String], class: usize) -> usize {
    let mut headers: SmallVec<(&str, &str), 16> = SmallVec::new();
    headers.extend(lines.iter().map(|line| header(line)));
    with_fmt(format_args!("x-limit-{class}"), |key| {
        headers.iter().find(|(name, _)| *name == key).map_or(0, |(_, value)| number(value))
    })
}

fn scanned(lines: &[String], class: usize) -> usize {
    let mut place = [0; 32];
    let mut free = &mut place[..];
    write!(free, "x-limit-{class}").expect("a `usize` has at most 20 digits");
    let length = 32 - free.len();
    let key = str::from_utf8(&place[..length]).expect("a name and a number");
    let mut headers = lines.iter().map(|line| header(line));
    headers.find(|(name, _)| *name == key).map_or(0, |(_, value)| number(value))
}

fn header(line: &str) -> (&str, &str) {
    let (name, value) = line.split_once(':').expect("a header");
    (name, value.trim_ascii())
}

fn number(value: &str) -> usize {
    value.parse().expect("a number")
}

fn requests_of(requests: usize) -> Vec<Vec<String>> {
    let mut random = Random(3);
    (0..requests).map(|_| request(&mut random)).collect()
}

fn request(random: &mut Random) -> Vec<String> {
    const AGENTS: [&str; 3] = ["curl/8.14.1", "okhttp/4.12.0", "Mozilla/5.0 (X11; Linux x86_64; rv:143.0)"];
    let mut lines = vec![
        format!("host: shard-{}.shop.example", random.below(16)),
        format!("user-agent: {}", random.one_of(&AGENTS)),
        "accept: application/json".to_owned(),
        "accept-encoding: gzip, br".to_owned(),
        "connection: keep-alive".to_owned(),
        format!("content-length: {}", random.below(100_000)),
        format!("x-request-id: {:016x}", random.below(1 << 30)),
        format!("x-tenant: tenant-{}", random.below(1000)),
    ];
    lines.extend((0..LIMITS).map(|class| format!("x-limit-{class}: {}", random.below(1000))));
    lines
}
