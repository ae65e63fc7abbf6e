//! W11: values behind a pointer that need not be there.
//!
//! Of `Box<Vec<T>>`, and of `Box<dyn T>` for kinds that are known, the better way is std's own and what one writes by hand: they are boxed
//! to keep what holds them small, and `assert_size!` says that it is. Where lists, or kinds that nobody knows all of, end
//! together, alloc-kit's way is an `Arena`.

use std::array;
use std::ops::Deref;

use alloc_kit::{Arena, assert_size};

use crate::inputs::Random;
use crate::look::then;
use crate::workload::{Expect, Side, Workload};

/// W11.
pub const BOXED_LISTS: Workload = Workload {
    id: "w11",
    theme: "boxes",
    title: "nodes with a list each, `Box<Vec<T>>`",
    guide: &["`Box<Vec<T>>`"],
    input: "made up, seed 11: a graph of 1,000 nodes, each with 1 to 8 others next to it",
    size: 1000,
    unit: "lists",
    published: None,
    expect: Expect::Gain,
    sides: lists,
};

/// `Box<T>` where a value would do.
pub const BOXED_VALUES: Workload = Workload {
    id: "boxed_values",
    theme: "boxes",
    title: "events of three kinds in a list, `Box<dyn Event>`",
    guide: &["`Box<T>`: always"],
    input: "made up, seed 12: keys, clicks and moves, one in ten a click, half of them moves",
    size: 10_000,
    unit: "events",
    published: None,
    expect: Expect::Gain,
    sides: events,
};

struct Node<L> {
    weight: u32,
    next_to: L,
}

// A list behind a box would make it 16.
assert_size!(Node<Vec<u32>> <= 32);

type BoxedNode = Node<Box<Vec<u32>>>;

fn lists(nodes: usize) -> Vec<Side> {
    let mut random = Random(11);
    let mut number = |limit| u32::try_from(random.below(limit)).unwrap_or_default();
    let mut list = || (0..=number(7)).map(|_| number(nodes)).collect::<Vec<u32>>();
    let graph: Vec<Vec<u32>> = (0..nodes).map(|_| list()).collect();
    let [boxed, plain, slices] = array::from_fn(|_| graph.clone());
    vec![
        Side::naive(
            "`Box<Vec<T>>`",
            of_nodes(boxed, |next_to: &Vec<u32>| BoxedNode {
                weight: weight(next_to),
                next_to: Box::new(next_to.clone()),
            }),
        )
        .allocates(2000),
        Side::std(
            "`Vec<T>`, `assert_size!` on what holds it",
            of_nodes(plain, |next_to: &Vec<u32>| Node { weight: weight(next_to), next_to: next_to.clone() }),
        )
        .allocates(1000),
        Side::kit("slices in an `Arena`", move || {
            let arena = Arena::new();
            let node = |next_to: &Vec<u32>| Node {
                weight: weight(next_to),
                next_to: arena.alloc_slice_copy(next_to),
            };
            heaviest(arena.alloc_from_iter(slices.iter().map(node)))
        })
        .allocates(2),
    ]
}

/// Nodes in a list that is as long as it has to be, before.
fn of_nodes<L: Deref<Target: AsRef<[u32]>>>(
    graph: Vec<Vec<u32>>,
    node: impl Fn(&Vec<u32>) -> Node<L>,
) -> impl FnMut() -> (u32, usize, u64) {
    let mut nodes = Vec::with_capacity(graph.len());
    move || {
        nodes.extend(graph.iter().map(&node));
        let heaviest = heaviest(&nodes);
        nodes.clear();
        heaviest
    }
}

fn weight(next_to: &[u32]) -> u32 {
    next_to.iter().fold(0_u32, |weight, node| weight.wrapping_mul(31) ^ node) % 1000
}

/// The node with most weight around it, and what all of them have.
fn heaviest<L: Deref<Target: AsRef<[u32]>>>(nodes: &[Node<L>]) -> (u32, usize, u64) {
    let around = |node: &Node<L>| {
        let next_to = node.next_to.as_ref().iter();
        next_to.map(|next| nodes[*next as usize].weight).sum::<u32>()
    };
    nodes.iter().enumerate().fold((0, 0, 0), |(most, which, all), (at, node)| {
        let weight = around(node);
        let (most, which) = (most, which).max((weight, at));
        (most, which, then(all, u64::from(weight)))
    })
}

/// What a program is told. Behind a box since one kind is much larger than the others, or in case one is added.
trait Event {
    /// What it moves the state by.
    fn apply(&self, state: u64) -> u64;
}

struct Key(u32);

struct Click {
    x: u32,
    y: u32,
    button: u32,
}

struct Move {
    x: u32,
    y: u32,
}

/// The same, all in one type.
enum AnyEvent {
    Key(Key),
    Click(Click),
    Move(Move),
}

// No larger than a `Box<dyn Event>`: a kind that is larger does not compile.
assert_size!(AnyEvent <= 16);

impl Event for Key {
    fn apply(&self, state: u64) -> u64 {
        state.rotate_left(5) ^ u64::from(self.0)
    }
}

impl Event for Click {
    fn apply(&self, state: u64) -> u64 {
        state.rotate_left(7) ^ u64::from(self.x * self.button + self.y)
    }
}

impl Event for Move {
    fn apply(&self, state: u64) -> u64 {
        state + u64::from(self.x ^ self.y)
    }
}

impl Event for AnyEvent {
    fn apply(&self, state: u64) -> u64 {
        match self {
            Self::Key(key) => key.apply(state),
            Self::Click(click) => click.apply(state),
            Self::Move(moved) => moved.apply(state),
        }
    }
}

fn events(events: usize) -> Vec<Side> {
    let mut random = Random(12);
    let mut number = move |limit| u32::try_from(random.below(limit)).unwrap_or_default();
    let told: Vec<[u32; 4]> = (0..events).map(|_| [10, 1000, 1000, 3].map(&mut number)).collect();
    let [other, third] = [told.clone(), told.clone()];
    vec![
        Side::naive("`Vec<Box<dyn Event>>`", move || {
            let queue: Vec<Box<dyn Event>> = told.iter().map(|event| boxed(*event)).collect();
            queue.iter().fold(0, |state, event| event.apply(state))
        })
        .allocates(10_001),
        Side::std("`Vec` of an enum, `assert_size!` on it", move || {
            let queue: Vec<AnyEvent> = other.iter().map(|event| plain(*event)).collect();
            queue.iter().fold(0, |state, event| event.apply(state))
        })
        .allocates(1),
        Side::kit("`&dyn Event`, in an `Arena`", move || {
            let arena = Arena::new();
            let mut queue: Vec<&dyn Event> = Vec::with_capacity(third.len());
            queue.extend(third.iter().map(|event| in_arena(*event, &arena)));
            queue.iter().fold(0, |state, event| event.apply(state))
        })
        .allocates(9),
    ]
}

fn in_arena([kind, x, y, button]: [u32; 4], arena: &Arena) -> &dyn Event {
    match kind {
        0 => arena.alloc(Click { x, y, button }),
        1..=5 => arena.alloc(Move { x, y }),
        _ => arena.alloc(Key(x)),
    }
}

fn boxed([kind, x, y, button]: [u32; 4]) -> Box<dyn Event> {
    match kind {
        0 => Box::new(Click { x, y, button }),
        1..=5 => Box::new(Move { x, y }),
        _ => Box::new(Key(x)),
    }
}

fn plain([kind, x, y, button]: [u32; 4]) -> AnyEvent {
    match kind {
        0 => AnyEvent::Click(Click { x, y, button }),
        1..=5 => AnyEvent::Move(Move { x, y }),
        _ => AnyEvent::Key(Key(x)),
    }
}
