//! `upsert`: against `entry`, its hashes and allocations, and the keys it takes.
//!
//! Run with: `cargo test -p alloc-kit-tests --test upsert`, also with `--release`.

#[path = "support/cases.rs"]
mod cases;

use std::borrow::Borrow;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use alloc_kit::{CompactString, alloc_budget, measure, no_alloc, upsert};
use cases::cases;
use proptest::prelude::*;

thread_local! {
    static HASHES: Cell<u32> = const { Cell::new(0) };
}

/// Counts the keys that were hashed.
#[derive(Default)]
struct Counting;

impl BuildHasher for Counting {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        HASHES.set(HASHES.get() + 1);
        DefaultHasher::new()
    }
}

fn hashes<R>(call: impl FnOnce() -> R) -> u32 {
    HASHES.set(0);
    call();
    HASHES.get()
}

#[test]
fn a_hit_is_one_hash_and_no_allocation() {
    #[no_alloc(deallocations = 0)]
    fn hit(map: &mut HashMap<String, u32, Counting>) -> u32 {
        upsert(
            map,
            "key",
            || unreachable!("it is there"),
            |n| {
                *n += 1;
                *n
            },
        )
    }
    let mut map = HashMap::with_capacity_and_hasher(8, Counting);
    // Std does not hash to look into an empty map.
    map.insert("old".to_owned(), 0);
    assert_eq!(hashes(|| upsert(&mut map, "key", || 5, |n| *n += 1)), 2, "a miss");
    assert_eq!(hashes(|| assert_eq!(hit(&mut map), 7)), 1);
    assert_eq!(hashes(|| map.get("key")), 1, "as many as that");
    let (_, usage) = measure(|| upsert(&mut map, "another", || 0, |n| *n));
    assert_eq!(usage.allocations, 1, "its key");

    #[no_alloc(deallocations = 0)]
    fn hit_of_sorted(map: &mut BTreeMap<String, u32>) -> u32 {
        upsert(map, "key", || unreachable!("it is there"), |n| *n)
    }
    assert_eq!(hit_of_sorted(&mut BTreeMap::from([("key".to_owned(), 7)])), 7);
}

#[test]
fn words_are_counted_with_a_key_for_each_that_is_new() {
    let words: Vec<&str> = ["one", "two", "three", "four", "five"].into_iter().cycle().take(10_000).collect();

    #[alloc_budget(7)]
    fn lean(words: &[&str]) -> HashMap<String, u32> {
        let mut counts = HashMap::new();
        for word in words {
            upsert(&mut counts, *word, || 0, |n| *n += 1);
        }
        counts
    }
    let (usual, usage) = measure(|| {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for word in &words {
            *counts.entry((*word).to_string()).or_insert(0) += 1;
        }
        counts
    });
    let (lean, of_lean) = measure(|| lean(&words));
    assert_eq!((usage.allocations, of_lean.allocations), (10_002, 7));
    assert_eq!(lean, usual);
    assert!(lean.values().all(|n| *n == 2_000));
}

#[test]
fn keys_of_many_types() {
    /// As one would write it.
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    struct UserId(String);
    impl Borrow<str> for UserId {
        fn borrow(&self) -> &str {
            &self.0
        }
    }
    impl From<&str> for UserId {
        fn from(text: &str) -> Self {
            Self(text.to_owned())
        }
    }

    /// Twice into each kind of map: made once, and found.
    macro_rules! both {
        ($($owned:ty: $key:expr),* $(,)?) => {$({
            let mut hashed: HashMap<$owned, u32> = HashMap::new();
            let mut sorted: BTreeMap<$owned, u32> = BTreeMap::new();
            for expected in 1..3 {
                let count = |n: &mut u32| { *n += 1; *n };
                assert_eq!(upsert(&mut hashed, $key, || 0, count), expected);
                assert_eq!(upsert(&mut sorted, $key, || 0, count), expected);
            }
            assert_eq!((hashed.len(), sorted.len()), (1, 1));
            let key: $owned = $key.into();
            assert_eq!((hashed[&key], sorted[&key]), (2, 2));
        })*};
    }
    let text: &str = "key";
    let string: &String = &String::from("key");
    let bytes: &[u8] = b"key";
    let c_string: &CStr = c"key";
    both! {
        String: text, String: string, Box<str>: text, Rc<str>: text, Arc<str>: text, CompactString: text, UserId: text,
        Vec<u8>: bytes, Box<[u8]>: bytes, Arc<[u8]>: bytes, PathBuf: Path::new("key"), OsString: OsStr::new("key"),
        CString: c_string,
    }
}

#[test]
fn a_panic_leaves_the_map_whole() {
    fn panics<R>(call: impl FnOnce() -> R) {
        assert!(panic::catch_unwind(AssertUnwindSafe(call)).is_err());
    }
    let mut hashed = HashMap::from([("old".to_owned(), 1)]);
    let mut sorted = BTreeMap::from([("old".to_owned(), 1)]);

    panics(|| upsert(&mut hashed, "new", || panic!("new"), |n| *n += 1));
    panics(|| upsert(&mut sorted, "new", || panic!("new"), |n| *n += 1));
    assert_eq!((hashed.len(), sorted.len()), (1, 1));

    let half = |n: &mut i32| {
        *n += 10;
        panic!("half");
    };
    for key in ["new", "old"] {
        panics(|| upsert(&mut hashed, key, || 5, half));
        panics(|| upsert(&mut sorted, key, || 5, half));
    }
    assert_eq!(hashed, HashMap::from([("old".to_owned(), 11), ("new".to_owned(), 15)]));
    assert!(sorted.iter().eq(&BTreeMap::from([("old".to_owned(), 11), ("new".to_owned(), 15)])));
}

#[test]
fn what_the_closure_gives_is_given() {
    let mut lists: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let pushed = |list: &mut Vec<u32>| {
        list.push(7);
        list.len()
    };
    assert_eq!(upsert(&mut lists, "a", Vec::new, pushed), 1);
    assert_eq!(upsert(&mut lists, "a", Vec::new, pushed), 2);
    let taken = upsert(&mut lists, "a", Vec::new, std::mem::take);
    assert_eq!(taken, [7, 7]);
}

/// All keys in one bucket.
#[derive(Default)]
struct Colliding;

impl Hasher for Colliding {
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        7
    }
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn it_does_what_entry_does(steps in prop::collection::vec(("[a-c]{0,3}|é", any::<u8>(), any::<bool>()), 0..200)) {
        let mut hashed: HashMap<String, Vec<u8>> = HashMap::new();
        let mut collided: HashMap<Arc<str>, Vec<u8>, BuildHasherDefault<Colliding>> = HashMap::default();
        let mut sorted: BTreeMap<Box<str>, Vec<u8>> = BTreeMap::new();
        let mut model: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (key, byte, remove) in &steps {
            if *remove {
                let expected = model.remove(key);
                prop_assert_eq!(hashed.remove(key), expected.clone());
                prop_assert_eq!(collided.remove(&**key), expected.clone());
                prop_assert_eq!(sorted.remove(&**key), expected);
                continue;
            }
            let apply = |list: &mut Vec<u8>| {
                list.push(*byte);
                list.len()
            };
            let expected = apply(model.entry(key.clone()).or_insert_with(|| vec![*byte]));
            prop_assert_eq!(upsert(&mut hashed, &**key, || vec![*byte], apply), expected);
            prop_assert_eq!(upsert(&mut collided, &**key, || vec![*byte], apply), expected);
            prop_assert_eq!(upsert(&mut sorted, &**key, || vec![*byte], apply), expected);
        }
        prop_assert!(sorted.iter().map(|(key, list)| (&**key, list)).eq(model.iter().map(|(key, list)| (&**key, list))));
        prop_assert_eq!(hashed.into_iter().collect::<BTreeMap<_, _>>(), model.clone());
        prop_assert_eq!(collided.into_iter().map(|(key, list)| (key.to_string(), list)).collect::<BTreeMap<_, _>>(), model);
    }
}
