//! `Reuse`, for every type that has it: `reset` keeps the memory and allocates nothing, `retained_bytes` is what the
//! counter says, and a second filling allocates nothing either.
//!
//! Run with: `cargo test -p alloc-kit-tests --test reuse`, also with `--release`.

use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::ffi::OsString;
use std::fmt::Debug;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::io::Cursor;
use std::marker::PhantomData;
use std::path::PathBuf;

use alloc_kit::bytes::Buf;
use alloc_kit::{ArrayString, ArrayVec, BytesMut, CompactString, Reuse, SmallVec, measure, no_alloc};

/// Over 16 bytes, which is what blocks are aligned to anyway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(align(64))]
struct Aligned(u8);

/// Fills it, and holds each promise against the counter.
#[track_caller]
fn keeps<T: Reuse>(make: impl FnOnce() -> T, mut fill: impl FnMut(&mut T), is_empty: impl Fn(&T) -> bool) {
    let (mut buffer, usage) = measure(|| {
        let mut buffer = make();
        fill(&mut buffer);
        buffer
    });
    let live_bytes = usize::try_from(usage.live_bytes).expect("what it holds");
    assert!(!is_empty(&buffer), "it is not filled");
    assert_eq!(buffer.retained_bytes(), live_bytes, "full");

    let ((), usage) = measure(|| buffer.reset());
    assert_eq!((usage.allocations, usage.deallocations, usage.live_bytes), (0, 0, 0), "`reset`");
    assert!(is_empty(&buffer), "it is not reset");
    assert_eq!(buffer.retained_bytes(), live_bytes, "reset");

    steady(&mut buffer, &mut fill);
    assert!(!is_empty(&buffer), "it is not filled again");
    assert_eq!(buffer.retained_bytes(), live_bytes, "full again");

    // On what is empty already it is nothing.
    for _ in 0..2 {
        let ((), usage) = measure(|| buffer.reset());
        assert_eq!((usage.allocations, usage.deallocations), (0, 0), "`reset` twice");
    }
    assert_eq!(buffer.retained_bytes(), live_bytes, "reset twice");
    let ((), usage) = measure(|| drop(buffer));
    assert_eq!(usize::try_from(usage.bytes_freed), Ok(live_bytes), "it holds something else");
}

#[no_alloc(deallocations = 0)]
fn steady<T: Reuse>(buffer: &mut T, fill: &mut impl FnMut(&mut T)) {
    for _ in 0..3 {
        buffer.reset();
        fill(buffer);
    }
}

/// A row for each collection of elements, with elements of each kind: a type, and how to fill it, up to a length.
macro_rules! of_elements {
    ($($test:ident: $collection:ident, $push:ident;)*) => {$(
        #[test]
        fn $test() {
            fn of<T: Ord + Clone>(element: &T) {
                for n in [1, 2, 3, 4, 5, 8, 9, 100, 1000] {
                    let fill = |list: &mut $collection<T>| (0..n).for_each(|_| list.$push(element.clone()));
                    keeps($collection::new, fill, $collection::is_empty);
                    let refill = |list: &mut $collection<T>| {
                        list.refill((0..n).map(|_| element.clone()));
                    };
                    keeps(|| $collection::with_capacity(n), refill, $collection::is_empty);
                }
            }
            of(&());
            of(&1_u8);
            of(&2_u32);
            of(&[3_u64; 3]);
            of(&[4_u8; 2000]);
            of(&Aligned(5));
            of(&"text");
        }
    )*};
}

of_elements! {
    vec: Vec, push;
    vec_deque: VecDeque, push_back;
    binary_heap: BinaryHeap, push;
}

/// A row for each kind of text: how to make it empty, how to append to it.
macro_rules! of_text {
    ($($test:ident: $text:ty, $append:expr, $is_empty:expr;)*) => {$(
        #[test]
        fn $test() {
            for n in [1, 7, 8, 23, 24, 25, 32, 33, 100, 5000] {
                let part = "x".repeat(n);
                let append: fn(&mut $text, &str) = $append;
                keeps(<$text>::default, |text: &mut $text| append(text, &part), $is_empty);
            }
        }
    )*};
}

of_text! {
    string: String, |text, part| text.push_str(part), String::is_empty;
    os_string: OsString, |text, part| text.push(part), |text: &OsString| text.is_empty();
    path_buf: PathBuf, |path, part| path.push(part), |path: &PathBuf| path.as_os_str().is_empty();
    compact_string: CompactString, |text, part| text.push_str(part), |text: &CompactString| text.is_empty();
    bytes_mut: BytesMut, |bytes, part| bytes.extend_from_slice(part.as_bytes()), |bytes: &BytesMut| bytes.is_empty();
    cursor: Cursor<Vec<u8>>, |cursor, part| std::io::Write::write_all(cursor, part.as_bytes()).unwrap(),
        |cursor: &Cursor<Vec<u8>>| cursor.get_ref().is_empty() && cursor.position() == 0;
}

#[test]
fn refill_leaves_nothing_of_what_was() {
    let mut list = vec![1, 2, 3];
    assert_eq!(*list.refill([4, 5]), [4, 5]);
    let mut text = String::from("old");
    assert_eq!(text.refill(["n", "ew"]), "new");
    let mut map = HashMap::from([(1, 2)]);
    assert_eq!(*map.refill([(3, 4)]), HashMap::from([(3, 4)]));
}

#[test]
fn small_vec() {
    fn of<T: Clone, const N: usize>(element: &T) {
        for n in [1, 2, 4, 5, 8, 9, 100] {
            let fill = |list: &mut SmallVec<T, N>| (0..n).for_each(|_| list.push(element.clone()));
            keeps(SmallVec::<T, N>::new, fill, alloc_kit::smallvec::SmallVec::is_empty);
        }
    }
    of::<_, 4>(&1_u8);
    of::<_, 4>(&[2_u64; 3]);
    of::<_, 0>(&3_u16);
    of::<_, 4>(&());
    of::<_, 2>(&Aligned(4));
    // In place: nothing is retained, and it stays so.
    let mut list: SmallVec<u32, 4> = SmallVec::from_slice(&[1, 2, 3]);
    assert_eq!(list.retained_bytes(), 0);
    list.reset();
    assert!(!list.spilled());
}

#[test]
fn array_vec() {
    keeps(ArrayVec::<u64, 4>::new, |list| list.push(1), ArrayVec::is_empty);
    keeps(ArrayVec::<(), 4>::new, |list| list.push(()), ArrayVec::is_empty);
    keeps(ArrayString::<8>::new, |text| text.push_str("text"), ArrayString::is_empty);
    let mut list: ArrayVec<String, 2> = ArrayVec::new();
    list.refill([String::from("kept"), String::from("by the elements")]);
    assert_eq!(list.retained_bytes(), 0);
}

/// Each number of entries up to a hundred, some more, and each table on the way to two thousand.
#[track_caller]
fn tables_of<T: Hash + Eq>(mut entry: impl FnMut(u32) -> T) {
    let bytes = size_of::<T>();
    for n in (0..100).chain([111, 112, 113, 447, 448, 449, 1000, 1792, 1793, 10_000]) {
        let (set, usage) = measure(|| HashSet::<T>::with_capacity(n));
        assert_eq!(set.retained_bytes() as u64, usage.bytes_allocated, "a set for {n} of {bytes} bytes");
        let (map, usage) = measure(|| HashMap::<T, u8>::with_capacity(n));
        assert_eq!(map.retained_bytes() as u64, usage.bytes_allocated, "a map for {n} of {bytes} and 1 byte");
        let (map, usage) = measure(|| HashMap::<T, u64>::with_capacity(n));
        assert_eq!(
            map.retained_bytes() as u64,
            usage.bytes_allocated,
            "a map for {n} of {bytes} and 8 bytes"
        );
    }
    let mut set = HashSet::new();
    let mut live_bytes = 0;
    for n in 0..2000 {
        let entry = entry(n);
        let (_, usage) = measure(|| set.insert(entry));
        live_bytes += usage.live_bytes;
        assert_eq!(i64::try_from(set.retained_bytes()), Ok(live_bytes), "grown to {n} of {bytes} bytes");
    }
}

/// An entry of so many bytes.
fn first<const BYTES: usize>(n: u32) -> [u8; BYTES] {
    let mut entry = [0; BYTES];
    entry.iter_mut().zip(n.to_le_bytes()).for_each(|(byte, of_n)| *byte = of_n);
    entry
}

#[test]
fn hash_tables_of_any_size() {
    tables_of(|_| ());
    tables_of(first::<1>);
    tables_of(first::<2>);
    tables_of(first::<3>);
    tables_of(first::<4>);
    tables_of(first::<5>);
    tables_of(first::<7>);
    tables_of(first::<15>);
    tables_of(first::<33>);
    tables_of(|n| n);
    tables_of(|n| (n.to_string(), 0_u8));
    tables_of(|n| Aligned(n.to_le_bytes()[0]));
    tables_of(|n| (n, Aligned(0)));
}

#[test]
fn hash_map_and_set() {
    for n in [1, 3, 4, 7, 8, 14, 15, 1000] {
        let fill = |map: &mut HashMap<u32, [u64; 2]>| map.extend((0..n).map(|n| (n, [0; 2])));
        keeps(|| HashMap::with_capacity(n as usize), fill, HashMap::is_empty);
        let fill = |set: &mut HashSet<u32>| set.extend(0..n);
        keeps(|| HashSet::with_capacity(n as usize), fill, HashSet::is_empty);
    }
}

/// `capacity` sinks with each removal that leaves a mark, and `clear` does nothing to a table that is empty: a pool would
/// take it for a small one.
#[test]
fn marks_of_removed_entries_go() {
    let mut set: HashSet<u64> = HashSet::with_capacity(1000);
    let (whole, retained_bytes) = (set.capacity(), set.retained_bytes());
    set.extend(0..whole as u64);
    (0..whole as u64).for_each(|n| assert!(set.remove(&n)));
    assert!(set.is_empty() && set.capacity() < whole, "no marks: {}", set.capacity());
    let ((), usage) = measure(|| set.reset());
    assert_eq!((usage.allocations, usage.deallocations), (0, 0));
    assert_eq!((set.capacity(), set.retained_bytes()), (whole, retained_bytes));

    let mut map: HashMap<u64, u8> = (0..whole as u64).map(|n| (n, 0)).collect();
    let (whole, retained_bytes) = (map.capacity(), map.retained_bytes());
    (0..whole as u64).for_each(|n| assert!(map.remove(&n).is_some()));
    assert!(map.is_empty() && map.capacity() < whole, "no marks: {}", map.capacity());
    map.reset();
    assert_eq!((map.capacity(), map.retained_bytes()), (whole, retained_bytes));
}

/// The marks may be as many as there are places, or leave the capacity of a smaller table.
#[test]
fn marks_go_however_many_they_are() {
    #[derive(Default)]
    struct InOrder(u64);
    impl Hasher for InOrder {
        fn finish(&self) -> u64 {
            self.0
        }
        fn write(&mut self, _: &[u8]) {}
        fn write_u64(&mut self, n: u64) {
            self.0 = n;
        }
    }
    let mut set: HashSet<u64, BuildHasherDefault<InOrder>> =
        HashSet::with_capacity_and_hasher(1000, <_>::default());
    let (whole, retained_bytes) = (set.capacity(), set.retained_bytes());
    let mut seen = Vec::new();
    for most in 0..=whole as u64 {
        set.extend(0..most);
        (0..most).for_each(|n| assert!(set.remove(&n)));
        seen.push(set.capacity());
        set.reset();
        assert_eq!((set.capacity(), set.retained_bytes()), (whole, retained_bytes), "after {most}");
    }
    assert!(seen.contains(&0) && seen.contains(&(whole / 2)), "{seen:?}");
}

/// What is done to a buffer.
type Work<'a> = &'a dyn Fn(&mut BytesMut);

/// What was consumed or split off and dropped is there again: else a hundred megabytes would pass for some bytes.
#[test]
fn bytes_mut_takes_back() {
    let consumed = |buffer: &mut BytesMut| buffer.advance(990);
    let all_consumed = |buffer: &mut BytesMut| buffer.advance(1000);
    let front = |buffer: &mut BytesMut| drop(buffer.split_to(900));
    let back = |buffer: &mut BytesMut| drop(buffer.split_off(10));
    let both = |buffer: &mut BytesMut| drop((buffer.split_to(400), buffer.split_off(123)));
    let frozen = |buffer: &mut BytesMut| drop(buffer.split().freeze());
    let cases: [(&str, Work<'_>); 6] = [
        ("consumed", &consumed),
        ("all consumed", &all_consumed),
        ("front", &front),
        ("back", &back),
        ("both", &both),
        ("frozen", &frozen),
    ];
    for (name, work) in cases {
        for capacity in [1000, 1001, 1024, 4096] {
            let mut buffer = BytesMut::with_capacity(capacity);
            buffer.resize(1000, 7);
            work(&mut buffer);
            assert!(buffer.capacity() < capacity, "{name}: nothing is missing");
            let ((), usage) = measure(|| buffer.reset());
            assert_eq!((usage.allocations, usage.deallocations), (0, 0), "{name}");
            assert_eq!((buffer.len(), buffer.retained_bytes()), (0, capacity), "{name}");
            let ((), usage) = measure(|| buffer.resize(capacity, 8));
            assert_eq!(usage.allocations, 0, "{name}");
        }
    }
}

#[test]
fn bytes_mut_leaves_what_others_hold() {
    let mut buffer = BytesMut::from(&b"a message and its rest"[..]);
    let message = buffer.split_to(9).freeze();
    buffer.reset();
    assert_eq!(buffer.retained_bytes(), 13);
    buffer.extend_from_slice(b"overwritten??");
    assert_eq!(message, "a message");
}

#[test]
fn scalars_and_markers() {
    fn resets<T: Reuse + Default + PartialEq + Debug>(values: impl IntoIterator<Item = T>) {
        for mut value in values {
            assert_ne!(value, T::default());
            value.reset();
            assert_eq!((&value, value.retained_bytes()), (&T::default(), 0));
        }
    }
    resets([u8::MAX]);
    resets([u16::MAX]);
    resets([u32::MAX]);
    resets([u64::MAX]);
    resets([u128::MAX]);
    resets([usize::MAX]);
    resets([i8::MIN]);
    resets([i16::MIN]);
    resets([i32::MIN]);
    resets([i64::MIN]);
    resets([i128::MIN]);
    resets([isize::MIN]);
    resets([f32::NAN, 1.0]);
    resets([f64::NAN, 1.0]);
    resets([true]);
    resets(['x']);
    ().reset();
    PhantomData::<str>.reset();
    assert_eq!(().retained_bytes() + PhantomData::<str>.retained_bytes(), 0);
}

type Six = (String, u8, Vec<u64>, Box<String>, [String; 2], VecDeque<u8>);

#[test]
fn boxes_arrays_and_tuples_are_the_sum() {
    let filled = || String::from("filled");
    let is_empty = String::is_empty;
    keeps(|| Box::new(filled()), |text| text.push_str("fill"), |text| text.is_empty());
    keeps(|| Box::new([filled(), filled()]), |both| both[1].push('x'), |both| both.iter().all(is_empty));
    keeps(|| Box::new(7_u64), |number| **number = 7, |number| **number == 0);
    assert_eq!(Box::new(()).retained_bytes(), 0);
    keeps(<[String; 3]>::default, |all| all[2].push('x'), |all| all.iter().all(is_empty));
    keeps(<(String,)>::default, |all| all.0.push('x'), |all| all.0.is_empty());
    let fill = |all: &mut Six| {
        all.0.push('x');
        all.1 = 1;
        all.2.push(2);
        all.3.push('x');
        all.4[1].push('x');
        all.5.push_back(3);
    };
    let emptied = |all: &Six| {
        let six = [all.0.len(), usize::from(all.1), all.2.len(), all.3.len(), all.4[1].len(), all.5.len()];
        six == [0; 6]
    };
    keeps(Six::default, fill, emptied);
}
