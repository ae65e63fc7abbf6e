//! `Rc`: a text that many hold, and a tree whose nodes are counted one by one.
//!
//! An `Rc<T>` allocates when it is made, and not when it is cloned: what one gains is over a clone of the text. `Arc` is the
//! same, with atomic counts, and so is `Bytes`, which can hold a part of a buffer besides. What lives no longer than one job
//! needs no counts: nodes in an `Arena` are plain references. By hand it is a `Vec` of nodes that know each other by index, and a
//! text that outlives its readers is a `&str`.

use std::array;
use std::cell::{Cell, RefCell};
use std::mem;
use std::ops::Deref;
use std::rc::Rc;

use alloc_kit::{Arena, Bytes};

use crate::inputs::{Random, access_log};
use crate::look::{look, then};
use crate::workload::{Expect, Side, Workload};

/// Lines that are read at once.
const CHUNK: usize = 100;
/// Who gets each of them.
const SUBSCRIBERS: usize = 8;

/// A text that many hold.
pub const TEXTS: Workload = Workload {
    id: "shared_text",
    theme: "shared",
    title: "each line goes to eight subscribers",
    guide: &["`Rc<T>`/`Arc<T>`: on creation", "`.clone()` in hot loops"],
    input: "real: the first 10,000 lines of the log that nginx wrote for examples/triage, read by hundreds",
    size: 10_000,
    unit: "lines",
    published: None,
    expect: Expect::Gain,
    sides: texts,
};

/// A tree of `Rc` nodes.
pub const TREE: Workload = Workload {
    id: "tree",
    theme: "shared",
    title: "a document's tree, made, walked and dropped",
    guide: &["`Rc<T>`/`Arc<T>`: on creation"],
    input: "made up, seed 14: 10,000 nodes, each below any of those before it",
    size: 10_000,
    unit: "nodes",
    published: None,
    expect: Expect::Gain,
    sides: trees,
};

/// What waits for each of the subscribers.
type Queues<T> = [Vec<T>; SUBSCRIBERS];

fn texts(lines: usize) -> Vec<Side> {
    let log = access_log(lines);
    vec![
        Side::naive("`String`, a clone for each", move || {
            published(log, |chunk, queues: &mut Queues<String>| {
                for line in chunk.lines() {
                    for queue in queues.iter_mut() {
                        queue.push(line.to_owned());
                    }
                }
            })
        })
        .allocates(80_008),
        Side::std("`Rc<str>`, one for each line", move || {
            published(log, |chunk, queues: &mut Queues<Rc<str>>| {
                for line in chunk.lines() {
                    let line: Rc<str> = Rc::from(line);
                    for queue in queues.iter_mut() {
                        queue.push(Rc::clone(&line));
                    }
                }
            })
        })
        .allocates(10_000 + 8),
        Side::kit("`Bytes`, slices of what was read", move || {
            published(log, |chunk, queues: &mut Queues<Bytes>| {
                let read = Bytes::copy_from_slice(chunk.as_bytes());
                for line in str::from_utf8(&read).expect("valid UTF-8").lines() {
                    let line = read.slice_ref(line.as_bytes());
                    for queue in queues.iter_mut() {
                        queue.push(line.clone());
                    }
                }
            })
        })
        .allocates(200 + 8),
        Side::hand("`&str`, as what was read stays", move || {
            published(log, |chunk, queues: &mut Queues<&str>| {
                for line in chunk.lines() {
                    for queue in queues.iter_mut() {
                        queue.push(line);
                    }
                }
            })
        })
        .allocates(8),
    ]
}

/// Reads the log by chunks, and has each subscriber look at what it got.
fn published<T: Deref<Target: AsRef<[u8]>>>(
    log: &'static str,
    publish: impl Fn(&'static str, &mut Queues<T>),
) -> u64 {
    let mut queues: Queues<T> = array::from_fn(|_| Vec::with_capacity(CHUNK));
    let (mut rest, mut seen) = (log, 0_u64);
    while !rest.is_empty() {
        let chunk;
        (chunk, rest) =
            rest.split_at(rest.match_indices('\n').nth(CHUNK - 1).map_or(rest.len(), |(at, _)| at + 1));
        publish(chunk, &mut queues);
        for (queue, number) in queues.iter_mut().zip(1..) {
            seen = queue.drain(..).fold(seen, |seen, line| then(seen, look((*line).as_ref()) ^ number));
        }
    }
    seen
}

/// As it is in many a parser.
struct Counted {
    name: u32,
    below: RefCell<Vec<Rc<Self>>>,
}

/// One that is gone with its arena.
struct Linked<'a> {
    name: u32,
    first_below: Cell<Option<&'a Self>>,
    last_below: Cell<Option<&'a Self>>,
    next: Cell<Option<&'a Self>>,
}

/// One that knows the others by index; 0, which is above all, is nobody's neighbour.
struct Indexed {
    name: u32,
    first_below: usize,
    last_below: usize,
    next: usize,
}

/// The name of a node, and which it is below.
type Described = (u32, usize);

fn trees(nodes: usize) -> Vec<Side> {
    let mut random = Random(14);
    let mut number = |limit| random.below(limit);
    let described: Vec<Described> =
        (1..nodes).map(|node| (u32::try_from(number(1000)).unwrap_or_default(), number(node))).collect();
    let [counted, linked, indexed] = array::from_fn(|_| described.clone());
    vec![
        // Some have nothing below, and no list; others a list that grows.
        Side::naive("`Rc` nodes, `RefCell<Vec<Rc<_>>>`", move || counted_tree(&counted)).allocates(15_338),
        Side::kit("nodes in an `Arena`", move || linked_tree(&linked)).allocates(3),
        Side::hand("a `Vec` of nodes, indices", move || indexed_tree(&indexed)).allocates(1),
    ]
}

fn counted_tree(described: &[Described]) -> u64 {
    let node = |name| Rc::new(Counted { name, below: RefCell::default() });
    let mut nodes = Vec::with_capacity(described.len() + 1);
    nodes.push(node(0));
    for &(name, above) in described {
        let node = node(name);
        nodes[above].below.borrow_mut().push(Rc::clone(&node));
        nodes.push(node);
    }
    nodes.truncate(1);
    walk_counted(&nodes[0], 1)
}

fn walk_counted(node: &Counted, depth: u64) -> u64 {
    let below = node.below.borrow();
    below
        .iter()
        .fold(u64::from(node.name) * depth, |sum, below| sum.rotate_left(1) ^ walk_counted(below, depth + 1))
}

fn linked_tree(described: &[Described]) -> u64 {
    let arena = Arena::new();
    let node = |name| -> &Linked<'_> {
        arena.alloc(Linked {
            name,
            first_below: Cell::new(None),
            last_below: Cell::new(None),
            next: Cell::new(None),
        })
    };
    let nodes = arena.alloc_slice_fill_with(described.len() + 1, |_| None);
    let root = node(0);
    nodes[0] = Some(root);
    for (at, &(name, above)) in (1..).zip(described) {
        let (node, above) = (node(name), nodes[above].expect("comes before what is below it"));
        match above.last_below.replace(Some(node)) {
            Some(last) => last.next.set(Some(node)),
            None => above.first_below.set(Some(node)),
        }
        nodes[at] = Some(node);
    }
    walk_linked(root, 1)
}

fn walk_linked(node: &Linked<'_>, depth: u64) -> u64 {
    let (mut sum, mut next) = (u64::from(node.name) * depth, node.first_below.get());
    while let Some(below) = next {
        sum = sum.rotate_left(1) ^ walk_linked(below, depth + 1);
        next = below.next.get();
    }
    sum
}

fn indexed_tree(described: &[Described]) -> u64 {
    let node = |name| Indexed { name, first_below: 0, last_below: 0, next: 0 };
    let mut nodes = Vec::with_capacity(described.len() + 1);
    nodes.push(node(0));
    for (at, &(name, above)) in (1..).zip(described) {
        match mem::replace(&mut nodes[above].last_below, at) {
            0 => nodes[above].first_below = at,
            last => nodes[last].next = at,
        }
        nodes.push(node(name));
    }
    walk_indexed(&nodes, 0, 1)
}

fn walk_indexed(nodes: &[Indexed], at: usize, depth: u64) -> u64 {
    let (mut sum, mut next) = (u64::from(nodes[at].name) * depth, nodes[at].first_below);
    while next != 0 {
        sum = sum.rotate_left(1) ^ walk_indexed(nodes, next, depth + 1);
        next = nodes[next].next;
    }
    sum
}
