//! `#[derive(CloneFrom)]`: what it takes, what it reuses, and that it clones as std's derive does.
//!
//! Run with: `cargo test -p alloc-kit-tests --test clone_from`, also with `--release`.

use std::cell::Cell;
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};

use alloc_kit::{CloneFrom, alloc_budget, measure, no_alloc};

/// Five allocations.
#[derive(CloneFrom, Debug, PartialEq)]
struct Record {
    id: u64,
    user: String,
    path: String,
    agent: String,
    tags: Vec<String>,
}

/// The same, with std's derive.
#[derive(Clone)]
#[expect(dead_code, reason = "cloned")]
struct Derived {
    user: String,
    path: String,
    agent: String,
    tags: Vec<String>,
}

fn records() -> Vec<Record> {
    let record = |id: u64| Record {
        id,
        user: format!("user{id}"),
        path: format!("/path/of/{id}"),
        agent: "curl".to_owned(),
        tags: vec!["a tag".to_owned()],
    };
    (0..100).map(record).collect()
}

/// How many allocations the call makes.
fn allocations<R>(work: impl FnOnce() -> R) -> u64 {
    let (result, usage) = measure(work);
    drop(black_box(result));
    usage.allocations
}

#[test]
fn a_hundred_batches_of_a_hundred_records() {
    let records = records();
    let pushed = allocations(|| {
        let mut batch = Vec::with_capacity(100);
        for _ in 0..100 {
            batch.clear();
            for record in &records {
                batch.push(record.clone());
            }
            black_box(&batch);
        }
    });
    let derived: Vec<Derived> = records
        .iter()
        .map(|Record { id: _, user, path, agent, tags }| Derived {
            user: user.clone(),
            path: path.clone(),
            agent: agent.clone(),
            tags: tags.clone(),
        })
        .collect();
    let derived = allocations(|| {
        let mut batch = Vec::new();
        (0..100).for_each(|_| black_box(&mut batch).clone_from(&derived));
        batch
    });
    let reused = allocations(|| {
        let mut batch = Vec::new();
        for _ in 0..100 {
            black_box(&mut batch).clone_from(&records);
            assert_eq!(batch, records);
        }
        batch
    });
    assert_eq!([pushed, derived, reused], [50_001, 50_001, 501]);
}

/// The steady state: `into` has held such records before.
#[no_alloc(deallocations = 0)]
fn copy(into: &mut Vec<Record>, from: &Vec<Record>) {
    into.clone_from(from);
}

#[test]
fn reuse_allocates_and_frees_nothing() {
    let (mut one, mut other) = (records(), records());
    other.reverse();
    copy(&mut one, &other);
    assert_eq!(one, other);
    // And what is shorter.
    for record in &mut other {
        record.path.truncate(3);
    }
    copy(&mut one, &other);
    assert_eq!(one, other);
    other[7].path = "longer than all that was there before".to_owned();
    assert_eq!(allocations(|| one.clone_from(&other)), 1, "one text had to grow");
    assert_eq!(one, other);
}

#[derive(CloneFrom, Debug, PartialEq)]
enum Message {
    Ping,
    Text(String),
    Move { from: Vec<u32>, to: Vec<u32> },
    Pong,
}

/// Within the same variant.
#[no_alloc]
fn same(into: &mut Message, from: &Message) {
    into.clone_from(from);
}

/// From one variant to another with one buffer.
#[alloc_budget(1)]
fn other(into: &mut Message, from: &Message) {
    into.clone_from(from);
}

#[test]
fn an_enum_reuses_in_the_same_variant() {
    let text = |text: &str| Message::Text(text.to_owned());
    let moved = |n: u32| Message::Move { from: vec![n, n], to: vec![n; 3] };
    for (mut into, from) in [
        (Message::Ping, Message::Ping),
        (Message::Ping, Message::Pong),
        (text("longer"), text("short")),
        (moved(1), moved(2)),
        (text("text"), Message::Pong),
        (moved(1), Message::Ping),
    ] {
        same(&mut into, &from);
        assert_eq!(into, from);
    }
    for mut into in [Message::Ping, moved(1)] {
        let from = text("text");
        other(&mut into, &from);
        assert_eq!(into, from);
    }
    let kept = text("a long text that was first");
    let Message::Text(address) = &kept else { unreachable!() };
    let address = address.as_ptr();
    let mut into = kept;
    into.clone_from(&text("short"));
    assert!(matches!(&into, Message::Text(text) if text.as_ptr() == address), "another buffer: {into:?}");
}

/// A list that owns its rest.
#[derive(CloneFrom, Debug, PartialEq)]
enum List {
    Nil,
    Cons(String, Box<Self>),
}

#[test]
fn recursion_reuses_all_the_way() {
    let list = |texts: &[&str]| {
        texts.iter().fold(List::Nil, |rest, text| List::Cons((*text).to_owned(), Box::new(rest)))
    };
    let (mut into, from) = (list(&["one", "two", "three", "four"]), list(&["a", "b", "c", "d"]));
    assert_eq!(allocations(|| into.clone_from(&from)), 0);
    assert_eq!(into, from);
    let shorter = list(&["x"]);
    into.clone_from(&shorter);
    assert_eq!(into, shorter);
    // The rest that is new: two boxes and two texts.
    assert_eq!(allocations(|| into.clone_from(&list(&["p", "q", "r"]))) - 6, 4);
}

thread_local! {
    static CLONES: Cell<u32> = const { Cell::new(0) };
}

/// Panics at the third clone.
#[derive(Debug, PartialEq)]
struct Fragile(u32);

impl Clone for Fragile {
    fn clone(&self) -> Self {
        CLONES.with(|clones| clones.set(clones.get() + 1));
        assert!(CLONES.with(Cell::get) != 3, "the third clone");
        Self(self.0)
    }
}

#[derive(CloneFrom, Debug, PartialEq)]
enum Pair {
    Both(Fragile, Fragile),
    One(Fragile),
}

#[test]
fn a_panic_leaves_what_can_be_used_and_dropped() {
    let (mut into, from) = (Pair::Both(Fragile(1), Fragile(2)), Pair::Both(Fragile(3), Fragile(4)));
    CLONES.with(|clones| clones.set(1));
    panic::catch_unwind(AssertUnwindSafe(|| into.clone_from(&from))).unwrap_err();
    assert_eq!(into, Pair::Both(Fragile(3), Fragile(2)), "fields in order, up to the one that panicked");
    CLONES.with(|clones| clones.set(2));
    panic::catch_unwind(AssertUnwindSafe(|| into.clone_from(&Pair::One(Fragile(5))))).unwrap_err();
    assert_eq!(into, Pair::Both(Fragile(3), Fragile(2)), "another variant: as it was");
    into.clone_from(&from);
    assert_eq!(into, from);
}

#[test]
fn what_is_copied_is_as_small_as_by_hand() {
    #[derive(CloneFrom, Copy, Debug, PartialEq)]
    enum Level {
        Low = 1,
        High = 5,
    }

    #[derive(CloneFrom, Copy, Debug, Default, PartialEq)]
    struct Point {
        x: i32,
        y: i32,
    }

    let mut level = Level::Low;
    level.clone_from(&Level::High);
    assert_eq!((level, level as u8), (Level::High, 5));
    let mut point = Point::default();
    point.clone_from(&Point { x: 1, y: 2 });
    assert_eq!(point, Point { x: 1, y: 2 });
}
