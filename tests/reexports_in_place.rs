//! What the pages of `smallvec`, `arrayvec` and `compact_str` state, each statement a test: an upgrade that changes one turns it red.
//!
//! Sizes are those of a 64-bit machine. Run with: `cargo test -p alloc-kit-tests --test reexports_in_place`, also with `--release`.

use std::borrow::Cow;
use std::fmt::Write;
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use alloc_kit::compact_str::{ToCompactString, format_compact};
use alloc_kit::smallvec::{CollectionAllocErr, SmallVec as OfArray, smallvec};
use alloc_kit::{ArrayString, ArrayVec, CompactString, SmallVec, fail_nth, measure};

/// Allocations, deallocations, and bytes kept, where nothing that it gives is dropped.
fn cost<R>(work: impl FnOnce() -> R) -> (u64, u64, i64) {
    let (result, usage) = measure(|| black_box(work()));
    drop(result);
    (usage.allocations, usage.deallocations, usage.live_bytes)
}

const FREE: (u64, u64, i64) = (0, 0, 0);

#[track_caller]
fn panics(work: impl FnOnce()) {
    panic::catch_unwind(AssertUnwindSafe(work)).expect_err("a panic");
}

mod smallvec_crate {
    use super::*;

    type Four = SmallVec<u32, 4>;

    #[test]
    fn is_as_large_as_what_is_in_place() {
        assert_eq!(size_of::<Vec<u32>>(), 24);
        assert_eq!([size_of::<SmallVec<u8, 1>>(), size_of::<SmallVec<u8, 16>>()], [24, 24]);
        assert_eq!(size_of::<SmallVec<u8, 17>>(), 32);
        assert_eq!([size_of::<Four>(), size_of::<SmallVec<u32, 8>>()], [24, 40]);
        assert_eq!([size_of::<SmallVec<&str, 1>>(), size_of::<SmallVec<&str, 8>>()], [24, 136]);
        assert_eq!([size_of::<Option<Vec<u32>>>(), size_of::<Option<Four>>()], [24, 32]);
    }

    #[test]
    fn allocates_beyond_its_place_and_doubles() {
        assert_eq!(cost(|| Four::from_slice(&[1; 4])), FREE);
        let (list, usage) = measure(|| (0..100).map(black_box).collect::<Four>());
        assert_eq!((usage.allocations, list.capacity()), (1, 128));
        let (mut list, mut capacities) = (Four::new(), vec![]);
        let ((), usage) = measure(|| (0..33).for_each(|n| list.push(n)));
        assert_eq!((usage.allocations, usage.reallocations), (4, 3));
        let mut list = Four::new();
        (0..33).for_each(|n| {
            list.push(n);
            capacities.push(list.capacity());
        });
        capacities.dedup();
        assert_eq!(capacities, [4, 8, 16, 32, 64]);
    }

    #[test]
    fn stays_on_the_heap_until_it_is_shrunk() {
        let mut list = Four::from_slice(&[1; 5]);
        assert_eq!(cost(|| list.clear()), FREE);
        assert!(list.spilled());
        list.push(1);
        assert!(list.spilled());
        assert_eq!(cost(|| list.shrink_to_fit()), (0, 1, -20));
        assert!(!list.spilled());
    }

    #[test]
    fn clones_into_place_and_clone_from_stays_on_the_heap() {
        let mut list = Four::from_slice(&[1; 5]);
        let mut target = Four::from_slice(&[0; 50]);
        assert_eq!(cost(|| target.clone_from(&list)), FREE);
        assert_eq!(target.capacity(), 50);
        list.truncate(4);
        assert!(list.spilled() && !list.clone().spilled());
    }

    #[test]
    fn takes_a_vec_over_if_it_is_long() {
        let (short, long) = (vec![1; 4], vec![1; 5]);
        assert_eq!(cost(|| Four::from_vec(short)), (0, 1, -16));
        assert_eq!(cost(|| Four::from_vec(long)), FREE);
        let (short, long) = (Four::from_slice(&[1; 4]), Four::from_slice(&[1; 5]));
        assert_eq!(cost(|| short.into_vec()), (1, 0, 16));
        assert_eq!(cost(|| long.into_vec()), FREE);
        let many: Four = smallvec![1, 2, 3, 4, 5];
        assert_eq!(cost(|| many.into_iter().collect::<Vec<_>>()), (1, 1, 0));
    }

    #[test]
    fn tries() {
        assert!(matches!(Four::new().try_reserve(usize::MAX), Err(CollectionAllocErr::CapacityOverflow)));
        let denied = fail_nth(1, || Four::new().try_reserve(5));
        assert!(matches!(denied, Err(CollectionAllocErr::AllocErr { layout }) if layout.size() == 32));
        assert_eq!(cost(|| Four::new().try_reserve(4).is_ok()), FREE);
    }

    #[test]
    fn is_the_crates_own() {
        let ours: SmallVec<u8, 4> = smallvec![1, 2];
        let theirs: OfArray<[u8; 4]> = ours;
        assert_eq!(theirs[..], [1, 2]);
    }
}

mod arrayvec_crate {
    use super::*;

    #[test]
    fn is_its_elements_and_a_length_of_four_bytes() {
        assert_eq!([size_of::<ArrayVec<u8, 8>>(), size_of::<ArrayVec<u32, 4>>()], [12, 20]);
        assert_eq!(size_of::<ArrayVec<u64, 4>>(), 40);
        assert_eq!([size_of::<ArrayString<16>>(), size_of::<ArrayString<60>>()], [20, 64]);
        assert_eq!(size_of::<Option<ArrayString<16>>>(), 24);
    }

    #[test]
    fn panics_when_it_is_full() {
        let mut list: ArrayVec<u8, 2> = ArrayVec::new();
        list.extend([1, 2]);
        panics(|| list.push(3));
        panics(|| list.extend([3]));
        panics(|| drop((0..3).collect::<ArrayVec<u8, 2>>()));
        panics(|| ArrayString::<2>::new().push_str("abc"));
        // What came before is in.
        let mut list: ArrayVec<u8, 2> = ArrayVec::new();
        panics(|| list.extend([1, 2, 3]));
        assert_eq!(list[..], [1, 2]);
    }

    #[test]
    fn tries() {
        let mut list: ArrayVec<String, 1> = ArrayVec::new();
        assert!(list.try_push(String::from("in")).is_ok());
        // What did not fit comes back.
        let back = list.try_push(String::from("not")).map_err(alloc_kit::arrayvec::CapacityError::element);
        assert_eq!(back, Err(String::from("not")));
        let mut list: ArrayVec<u8, 4> = ArrayVec::new();
        list.push(1);
        // All or nothing.
        assert!(list.try_extend_from_slice(&[2, 3, 4, 5]).is_err());
        assert_eq!(list[..], [1]);
        let room = list.remaining_capacity();
        let mut rest = [2, 3, 4, 5].into_iter();
        list.extend(rest.by_ref().take(room));
        assert_eq!((&list[..], rest.next()), (&[1, 2, 3, 4][..], Some(5)));
        let mut text: ArrayString<4> = ArrayString::new();
        assert_eq!(
            text.try_push_str("above").map_err(alloc_kit::arrayvec::CapacityError::element),
            Err("above")
        );
        assert!(text.is_empty());
    }

    /// `write!` is not all or nothing: the parts that fit stay.
    #[test]
    fn writes_what_fits() {
        let mut text: ArrayString<8> = ArrayString::new();
        assert!(write!(text, "{}{}", black_box("abcd"), black_box("efghi")).is_err());
        assert_eq!(text.as_str(), "abcd");
        assert_eq!(text.len(), 4);
    }

    #[test]
    fn never_allocates() {
        let work = || {
            let mut list: ArrayVec<u64, 100> = (0..100).collect();
            list.retain(|n| *n % 2 == 0);
            list.sort_unstable();
            let text = ArrayString::<16>::from("text").unwrap();
            (list, text)
        };
        assert_eq!(cost(work), FREE);
        // The elements are dropped as they should.
        let counted = Rc::new(());
        drop((0..5).map(|_| Rc::clone(&counted)).collect::<ArrayVec<_, 8>>());
        assert_eq!(Rc::strong_count(&counted), 1);
    }

    #[test]
    fn clone_from_reuses_the_elements() {
        let list: ArrayVec<String, 4> = ["a text", "another"].map(String::from).into_iter().collect();
        let mut target = list.clone();
        assert_eq!(cost(|| target.clone_from(&list)), FREE);
    }
}

mod compact_str_crate {
    use super::*;

    fn long() -> CompactString {
        CompactString::from("x".repeat(100))
    }

    #[test]
    fn has_24_bytes_in_place() {
        assert_eq!([size_of::<CompactString>(), size_of::<Option<CompactString>>()], [24, 24]);
        assert_eq!(cost(|| CompactString::new("x".repeat(24).as_str())).2, 0);
        let texts = ["x".repeat(24), "x".repeat(25), "x".repeat(33)];
        assert_eq!(cost(|| CompactString::new(&texts[0])), FREE);
        // From there 32 bytes at least.
        assert_eq!(cost(|| CompactString::new(&texts[1])), (1, 0, 32));
        assert_eq!(cost(|| CompactString::new(&texts[2])), (1, 0, 33));
        assert_eq!(cost(|| CompactString::const_new("a text of more than 24 bytes")), FREE);
        assert_eq!(cost(|| format_compact!("{}-{}", 1_234_567, "abcdef")), FREE);
        assert_eq!(cost(|| 1_234_567.to_compact_string()), FREE);
    }

    #[test]
    fn clone_from_of_what_is_short_frees() {
        let mut text = long();
        assert_eq!(cost(|| text.clone_from(&CompactString::const_new("short"))), (0, 1, -100));
        let mut text = long();
        assert_eq!(
            cost(|| text.clone_from(&CompactString::const_new("static, of more than 24 bytes"))),
            (0, 1, -100)
        );
        // Of what is on the heap, it reuses.
        let (mut text, other) = (long(), CompactString::from("y".repeat(30)));
        assert_eq!(cost(|| text.clone_from(&other)), FREE);
        assert_eq!(text.capacity(), 100);
    }

    #[test]
    fn clear_and_push_str_keep() {
        let mut text = long();
        assert_eq!(cost(|| text.clear()), FREE);
        assert_eq!(cost(|| text.push_str("short")), FREE);
        assert_eq!((text.is_heap_allocated(), text.capacity()), (true, 100));
        assert_eq!(cost(|| text.shrink_to_fit()), (0, 1, -100));
        assert!(!text.is_heap_allocated());
        // A clone does not take the memory over either.
        let mut text = long();
        text.truncate(3);
        assert_eq!(cost(|| text.clone()), FREE);
    }

    #[test]
    fn takes_a_string_over_if_it_is_long() {
        let (short, mut roomy, long) = (String::from("short"), String::with_capacity(100), "x".repeat(100));
        roomy.push_str("short");
        assert_eq!(cost(|| CompactString::from(short)), (0, 1, -5));
        assert_eq!(cost(|| CompactString::from(roomy)), (0, 1, -100));
        assert_eq!(cost(|| CompactString::from(long)), FREE);
        let (short, long) = (CompactString::from("short"), self::long());
        assert_eq!(cost(|| short.into_string()), (1, 0, 5));
        assert_eq!(cost(|| long.into_string()), FREE);
        assert_eq!(cost(|| CompactString::from(Cow::Borrowed("short"))), FREE);
    }

    #[test]
    fn grows_by_half() {
        let (mut ours, mut stds) = (CompactString::default(), String::new());
        let ours = measure(|| (0..1000).for_each(|_| ours.push('x'))).1;
        let stds = measure(|| (0..1000).for_each(|_| stds.push('x'))).1;
        assert_eq!((ours.allocations, stds.allocations), (10, 8));
    }

    #[test]
    fn tries() {
        let text = "x".repeat(100);
        assert!(fail_nth(1, || CompactString::try_new(&text)).is_err());
        assert!(fail_nth(1, || CompactString::default().try_reserve(100)).is_err());
    }
}
