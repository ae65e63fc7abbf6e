//! `Reuse` where the user's code panics: the iterator that it is refilled from, and the drop of an element. Each element
//! is dropped once, and the buffer can be used again.
//!
//! Run with: `cargo test -p alloc-kit-tests --test reuse_panics`, also with `--release`.

use std::cell::Cell;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::panic::{self, AssertUnwindSafe};

use alloc_kit::{ArrayVec, Reuse, SmallVec};

thread_local! {
    static COUNTS: [[Cell<u8>; 8]; 64] = const { [const { [const { Cell::new(0) }; 8] }; 64] };
    static NEXT: Cell<usize> = const { Cell::new(0) };
}

/// How often each of eight was dropped: a row of the table above, so that a collection that gives elements up after a panic
/// leaks no memory with them.
#[derive(Debug, Clone, Copy)]
struct Drops(usize);

impl Drops {
    fn new() -> Self {
        Self(NEXT.replace(NEXT.get() + 1))
    }

    fn counts(self) -> [u8; 8] {
        COUNTS.with(|counts| counts[self.0].each_ref().map(Cell::get))
    }

    fn count(self, number: usize) {
        COUNTS.with(|counts| counts[self.0][number].set(counts[self.0][number].get() + 1));
    }
}

/// Notes its drop; one number panics there.
#[derive(Debug, Clone)]
struct Noted {
    number: usize,
    panics: Option<usize>,
    drops: Drops,
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.drops.count(self.number);
        assert!(Some(self.number) != self.panics, "dropping {}", self.number);
    }
}

impl PartialEq for Noted {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Noted {}

impl PartialOrd for Noted {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Noted {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.number.cmp(&other.number)
    }
}

impl Hash for Noted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

fn noted(drops: Drops, panics: Option<usize>) -> impl Iterator<Item = Noted> {
    (0..8).map(move |number| Noted { number, panics, drops })
}

/// The message of the panic that it must end with.
#[track_caller]
fn panics(work: impl FnOnce()) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(work)).expect_err("a panic");
    payload
        .downcast_ref::<String>()
        .cloned()
        .unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
}

/// The drop of one of eight elements panics in `reset`.
#[track_caller]
fn a_drop_panics<T: Reuse + Extend<Noted> + Default>(len: impl Fn(&T) -> usize) {
    for number in 0..8 {
        let drops = Drops::new();
        let mut list = T::default();
        list.refill(noted(drops, Some(number)));
        assert_eq!((len(&list), drops.counts()), (8, [0; 8]));
        assert_eq!(panics(|| list.reset()), format!("dropping {number}"));
        // Never twice; once, unless the collection gives up on what is left.
        assert!(drops.counts().iter().all(|drops| *drops <= 1), "{:?}", drops.counts());
        assert_eq!(drops.counts()[number], 1);
        // It can be used again.
        let others = Drops::new();
        list.reset();
        list.refill(noted(others, None));
        assert_eq!((len(&list), others.counts()), (8, [0; 8]));
        drop(list);
        assert_eq!(others.counts(), [1; 8]);
        assert!(drops.counts().iter().all(|drops| *drops <= 1), "{:?}", drops.counts());
    }
}

/// The iterator panics after three items: they are in, and dropped once.
#[track_caller]
fn an_iterator_panics<T: Reuse + Extend<Noted> + Default>(len: impl Fn(&T) -> usize) {
    let (before, drops) = (Drops::new(), Drops::new());
    let mut list = T::default();
    list.refill(noted(before, None));
    let items = || noted(drops, None).inspect(|noted| assert!(noted.number < 3, "the iterator"));
    assert_eq!(panics(|| assert!(list.refill(items()).retained_bytes() == 0)), "the iterator");
    assert_eq!((len(&list), before.counts(), drops.counts()), (3, [1; 8], [0, 0, 0, 1, 0, 0, 0, 0]));
    list.refill(noted(drops, None).take(2));
    assert_eq!((len(&list), drops.counts()), (2, [1, 1, 1, 1, 0, 0, 0, 0]));
    drop(list);
    assert_eq!(drops.counts(), [2, 2, 1, 1, 0, 0, 0, 0]);
}

macro_rules! collections {
    ($($test:ident: $collection:ty, $len:expr;)*) => {$(
        #[test]
        fn $test() {
            a_drop_panics::<$collection>($len);
            an_iterator_panics::<$collection>($len);
        }
    )*};
}

collections! {
    vec: Vec<Noted>, Vec::len;
    vec_deque: VecDeque<Noted>, VecDeque::len;
    binary_heap: BinaryHeap<Noted>, BinaryHeap::len;
    hash_set: HashSet<Noted>, HashSet::len;
    small_vec: SmallVec<Noted, 2>, alloc_kit::smallvec::SmallVec::len;
    small_vec_in_place: SmallVec<Noted, 8>, alloc_kit::smallvec::SmallVec::len;
    array_vec: ArrayVec<Noted, 8>, ArrayVec::len;
    boxed: Boxed, |list| list.0.len();
}

/// A box round a collection, which extends.
#[derive(Default)]
struct Boxed(Box<ArrayVec<Noted, 8>>);

impl Reuse for Boxed {
    fn reset(&mut self) {
        self.0.reset();
    }

    fn retained_bytes(&self) -> usize {
        self.0.retained_bytes()
    }
}

impl Extend<Noted> for Boxed {
    fn extend<I: IntoIterator<Item = Noted>>(&mut self, items: I) {
        self.0.extend(items);
    }
}

#[test]
fn hash_map_by_key_and_value() {
    for number in 0..8 {
        let drops = Drops::new();
        let mut map: HashMap<Noted, Noted> = HashMap::new();
        map.refill(noted(drops, None).zip(noted(drops, Some(number))));
        assert_eq!(panics(|| map.reset()), format!("dropping {number}"));
        assert!(drops.counts().iter().all(|drops| *drops <= 2), "{:?}", drops.counts());
        map.refill(noted(drops, None).zip(noted(drops, None)));
        assert_eq!(map.len(), 8);
    }
}

/// One of an array panics: the others are as they were or reset, none is dropped twice.
#[test]
fn an_array_of_which_one_panics() {
    let [first, second] = [Drops::new(), Drops::new()];
    let mut lists: [Vec<Noted>; 2] = Default::default();
    lists[0].extend(noted(first, Some(0)));
    lists[1].extend(noted(second, None));
    assert_eq!(panics(|| lists.reset()), "dropping 0");
    assert!(lists[0].is_empty());
    lists.reset();
    assert!(lists[1].is_empty());
    assert_eq!((first.counts(), second.counts()), ([1; 8], [1; 8]));
}
