//! W9: lists, texts and tables that grow from nothing each time, or are as large as they will be, or are kept.
//!
//! By hand one keeps the buffer and clears it, which is what `refill` and `reset` do. Of W9's gain the larger part is that of
//! extending by an iterator of known length, which looks at the capacity once and not for each point: `collect` has it, too, with an
//! allocation a list, and `with_capacity` and `push` do not. What `Vec`, `String` and `HashMap` start
//! with and grow to is counted in `tests/std_facts.rs`.

use std::collections::HashMap;

use alloc_kit::{CapHint, Reuse, Scratch};

use crate::inputs::Random;
use crate::look::{in_order, look};
use crate::records::requests;
use crate::workload::{Expect, Published, Side, Workload};

/// Points of a line.
const POINTS: usize = 1000;

/// W9.
pub const PUSHES: Workload = Workload {
    id: "w9",
    theme: "growth",
    title: "1000 pushes, 100 times",
    guide: &["`Vec::with_capacity(n)`", "`buf.clear()`", "`Vec<T>`: grows 0→4→8→16"],
    input: "made up, seed 9: random walks of 1,000 points, each a difference to the one before, as in map tiles",
    size: 100,
    unit: "lists",
    published: Some(Published { gain: 1.2, source: "winnow#87" }),
    expect: Expect::Gain,
    sides: pushes,
};

/// `String`, as it grows.
pub const TEXTS: Workload = Workload {
    id: "text_growth",
    theme: "growth",
    title: "a text of four parts for each request",
    guide: &["`String`: same as Vec", "`buf.clear()`"],
    input: "real: the first 10,000 lines of the log that nginx wrote for examples/triage",
    size: 10_000,
    unit: "lines",
    published: None,
    expect: Expect::Gain,
    sides: texts,
};

/// `HashMap`, on the first insert and as it grows.
pub const TABLES: Workload = Workload {
    id: "map_per_request",
    theme: "growth",
    title: "a small map for each request",
    guide: &["`HashMap<K,V>`: on first insert", "`buf.clear()`"],
    input: "made up, seed 10: carts of 1 to 20 items of 1,000 products, half of them of the 20 best sold",
    size: 10_000,
    unit: "requests",
    published: None,
    expect: Expect::Gain,
    sides: tables,
};

/// A place on a map: of a `Vec`, 4 are the first to be allocated.
#[derive(Clone, Copy, Default)]
struct Point {
    x: i64,
    y: i64,
}

fn pushes(lists: usize) -> Vec<Side> {
    let mut random = Random(9);
    let mut step = || i32::try_from(random.below(201)).unwrap_or_default() - 100;
    let steps: Vec<(i32, i32)> = (0..POINTS).map(|_| (step(), step())).collect();
    let [first, second, third, collected, fourth, fifth] = [(); 6].map(|()| steps.clone());
    vec![
        Side::naive("`Vec::new()`", move || {
            of_each(lists, |start| {
                let mut line = Vec::new();
                decode(start, &first, &mut line);
                extent(&line)
            })
        })
        .allocates(900),
        Side::std("`Vec::with_capacity(n)`", move || {
            of_each(lists, |start| {
                let mut line = Vec::with_capacity(second.len());
                decode(start, &second, &mut line);
                extent(&line)
            })
        })
        .allocates(100),
        Side::hand("one `Vec::with_capacity(n)`, `clear`, `extend`", move || {
            let mut line = Vec::with_capacity(third.len());
            of_each(lists, |start| {
                line.clear();
                line.extend(points(start, &third));
                extent(&line)
            })
        })
        .allocates(1),
        Side::std("`collect`", move || {
            of_each(lists, |start| extent(&points(start, &collected).collect::<Vec<_>>()))
        })
        .allocates(100),
        Side::kit("one `Vec`, `refill`ed", move || {
            let mut line = Vec::new();
            of_each(lists, |start| extent(line.refill(points(start, &fourth))))
        })
        .allocates(1),
        // For lists that are given away: nobody has to know how long they get.
        Side::kit("`CapHint`", move || {
            let points = CapHint::new();
            of_each(lists, |start| {
                let mut line = points.vec();
                decode(start, &fifth, &mut line);
                points.observe(line.len());
                extent(&line)
            })
        })
        .allocates(108),
    ]
}

fn of_each(lists: usize, mut list: impl FnMut(Point) -> u64) -> u64 {
    let starts = (0..lists).map(|n| i64::try_from(n).unwrap_or_default()).map(|n| Point { x: n, y: -n });
    in_order(starts.map(&mut list))
}

fn decode(mut at: Point, steps: &[(i32, i32)], line: &mut Vec<Point>) {
    for &(x, y) in steps {
        at = Point { x: at.x + i64::from(x), y: at.y + i64::from(y) };
        line.push(at);
    }
}

fn points(mut at: Point, steps: &[(i32, i32)]) -> impl Iterator<Item = Point> {
    steps.iter().map(move |&(x, y)| {
        at = Point { x: at.x + i64::from(x), y: at.y + i64::from(y) };
        at
    })
}

/// Where it begins and ends, and how wide and high it is.
fn extent(line: &[Point]) -> u64 {
    let start = line.first().copied().unwrap_or_default();
    let (least, most) = line.iter().fold((start, start), |(least, most), at| {
        let least = Point { x: least.x.min(at.x), y: least.y.min(at.y) };
        (least, Point { x: most.x.max(at.x), y: most.y.max(at.y) })
    });
    let end = line.last().copied().unwrap_or_default();
    let found = [start.x, start.y, end.x, end.y, most.x - least.x, most.y - least.y];
    in_order(found.into_iter().map(i64::cast_unsigned).chain([line.len() as u64]))
}

fn texts(lines: usize) -> Vec<Side> {
    let requests: Vec<[&str; 4]> = requests(lines).collect();
    let [first, second, third, fourth] = [(); 4].map(|()| requests.clone());
    vec![
        Side::naive("`String::new()`", move || {
            of_requests(&first, |request| {
                let mut text = String::new();
                write_parts(request, &mut text);
                look(&text)
            })
        })
        .allocates(43_948),
        Side::std("`String::with_capacity(n)`", move || {
            of_requests(&second, |request| {
                let mut text = String::with_capacity(request.iter().map(|part| part.len() + 1).sum());
                write_parts(request, &mut text);
                look(&text)
            })
        })
        .allocates(10_000),
        Side::kit("one `String`, `reset`", move || {
            // A line of the log is no longer, as nginx takes requests of up to 8 KiB.
            let mut text = String::with_capacity(16 << 10);
            of_requests(&third, |request| {
                text.reset();
                write_parts(request, &mut text);
                look(&text)
            })
        })
        .allocates(1),
        Side::kit("`CapHint`", move || {
            let texts = CapHint::new();
            of_requests(&fourth, |request| {
                let mut text = texts.string();
                write_parts(request, &mut text);
                texts.observe(text.len());
                look(&text)
            })
        })
        .allocates(11_325),
    ]
}

fn of_requests(requests: &[[&str; 4]], line: impl FnMut(&[&str; 4]) -> u64) -> u64 {
    in_order(requests.iter().map(line))
}

fn write_parts(request: &[&str; 4], text: &mut String) {
    for part in request {
        text.push_str(part);
        text.push('\t');
    }
}

fn tables(requests: usize) -> Vec<Side> {
    let mut random = Random(10);
    let carts: Vec<Vec<u32>> = (0..requests).map(|_| cart(&mut random)).collect();
    let [first, second, third, fourth] = [(); 4].map(|()| carts.clone());
    vec![
        Side::naive("`HashMap::new()`", move || of_carts(&first, |cart| most(cart, &mut HashMap::new())))
            .allocates(26_999),
        Side::std("`HashMap::with_capacity(n)`", move || {
            of_carts(&second, |cart| most(cart, &mut HashMap::with_capacity(cart.len())))
        })
        .allocates(10_000),
        // As a field of what answers the requests by `&self`.
        Side::kit("`Scratch<HashMap>`", move || {
            let scratch = Scratch::new();
            of_carts(&third, |cart| scratch.lend(|amounts| most(cart, amounts)))
        })
        .allocates(4),
        Side::hand("one `HashMap`, `clear`", move || {
            let mut amounts = HashMap::new();
            of_carts(&fourth, |cart| {
                amounts.clear();
                most(cart, &mut amounts)
            })
        })
        .allocates(4),
    ]
}

/// Half of the products are among the 20 that everybody buys.
fn cart(random: &mut Random) -> Vec<u32> {
    let items = 1 + random.below(20);
    let mut product = || {
        let among = *random.one_of(&[20, 1000]);
        u32::try_from(random.below(among)).unwrap_or_default()
    };
    (0..items).map(|_| product()).collect()
}

fn of_carts(carts: &[Vec<u32>], cart: impl FnMut(&Vec<u32>) -> u64) -> u64 {
    in_order(carts.iter().map(cart))
}

/// How many products there are, and how many of the one there is most of.
fn most(cart: &[u32], amounts: &mut HashMap<u32, u64>) -> u64 {
    for product in cart {
        *amounts.entry(*product).or_insert(0) += 1;
    }
    amounts.len() as u64 * 100 + amounts.values().max().copied().unwrap_or(0)
}
