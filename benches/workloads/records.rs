//! W6: batches of records that are copied from what somebody else owns, stamped, sent and cleared. And the two other rows of
//! the guide on clones: `clone_from` in place of `a = b.clone()`, and `.clone()` in a hot loop.
//!
//! By hand W6 is a `clone_from` that goes field by field, which is what `#[derive(CloneFrom)]` writes; the better way with std is
//! `Vec::clone_from` of records that have one. The lengths of a slot's texts are the same in each batch here; where they differ a slot grows to the longest, once.

use std::borrow::Cow;
use std::mem;

use alloc_kit::{Arena, CloneFrom, Reuse, Slots};

use crate::inputs::access_log;
use crate::look::{in_order, look, then};
use crate::workload::{Expect, Published, Side, Workload};

/// Records of a batch.
const BATCH: usize = 100;

/// W6.
pub const BATCHES: Workload = Workload {
    id: "w6",
    theme: "records",
    title: "100 batches of 100 records, copied and cleared",
    guide: &["`buf.clear()`", "`clone_from(&b)`"],
    input: "real: the first 100 requests of the log that nginx wrote for examples/triage, of five allocations each",
    size: 100,
    unit: "batches",
    published: Some(Published { gain: 1.9, source: "related_post_gen#135" }),
    expect: Expect::Gain,
    sides: batches,
};

/// `clone_from(&b)`.
pub const CLONE_FROM: Workload = Workload {
    id: "clone_from",
    theme: "records",
    title: "the last request kept beside the current one",
    guide: &["`clone_from(&b)`"],
    input: "real: the first 10,000 lines of the log that nginx wrote for examples/triage",
    size: 10_000,
    unit: "lines",
    published: None,
    expect: Expect::Gain,
    sides: runs,
};

/// `.clone()` in a hot loop.
pub const CLONE_IN_LOOP: Workload = Workload {
    id: "clone_in_loop",
    theme: "records",
    title: "paths, some of which are changed before use",
    guide: &["`.clone()` in hot loops", "`Cow<'static, str>`"],
    input: "real: the paths of the first 10,000 lines of the log that nginx wrote for examples/triage; some have a query",
    size: 10_000,
    unit: "paths",
    published: None,
    expect: Expect::Gain,
    sides: paths,
};

/// What one owns: `clone_from` takes each field's buffer again.
#[derive(CloneFrom, Reuse, Default)]
struct Record {
    batch: u64,
    address: String,
    path: String,
    agent: String,
    tags: Vec<String>,
}

/// The same as most write it: `clone_from` is a `clone`.
#[derive(Clone)]
struct Derived {
    batch: u64,
    address: String,
    path: String,
    agent: String,
    tags: Vec<String>,
}

/// The same with what `#[derive(CloneFrom)]` would write.
struct Written {
    batch: u64,
    address: String,
    path: String,
    agent: String,
    tags: Vec<String>,
}

impl Clone for Written {
    fn clone(&self) -> Self {
        let Self { batch, address, path, agent, tags } = self;
        let [address, path, agent] = [address, path, agent].map(String::clone);
        Self { batch: *batch, address, path, agent, tags: tags.clone() }
    }

    fn clone_from(&mut self, source: &Self) {
        self.batch = source.batch;
        self.address.clone_from(&source.address);
        self.path.clone_from(&source.path);
        self.agent.clone_from(&source.agent);
        self.tags.clone_from(&source.tags);
    }
}

/// The same in an arena.
struct Row<'a> {
    batch: u64,
    address: &'a str,
    path: &'a str,
    agent: &'a str,
    tags: &'a [&'a str],
}

/// Address, path, method and agent of each line.
pub(crate) fn requests(lines: usize) -> impl Iterator<Item = [&'static str; 4]> {
    access_log(lines).lines().map(request)
}

fn request(line: &str) -> [&str; 4] {
    let mut words = line.split(' ');
    let [address, method, path] = [0, 4, 0].map(|skipped| words.nth(skipped).unwrap_or("-"));
    [address, path, method.trim_start_matches('"'), line.split('"').nth(5).unwrap_or("-")]
}

fn batches(batches: usize) -> Vec<Side> {
    let batches = batches as u64;
    let owned = |[address, path, method, agent]: [&str; 4]| {
        let [address, path, agent, method] = [address, path, agent, method].map(str::to_owned);
        Record { batch: 0, address, path, agent, tags: vec![method] }
    };
    let derived =
        |Record { batch, address, path, agent, tags }| Derived { batch, address, path, agent, tags };
    let records = || requests(BATCH).map(owned).collect::<Vec<Record>>();
    let [first, second, third] = [records(), records(), records()];
    let written =
        |Record { batch, address, path, agent, tags }| Written { batch, address, path, agent, tags };
    let plain: Vec<Derived> = records().into_iter().map(derived).collect();
    let by_hand: Vec<Written> = records().into_iter().map(written).collect();
    vec![
        Side::naive("`push(r.clone())`, `clear`", move || cloned(&plain, batches)).allocates(50_001),
        Side::kit("`Slots`, `#[derive(CloneFrom)]`", move || slots(&first, batches)).allocates(501),
        Side::kit("`Arena`", move || arena(&second, batches)).allocates(1),
        Side::kit("`Vec::clone_from`, `#[derive(CloneFrom)]`", move || whole(&third, batches)).allocates(501),
        Side::hand("`Vec::clone_from`, a `clone_from` that is written out", move || {
            written_out(&by_hand, batches)
        })
        .allocates(501),
    ]
}

fn cloned(records: &[Derived], batches: u64) -> u64 {
    let (mut batch, mut sent) = (Vec::with_capacity(BATCH), 0);
    for number in 0..batches {
        batch.clear();
        for record in records {
            batch.push(Derived { batch: number, ..record.clone() });
        }
        for Derived { batch, address, path, agent, tags } in &batch {
            send(*batch, [address, path, agent], tags, &mut sent);
        }
    }
    sent
}

fn slots(records: &[Record], batches: u64) -> u64 {
    let (mut batch, mut sent) = (Slots::new(), 0);
    for number in 0..batches {
        batch.clear();
        batch.extend(records);
        for Record { batch, address, path, agent, tags } in &mut batch {
            *batch = number;
            send(*batch, [address, path, agent], tags, &mut sent);
        }
    }
    sent
}

fn arena(records: &[Record], batches: u64) -> u64 {
    let (mut arena, mut sent) = (Arena::with_capacity(64 << 10), 0);
    for number in 0..batches {
        arena.scope(|arena| {
            let batch = arena.alloc_from_iter(records.iter().map(|record| Row {
                batch: number,
                address: arena.alloc_str(&record.address),
                path: arena.alloc_str(&record.path),
                agent: arena.alloc_str(&record.agent),
                tags: arena.alloc_from_iter(record.tags.iter().map(|tag| &*arena.alloc_str(tag))),
            }));
            for Row { batch, address, path, agent, tags } in batch {
                send(*batch, [address, path, agent], tags, &mut sent);
            }
        });
    }
    sent
}

fn whole(records: &Vec<Record>, batches: u64) -> u64 {
    let (mut batch, mut sent) = (Vec::new(), 0);
    for number in 0..batches {
        batch.clone_from(records);
        for Record { batch, address, path, agent, tags } in &mut batch {
            *batch = number;
            send(*batch, [address, path, agent], tags, &mut sent);
        }
    }
    sent
}

fn written_out(records: &Vec<Written>, batches: u64) -> u64 {
    let (mut batch, mut sent) = (Vec::new(), 0);
    for number in 0..batches {
        batch.clone_from(records);
        for Written { batch, address, path, agent, tags } in &mut batch {
            *batch = number;
            send(*batch, [address, path, agent], tags, &mut sent);
        }
    }
    sent
}

fn send(batch: u64, texts: [&str; 3], tags: &[impl AsRef<str>], sent: &mut u64) {
    let texts = texts.into_iter().chain(tags.iter().map(AsRef::as_ref));
    *sent = texts.fold(then(*sent, batch), |sent, text| then(sent, look(text)));
}

fn runs(lines: usize) -> Vec<Side> {
    let requests: Vec<[&str; 4]> = requests(lines).collect();
    let [first, second, third] = [requests.clone(), requests.clone(), requests];
    vec![
        Side::naive("`last = current.clone()`", move || longest_run(&first, assign)).allocates(30_011),
        Side::std("`mem::swap(&mut last, &mut current)`", move || longest_run(&second, mem::swap))
            .allocates(21),
        Side::kit("`last.clone_from(&current)`, `#[derive(CloneFrom)]`", move || {
            longest_run(&third, |last, current| last.clone_from(current))
        })
        .allocates(22),
    ]
}

#[expect(
    clippy::assigning_clones,
    reason = "what is replaced; this lint, of clippy's pedantic ones, finds it"
)]
fn assign(last: &mut Record, current: &mut Record) {
    *last = current.clone();
}

/// How many runs of requests with the same address and agent there are, the longest, and what a look at the paths gives. What a request has is borrowed from
/// what was read, so that it must be copied.
fn longest_run(requests: &[[&str; 4]], mut keep: impl FnMut(&mut Record, &mut Record)) -> (u64, u64, u64) {
    let (mut last, mut current) = (Record::default(), Record::default());
    let (mut runs, mut run, mut longest, mut seen) = (0, 0, 0, 0);
    for [address, path, _, agent] in requests {
        current.address.refill([*address]);
        current.path.refill([*path]);
        current.agent.refill([*agent]);
        if (&current.address, &current.agent) != (&last.address, &last.agent) {
            (runs, run) = (runs + 1, 0);
        }
        run += 1;
        longest = longest.max(run);
        keep(&mut last, &mut current);
        seen = then(seen, look(&last.path));
    }
    (runs, longest, seen)
}

fn paths(lines: usize) -> Vec<Side> {
    let paths: Vec<String> = requests(lines).map(|[_, path, ..]| path.to_owned()).collect();
    let [first, second, third] = [paths.clone(), paths.clone(), paths];
    vec![
        Side::naive("`path.clone()`, changed where it has to be", move || cloned_paths(&first))
            .allocates(11_778),
        Side::std("`Cow`, owned where it is changed", move || cow_paths(&second)).allocates(1_778),
        Side::kit("the path itself, or one buffer, `reset`", move || buffered_paths(&third)).allocates(1),
    ]
}

/// A space in a query is a `+` in the log, and `%20` where requests are signed.
fn cloned_paths(paths: &[String]) -> u64 {
    let used = paths.iter().map(|path| {
        let mut path = path.clone();
        if path.contains('+') {
            path = path.replace('+', "%20");
        }
        use_path(&path)
    });
    in_order(used)
}

fn cow_paths(paths: &[String]) -> u64 {
    let used = paths.iter().map(|path| {
        let path = if path.contains('+') {
            Cow::Owned(path.replace('+', "%20"))
        } else {
            Cow::Borrowed(path.as_str())
        };
        use_path(&path)
    });
    in_order(used)
}

fn buffered_paths(paths: &[String]) -> u64 {
    // nginx takes requests of up to 8 KiB.
    let mut buffer = String::with_capacity(8 << 10);
    let used =
        paths.iter().map(|path| use_path(if path.contains('+') { spaced(path, &mut buffer) } else { path }));
    in_order(used)
}

fn spaced<'b>(path: &str, buffer: &'b mut String) -> &'b str {
    buffer.reset();
    let mut parts = path.split('+');
    buffer.extend(parts.next());
    for part in parts {
        buffer.push_str("%20");
        buffer.push_str(part);
    }
    buffer
}

/// The page is what is behind the last slash.
fn use_path(path: &str) -> u64 {
    path.rsplit('/').next().map_or(0, look) ^ look(path)
}
