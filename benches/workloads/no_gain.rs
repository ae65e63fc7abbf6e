//! Where a buffer is kept and used again, and it does not pay: what costs time there is not the allocation.
//!
//! Each is a step that a sensible person would take. `no_gain_values.rs` has those of values that are made in another
//! way. What a side keeps from one job to the next is its closure's: the steady state, which is the best case of keeping.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use alloc_kit::{Pool, Recycler, Scratch, Slots, SmallVec};

use crate::inputs::Random;
use crate::look::{in_order, look, then};
use crate::workload::{Expect, Side, Workload};

/// A `Recycler` where the vector has its size at once, and is then worked on.
pub const WINDOWS: Workload = Workload {
    id: "windows",
    theme: "no_gain",
    title: "medians of windows of 500 to 1,500 latencies",
    guide: &["`buf.clear()`"],
    input: "made up (seed 9): 4,096 latencies below 1,000, and where each window ends",
    size: 1_000,
    unit: "windows",
    published: None,
    expect: Expect::NoGain(
        "one allocation of known size, and then the copy and the work on it take all the time",
    ),
    sides: windows,
};

fn windows(windows: usize) -> Vec<Side> {
    let mut random = Random(9);
    let latencies: &'static [usize] = Vec::leak((0..4096).map(|_| random.below(1000)).collect());
    let mut window = || {
        let len = 500 + random.below(1001);
        let start = random.below(latencies.len() - len);
        &latencies[start..start + len]
    };
    let windows: &'static [&[usize]] = Vec::leak((0..windows).map(|_| window()).collect());
    let (mut recycler, scratch, mut slots) = (Recycler::new(), Scratch::<Vec<usize>>::new(), Slots::new());
    vec![
        Side::naive("`to_vec()`", move || medians(windows, |window| median(&mut window.to_vec())))
            .allocates(1000),
        Side::kit("`Recycler`", move || {
            medians(windows, |window| {
                let mut copy = recycler.lease();
                copy.extend_from_slice(window);
                median(&mut copy)
            })
        })
        .allocates(0),
        Side::kit("`Scratch`", move || {
            medians(windows, |window| {
                scratch.lend(|copy| {
                    copy.extend_from_slice(window);
                    median(copy)
                })
            })
        })
        .allocates(0),
        Side::kit("`Slots` of numbers", move || {
            medians(windows, |window| {
                slots.clear();
                for latency in window {
                    *slots.add() = *latency;
                }
                median(&mut slots)
            })
        })
        .allocates(0),
    ]
}

fn medians(windows: &[&[usize]], mut median: impl FnMut(&[usize]) -> usize) -> u64 {
    in_order(windows.iter().map(|window| median(window) as u64))
}

fn median(window: &mut [usize]) -> usize {
    let middle = window.len() / 2;
    *window.select_nth_unstable(middle).1
}

/// A `Pool` where little else is allocated than what it keeps, and much else is done.
///
/// It is the shape of `bevy_replicon`, which had pools for such lists and took them out when it had measured (#733): they had
/// a cost of their own, and kept what a burst had needed. What had paid was that of the lists of an entity (`held`), and
/// a `SmallVec` was some 30 % quicker in their benches than the pool.
pub const PACKETS: Workload = Workload {
    id: "packets",
    theme: "no_gain",
    title: "ten ticks of a game: changed entities in packets, listed until acknowledged",
    guide: &["`buf.clear()`"],
    input: "made up (seed 733): 1 to 3 changed components of 12 bytes for each entity, 4 of 7 have one",
    size: 1_000,
    unit: "entities",
    published: None,
    expect: Expect::NoGain(
        "a list for each packet is little beside what is written for its entities (`bevy_replicon#733` took its pools out)",
    ),
    sides: packets,
};

const TICKS: usize = 10;
/// A packet is at most so long.
const PACKET: usize = 1200;

fn packets(entities: usize) -> Vec<Side> {
    let world = world(entities);
    let pool = Arc::new(Pool::<Vec<usize>>::new().max_values(256));
    let spare = RefCell::new(Vec::<Vec<usize>>::new());
    vec![
        Side::naive("a `Vec` for each packet", move || play(world, Vec::new, |listed| listed, drop))
            .allocates(1_051),
        Side::kit("`Pool::lease_arc`", move || {
            play(world, || pool.lease_arc(), |listed| &mut **listed, drop)
        })
        .allocates(191),
        Side::hand("a list of spare ones", move || {
            let take = || spare.borrow_mut().pop().unwrap_or_default();
            let give_back = |mut listed: Vec<usize>| {
                listed.clear();
                spare.borrow_mut().push(listed);
            };
            play(world, take, |listed| listed, give_back)
        })
        .allocates(191),
    ]
}

/// Ten ticks. The entities of a packet are listed until the client has acknowledged it, two ticks later.
fn play<L>(
    world: &[usize],
    list: impl Fn() -> L,
    entities: impl Fn(&mut L) -> &mut Vec<usize>,
    give_back: impl Fn(L),
) -> (u64, usize) {
    let (mut digest, mut sent, mut acknowledged) = (0_u64, VecDeque::new(), HashMap::new());
    let (mut serialized, mut changes) = (Vec::new(), Vec::new());
    for tick in 1..=TICKS {
        while sent.front().is_some_and(|(then, _)| then + 2 <= tick) {
            let (then, mut listed) = sent.pop_front().expect("there is a first");
            acknowledged.extend(entities(&mut listed).iter().map(|entity| (*entity, then)));
            give_back(listed);
        }
        collect(world, tick, &acknowledged, &mut serialized, &mut changes);
        let mut rest = &changes[..];
        while !rest.is_empty() {
            let (packet, bytes) = first_packet(rest);
            rest = &rest[packet.len()..];
            let (mut message, mut listed) = (Vec::with_capacity(bytes), list());
            for (entity, ranges) in packet {
                entities(&mut listed).push(*entity);
                ranges.iter().for_each(|range| message.extend_from_slice(&serialized[range.clone()]));
            }
            digest = message.iter().fold(digest, |digest, byte| digest.wrapping_add(u64::from(*byte)));
            digest = then(digest, look(&message));
            sent.push_back((tick, listed));
        }
    }
    // The rest is never acknowledged.
    for (_, listed) in sent {
        give_back(listed);
    }
    (digest, acknowledged.values().sum())
}

/// What was serialized for an entity: few ranges, in place on all sides. There a pool did pay, and this pays, too.
type Change = (usize, SmallVec<Range<usize>, 4>);

/// What has changed of each entity since the client has acknowledged it.
fn collect(
    world: &[usize],
    tick: usize,
    acknowledged: &HashMap<usize, usize>,
    serialized: &mut Vec<u8>,
    changes: &mut Vec<Change>,
) {
    serialized.clear();
    changes.clear();
    for (entity, components) in world.iter().enumerate() {
        if acknowledged.get(&entity).is_some_and(|then| *then >= tick) {
            continue;
        }
        let mut ranges = SmallVec::new();
        for component in 0..*components {
            let start = serialized.len();
            for part in [entity, component, tick] {
                serialized.extend_from_slice(&part.to_le_bytes()[..4]);
            }
            ranges.push(start..serialized.len());
        }
        changes.push((entity, ranges));
    }
}

/// As many of the changes as a packet has room for, and their bytes.
fn first_packet(changes: &[Change]) -> (&[Change], usize) {
    let mut bytes = 0;
    for (index, (_, ranges)) in changes.iter().enumerate() {
        let more: usize = ranges.iter().map(ExactSizeIterator::len).sum();
        if bytes + more > PACKET {
            return (&changes[..index], bytes);
        }
        bytes += more;
    }
    (changes, bytes)
}

/// A `Pool` whose values are all out at once.
pub const HELD: Workload = Workload {
    id: "held",
    theme: "no_gain",
    title: "a list of changes for each entity, all held until the tick ends",
    guide: &["`buf.clear()`"],
    input: "made up (seed 733): 1 to 3 changes of each entity, 4 of 7 have one",
    size: 1_000,
    unit: "entities",
    published: None,
    expect: Expect::NoGain(
        "a lease looks for a free slot: with a thousand out at once, past hundreds of others",
    ),
    sides: held,
};

fn held(entities: usize) -> Vec<Side> {
    let world = world(entities);
    let pool = Pool::<Vec<usize>>::new().max_values(entities);
    let (mut slots, mut spare) = (Slots::<Vec<usize>>::new(), Vec::<Vec<usize>>::new());
    vec![
        Side::naive("a `Vec` for each", move || {
            let mut lists = Vec::with_capacity(world.len());
            for changes in world {
                let mut list = Vec::new();
                (0..*changes).for_each(|change| list.push(change));
                lists.push(list);
            }
            all_of(lists.iter())
        })
        .allocates(1001),
        Side::kit("`Pool`", move || {
            let mut lists = Vec::with_capacity(world.len());
            for changes in world {
                let mut list = pool.lease();
                (0..*changes).for_each(|change| list.push(change));
                lists.push(list);
            }
            all_of(lists.iter().map(|list| &**list))
        })
        .allocates(1),
        Side::kit("`Slots`", move || {
            slots.clear();
            for changes in world {
                let list = slots.add();
                (0..*changes).for_each(|change| list.push(change));
            }
            all_of(slots.iter())
        })
        .allocates(0),
        Side::kit("`SmallVec` of 3", move || {
            let mut lists = Vec::with_capacity(world.len());
            for changes in world {
                let mut list = SmallVec::<usize, 3>::new();
                (0..*changes).for_each(|change| list.push(change));
                lists.push(list);
            }
            all_of(lists.iter())
        })
        .allocates(1),
        Side::hand("a list of spare ones", move || {
            let mut lists = Vec::with_capacity(world.len());
            for changes in world {
                let mut list = spare.pop().unwrap_or_default();
                (0..*changes).for_each(|change| list.push(change));
                lists.push(list);
            }
            let found = all_of(lists.iter());
            lists.iter_mut().for_each(Vec::clear);
            spare.append(&mut lists);
            found
        })
        .allocates(1),
    ]
}

fn all_of(lists: impl Iterator<Item = impl AsRef<[usize]>>) -> u64 {
    in_order(lists.map(|list| list.as_ref().iter().map(|change| *change as u64 + 1).sum()))
}

/// How many components of each entity have changed.
fn world(entities: usize) -> &'static [usize] {
    let mut random = Random(733);
    Vec::leak((0..entities).map(|_| *random.one_of(&[1, 1, 1, 1, 2, 2, 3])).collect())
}
