//! Where a value is made in another way, so that it should not allocate, and it does not pay: it allocates all the same,
//! or what it costs otherwise is more.
//!
//! `no_gain.rs` has those of buffers that are kept.

use std::borrow::Cow;

use alloc_kit::{Arena, CapHint, SmallVec, TextBuf, cow_format, upsert};

use crate::inputs::{Random, access_log};
use crate::words::Counts;
use crate::workload::{Expect, Side, Workload};

/// An `Arena` that is made for a few values.
pub const FEW: Workload = Workload {
    id: "few",
    theme: "no_gain",
    title: "address and path of a request, in an arena of its own",
    guide: &["`&str` not `String`"],
    input: "real: the first 10,000 lines of the log that nginx wrote for examples/triage",
    size: 10_000,
    unit: "requests",
    published: None,
    expect: Expect::NoGain("the arena's chunk is an allocation, too, and larger than the two that it saves"),
    sides: few,
};

fn few(requests: usize) -> Vec<Side> {
    let log: &'static [&str] = Vec::leak(access_log(requests).lines().collect());
    vec![
        Side::naive("`to_owned()`", move || {
            digest(log, |line| {
                let (address, path) = request(line);
                let (address, path) = (address.to_owned(), path.to_owned());
                digest_of(&address) ^ digest_of(&path)
            })
        })
        .allocates(20_000),
        Side::kit("an `Arena` for each", move || {
            digest(log, |line| {
                let arena = Arena::new();
                let (address, path) = request(line);
                let (address, path) = (arena.alloc_str(address), arena.alloc_str(path));
                digest_of(address) ^ digest_of(path)
            })
        })
        .allocates(10_009),
    ]
}

/// Of a line that is split at its spaces.
fn request(line: &str) -> (&str, &str) {
    let mut fields = line.split(' ');
    let address = fields.next().expect("a line has an address");
    (address, fields.nth(5).expect("and, as the seventh field, a path"))
}

fn digest(lines: &[&str], mut of: impl FnMut(&str) -> u64) -> u64 {
    lines.iter().fold(0, |digest, line| digest.wrapping_add(of(line)))
}

fn digest_of(text: &str) -> u64 {
    text.bytes().fold(0, |digest, byte| digest.rotate_left(5) ^ u64::from(byte))
}

/// A `SmallVec` whose `N` nobody has measured.
pub const TAGS: Workload = Workload {
    id: "tags",
    theme: "no_gain",
    title: "events with 3 to 16 tags, sorted by their time",
    guide: &["`Vec<T>`: on first push"],
    input: "made up (seed 16): times and numbers of tags, uniform",
    size: 10_000,
    unit: "events",
    published: None,
    expect: Expect::NoGain(
        "an `N` of 64 is copied at each move, used or not; beyond an `N` of 4 it allocates as a `Vec` does",
    ),
    sides: tags,
};

struct Event<L> {
    at: usize,
    tags: L,
}

fn tags(events: usize) -> Vec<Side> {
    vec![
        Side::naive("`Vec`", move || sorted::<Vec<u32>>(events)).allocates(10_001),
        Side::kit("`SmallVec` of 64", move || sorted::<SmallVec<u32, 64>>(events)).allocates(1),
        Side::kit("`SmallVec` of 4", move || sorted::<SmallVec<u32, 4>>(events)).allocates(8_572),
        Side::kit("`SmallVec` of 16", move || sorted::<SmallVec<u32, 16>>(events)).allocates(1),
    ]
}

fn sorted<L: FromIterator<u32> + AsRef<[u32]>>(events: usize) -> usize {
    let mut random = Random(16);
    let mut event =
        || Event { at: random.below(1 << 40), tags: (0..).take(3 + random.below(14)).collect::<L>() };
    let mut events: Vec<_> = (0..events).map(|_| event()).collect();
    events.sort_unstable_by_key(|event| event.at);
    events.iter().fold(0, |digest: usize, Event { at, tags }| {
        digest.rotate_left(1) ^ at ^ tags.as_ref().iter().map(|tag| *tag as usize).sum::<usize>()
    })
}

/// A `CapHint` where most lists are empty.
pub const WARNINGS: Workload = Workload {
    id: "warnings",
    theme: "no_gain",
    title: "the warnings of a record, nine in ten without any",
    guide: &["`Vec::with_capacity(n)`"],
    input: "made up (seed 10): none of nine in ten records, 1 to 40 of the others",
    size: 10_000,
    unit: "records",
    published: None,
    expect: Expect::NoGain("`Vec::new()` of what stays empty allocates nothing, and a hint always does"),
    sides: warnings,
};

fn warnings(records: usize) -> Vec<Side> {
    let mut random = Random(10);
    let mut warnings = || if random.below(10) == 0 { 1 + random.below(40) } else { 0 };
    let records: &'static [usize] = Vec::leak((0..records).map(|_| warnings()).collect());
    let hint = CapHint::new();
    let sum = |list: &[usize]| list.iter().sum::<usize>();
    vec![
        Side::naive("`Vec::new()`", move || {
            let of = |warnings: &usize| {
                let mut list = Vec::new();
                (0..*warnings).for_each(|warning| list.push(warning));
                sum(&list)
            };
            records.iter().map(of).sum::<usize>()
        })
        .allocates(3_387),
        Side::kit("`CapHint`", move || {
            let of = |warnings: &usize| {
                let mut list = hint.vec();
                (0..*warnings).for_each(|warning| list.push(warning));
                hint.observe(list.len());
                sum(&list)
            };
            records.iter().map(of).sum::<usize>()
        })
        .allocates(9_401),
    ]
}

/// `upsert` where most keys are new.
pub const UNIQUE: Workload = Workload {
    id: "unique",
    theme: "no_gain",
    title: "attempts of each request, by its id; 1 in 20 is a second one",
    guide: &["`.clone()` in hot loops"],
    input: "made up (seed 20): ids of 16 hexadecimal digits",
    size: 10_000,
    unit: "attempts",
    published: None,
    expect: Expect::NoGain("a new key is allocated all the same, and hashed twice"),
    sides: unique,
};

fn unique(attempts: usize) -> Vec<Side> {
    let (mut random, mut ids) = (Random(20), Vec::<String>::new());
    for _ in 0..attempts {
        let again = !ids.is_empty() && random.below(20) == 0;
        let id =
            if again { random.one_of(&ids).clone() } else { format!("{:016x}", random.below(usize::MAX)) };
        ids.push(id);
    }
    let ids: &'static [String] = Vec::leak(ids);
    vec![
        Side::naive("`entry(id.to_owned())`", move || {
            let mut attempts = Counts::<String>::default();
            for id in ids {
                *attempts.entry(id.to_owned()).or_insert(0) += 1;
            }
            attempts
        })
        .allocates(10_013),
        Side::kit("`upsert`", move || {
            let mut attempts = Counts::<String>::default();
            for id in ids {
                upsert(&mut attempts, id.as_str(), || 0, |n| *n += 1);
            }
            attempts
        })
        .allocates(9_531),
    ]
}

/// Texts that are kept, and are nearly all made up of something.
pub const MESSAGES: Workload = Workload {
    id: "messages",
    theme: "no_gain",
    title: "messages that are kept, 49 in 50 with a number in them",
    guide: &["`Cow<'static, str>`", "Avoid `format!()` for static strings"],
    input: "made up: every fiftieth message is a literal",
    size: 10_000,
    unit: "messages",
    published: None,
    expect: Expect::NoGain("what is formatted and kept has to be allocated"),
    sides: messages,
};

fn messages(messages: usize) -> Vec<Side> {
    vec![
        Side::naive("`format!`", move || {
            let message = |n| {
                if n % 50 == 0 {
                    "the header is missing".to_owned()
                } else {
                    format!("line {n}: no colon in it")
                }
            };
            (0..messages).map(message).collect::<Vec<String>>()
        })
        .allocates(10_001),
        Side::kit("`cow_format!`", move || {
            let message = |n| {
                if n % 50 == 0 {
                    cow_format!("the header is missing")
                } else {
                    cow_format!("line {n}: no colon in it")
                }
            };
            (0..messages).map(message).collect::<Vec<Cow<'static, str>>>()
        })
        .allocates(9801),
        Side::kit("`TextBuf`, and a copy", move || {
            let mut text = TextBuf::<64>::new();
            let message = |n| {
                let args = format_args!("line {n}: no colon in it");
                if n % 50 == 0 { "the header is missing".to_owned() } else { text.format(args).to_owned() }
            };
            (0..messages).map(message).collect::<Vec<String>>()
        })
        .allocates(10_001),
    ]
}
