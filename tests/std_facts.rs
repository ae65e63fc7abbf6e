//! What std does with memory where its documentation promises nothing, each fact a test: those of
//! `alloc-kit/src/docs/std_facts.md`, in its order.
//!
//! They are facts of Rust 1.95 on 64-bit machines, and exact: where a toolchain changes one, its test goes red, and the page
//! and whatever was built on it are to be looked at.
//!
//! Run with: `cargo test -p alloc-kit-tests --test std_facts`, also with `--release`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::fmt::Write;
use std::hash::Hash;
use std::hint::black_box;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use alloc_kit::{Usage, measure};

/// Allocations and deallocations, where nothing that it gives is dropped.
fn calls<R>(work: impl FnOnce() -> R) -> (u64, u64) {
    let (result, usage) = measure(|| black_box(work()));
    drop(result);
    (usage.allocations, usage.deallocations)
}

/// Its lower half.
fn low(n: u32) -> u16 {
    let [first, second, ..] = n.to_le_bytes();
    u16::from_le_bytes([first, second])
}

/// The capacities on the way to so many elements.
fn capacities<T: Clone>(element: &T, n: usize) -> Vec<usize> {
    let (mut list, mut seen) = (Vec::new(), vec![0]);
    for _ in 0..n {
        list.push(element.clone());
        seen.push(list.capacity());
    }
    seen.dedup();
    seen
}

#[test]
fn when_types_allocate() {
    // When they are made, and not when they are cloned.
    assert_eq!(calls(|| Box::new(black_box(1_u64))), (1, 0));
    assert_eq!(calls(|| Rc::new(black_box(1_u64))), (1, 0));
    assert_eq!(calls(|| Arc::new(black_box(1_u64))), (1, 0));
    let (rc, arc) = (Rc::new(1_u64), Arc::new(1_u64));
    assert_eq!(calls(|| (Rc::clone(&rc), Arc::clone(&arc))), (0, 0));
    let boxed = Box::new(black_box(1_u64));
    assert_eq!(calls(|| black_box(&boxed).clone()), (1, 0));
    // An `Rc` of what takes no memory has its counts.
    assert_eq!([calls(|| Box::new(())), calls(|| Rc::new(()))], [(0, 0), (1, 0)]);
    // When they get the first element.
    assert_eq!(calls(|| (Vec::<u64>::new(), String::new(), HashMap::<u64, u64>::new())), (0, 0));
    assert_eq!(calls(|| (Vec::<u64>::with_capacity(0), String::with_capacity(0))), (0, 0));
    let (mut list, mut text, mut map) = (Vec::new(), String::new(), HashMap::new());
    assert_eq!(calls(|| list.push(1_u64)), (1, 0));
    assert_eq!(calls(|| text.push('x')), (1, 0));
    assert_eq!(calls(|| map.insert(1_u64, 1_u64)), (1, 0));
}

#[test]
fn vec_grows_from_four() {
    assert_eq!(capacities(&0_u8, 33), [0, 8, 16, 32, 64]);
    assert_eq!(capacities(&0_u16, 17), [0, 4, 8, 16, 32]);
    assert_eq!(capacities(&[0_u8; 1024], 17), [0, 4, 8, 16, 32]);
    assert_eq!(capacities(&[0_u8; 1025], 9), [0, 1, 2, 4, 8, 16]);
    assert_eq!(capacities(&(), 9), [0, usize::MAX]);
    assert_eq!(
        calls(|| {
            let mut list = Vec::new();
            (0..1000).for_each(|n| list.push(black_box(n)));
            list
        }),
        (9, 0)
    );
    // By one of a known length, to that length, unless twice the capacity is more.
    let mut list = vec![0_u32; 10];
    list.extend_from_slice(&[1; 3]);
    assert_eq!(list.capacity(), 20);
    list.extend_from_slice(&[1; 100]);
    assert_eq!(list.capacity(), 113);
}

#[test]
fn string_grows_from_eight() {
    let mut text = String::new();
    text.push('x');
    assert_eq!(text.capacity(), 8);
    // `format!` looks at the literal parts only.
    assert_eq!(calls(|| format!("{}-{}", black_box(1), black_box(2))), (1, 0));
    let long = "x".repeat(100);
    assert_eq!(calls(|| format!("{long}{long}{long}")).0, 3);
    assert_eq!(calls(|| long.clone()), (1, 0));
}

#[test]
fn vec_deque_grows_from_four() {
    let (mut list, mut seen) = (VecDeque::new(), vec![0]);
    for n in 0..33_u32 {
        list.push_back(n);
        seen.push(list.capacity());
    }
    seen.dedup();
    assert_eq!(seen, [0, 4, 8, 16, 32, 64]);
}

fn table_capacities<T: Hash + Eq>(entry: impl Fn(u32) -> T) -> Vec<usize> {
    let (mut set, mut seen) = (HashSet::new(), vec![0]);
    for n in 0..57 {
        set.insert(entry(n));
        seen.push(set.capacity());
    }
    seen.dedup();
    seen
}

#[test]
fn hash_tables_hold_seven_eighths() {
    assert_eq!(table_capacities(|n| n), [0, 3, 7, 14, 28, 56, 112]);
    assert_eq!(table_capacities(|n| (n, 0_u64)), [0, 3, 7, 14, 28, 56, 112]);
    // Where the control bytes would outweigh the entries, it starts larger.
    if cfg!(target_arch = "x86_64") {
        assert_eq!(table_capacities(low), [0, 7, 14, 28, 56, 112]);
        assert_eq!(table_capacities(|n| n.to_le_bytes()[0]), [0, 14, 28, 56, 112]);
    }
    assert_eq!(calls(HashMap::<u32, u32>::new), (0, 0));
}

#[test]
fn clear_keeps_in_these() {
    fn freed<C>(mut collection: C, clear: fn(&mut C)) -> u64 {
        measure(|| clear(&mut collection)).1.deallocations
    }
    assert_eq!(freed(vec![1; 100], Vec::clear), 0);
    assert_eq!(freed(VecDeque::from(vec![1; 100]), VecDeque::clear), 0);
    assert_eq!(freed("x".repeat(100), String::clear), 0);
    assert_eq!(freed((0..100).collect::<HashSet<u32>>(), HashSet::clear), 0);
    // Each node.
    assert_eq!(freed((0..100).collect::<LinkedList<u32>>(), LinkedList::clear), 100);
    assert_eq!(freed((0..100).collect::<BTreeSet<u32>>(), BTreeSet::clear), 10);
    // What the elements own goes anywhere.
    assert_eq!(freed(vec![String::from("x"); 100], Vec::clear), 100);
}

#[test]
fn removed_entries_of_hash_tables_leave_marks() {
    let mut set: HashSet<u32> = HashSet::with_capacity(1792);
    assert_eq!(set.capacity(), 1792);
    set.extend(0..1792);
    (0..1792).for_each(|n| assert!(set.remove(&n)));
    // The hash is by chance; a third or more of the marks stay.
    assert!(set.capacity() < 1500, "{}", set.capacity());
    let before = set.capacity();
    set.clear();
    assert_eq!(set.capacity(), before);
    drop(set.drain());
    assert_eq!(set.capacity(), 1792);
}

#[derive(Clone)]
struct Derived {
    text: String,
}

/// What `clone_from` makes where the target holds as much already.
fn clone_from<T: Clone>(value: &T) -> (u64, u64) {
    let mut target = value.clone();
    let usage = measure(|| target.clone_from(black_box(value))).1;
    (usage.allocations, usage.deallocations)
}

#[test]
fn clone_from_reuses_in_these() {
    let text = || String::from("some text");
    assert_eq!(clone_from(&vec![1, 2, 3]), (0, 0));
    assert_eq!(clone_from(&text()), (0, 0));
    assert_eq!(clone_from(&vec![text(), text()]), (0, 0));
    assert_eq!(clone_from(&Some(text())), (0, 0));
    assert_eq!(clone_from(&[text(), text()]), (0, 0));
    assert_eq!(clone_from(&vec![1_u8, 2].into_boxed_slice()), (0, 0));
    assert_eq!(clone_from(&vec![text(), text()].into_boxed_slice()), (0, 0));
    assert_eq!(clone_from(&Box::new(text())), (0, 0));
    assert_eq!(clone_from(&PathBuf::from("a/path")), (0, 0));
    assert_eq!(clone_from(&VecDeque::from([1, 2])), (0, 0));
    assert_eq!(clone_from(&HashMap::from([(1, 2)])), (0, 0));
    assert_eq!(clone_from(&Cow::<str>::Owned(text())), (0, 0));
}

#[test]
fn clone_from_does_not_reuse_in_these() {
    let text = || String::from("some text");
    assert_eq!(clone_from(&(text(), 1)), (1, 1));
    assert_eq!(clone_from(&text().into_boxed_str()), (1, 1));
    assert_eq!(clone_from(&BTreeMap::from([(1, 2)])), (1, 1));
    assert_eq!(clone_from(&Derived { text: text() }), (1, 1));
    assert_eq!(clone_from(&vec![Derived { text: text() }; 100]), (100, 100));
    // Their own memory is used again, that of the elements is not.
    assert_eq!(clone_from(&VecDeque::from([text(), text()])), (2, 2));
    assert_eq!(clone_from(&HashMap::from([(1, text())])), (1, 1));
    assert_eq!(Derived { text: text() }.text, "some text");
}

#[test]
fn collect_in_place_keeps_the_capacity() {
    let thousand: Vec<u32> = (0..1000).collect();
    let (few, usage) = measure(|| thousand.into_iter().filter(|n| n % 100 == 0).collect::<Vec<u32>>());
    assert_eq!((few.len(), few.capacity(), usage.allocations, usage.deallocations), (10, 1000, 0, 0));
    // Into smaller elements, too, if they are aligned alike.
    let pairs: Vec<[u32; 2]> = few.iter().map(|n| [*n; 2]).collect();
    let (firsts, usage) = measure(|| pairs.into_iter().map(|[first, _]| first).collect::<Vec<u32>>());
    assert_eq!((firsts.len(), firsts.capacity(), usage.allocations), (10, 20, 0));
    assert_eq!(calls(|| few.into_iter().map(low).collect::<Vec<u16>>()), (1, 1));
    // From a borrowed one it is a new one, as large as it has to be.
    let (copied, usage) = measure(|| firsts.iter().map(|n| n + 1).collect::<Vec<u32>>());
    assert_eq!((copied.capacity(), usage.allocations), (10, 1));
}

#[test]
fn collect_allocates_by_the_hint() {
    let parts = "a,b,c,d,e,f,g,h,i";
    // The lower bound is 0 or 1: it starts with 4 and grows.
    assert_eq!(calls(|| parts.split(',').collect::<Vec<_>>()), (3, 0));
    assert_eq!(calls(|| (0..9).map(|n| n * 2).collect::<Vec<u32>>()), (1, 0));
    assert_eq!(calls(|| (0..9).filter(|n| n % 3 < 3).collect::<Vec<u32>>()), (3, 0));
}

#[test]
fn sort_allocates_above_four_kib() {
    fn sorts<T: Ord>(n: usize, element: impl FnMut(usize) -> T) -> (Usage, u64) {
        let list: Vec<T> = (0..n).map(|i| i.wrapping_mul(2_654_435_761) % 1009).map(element).collect();
        let (mut stable, mut unstable) = (list, Vec::new());
        let usage = measure(|| stable.sort()).1;
        unstable.extend(stable.drain(..).rev());
        let unstable_usage = measure(|| unstable.sort_unstable()).1;
        (usage, unstable_usage.allocations)
    }
    assert_eq!((sorts(512, |n| n).0.allocations, sorts(513, |n| n).0.allocations), (0, 1));
    assert_eq!(
        (
            sorts(4096, |n| n.to_le_bytes()[0]).0.allocations,
            sorts(4097, |n| n.to_le_bytes()[0]).0.allocations
        ),
        (0, 1)
    );
    // As large as the list.
    assert_eq!(sorts(1000, |n| n).0.peak_bytes, 8000);
    // No more than 20 elements are sorted without, however large they are.
    assert_eq!((sorts(20, |n| [n; 100]).0.allocations, sorts(21, |n| [n; 100]).0.allocations), (0, 1));
    for n in [10, 1000, 100_000] {
        assert_eq!(sorts(n, |n| n).1, 0);
    }
    let mut list: Vec<u32> = (0..10).rev().collect();
    assert_eq!(calls(|| list.sort_by_cached_key(|n| *n)), (1, 1));
}

#[test]
fn shared_text_is_copied() {
    let text = || String::from("some text");
    let [first, second, third] = [text(), text(), text()];
    assert_eq!(calls(|| Arc::<str>::from(first)), (1, 1));
    assert_eq!(calls(|| Rc::<str>::from(second)), (1, 1));
    let list = vec![1_u32; 100];
    assert_eq!(calls(|| Arc::<[u32]>::from(list)), (1, 1));
    assert_eq!(calls(|| third.into_boxed_str()), (0, 0));
    // What is too large by its capacity is cut by a reallocation, which is not counted: it does not grow.
    let roomy = String::with_capacity(100) + "some text";
    assert_eq!(calls(|| roomy.into_boxed_str()), (0, 0));
    // One allocation for both.
    assert_eq!(calls(|| Arc::new(1_u64)), (1, 0));
}

#[test]
fn cow_is_owned_when_deserialized() {
    let json = r#""plain""#;
    assert!(matches!(serde_json::from_str::<Cow<'_, str>>(json), Ok(Cow::Owned(_))));
    assert_eq!(calls(|| serde_json::from_str::<&str>(json).unwrap()), (0, 0));
}

#[test]
fn lossy_text_is_borrowed_where_it_can_be() {
    assert!(matches!(String::from_utf8_lossy(b"valid"), Cow::Borrowed("valid")));
    assert_eq!(calls(|| String::from_utf8_lossy(b"valid")), (0, 0));
    assert_eq!(calls(|| String::from_utf8_lossy(b"not \xff valid")), (2, 0));
    let bytes = b"valid".to_vec();
    assert_eq!(calls(|| String::from_utf8(bytes).unwrap()), (0, 0));
}

#[test]
fn write_into_a_string_allocates_when_it_grows() {
    let mut text = String::with_capacity(32);
    assert_eq!(calls(|| write!(text, "{}: {:>8.2}", black_box(12), black_box(3.5)).unwrap()), (0, 0));
    assert_eq!(text, "12:     3.50");
}
