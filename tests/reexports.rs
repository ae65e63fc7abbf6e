//! What the pages of the re-exported crates state, each statement a test: an upgrade that changes one turns it red.
//!
//! Sizes are those of a 64-bit machine. Run with: `cargo test -p alloc-kit-tests --test reexports`, also with `--release`.

use std::borrow::Cow;
use std::fmt::Write;
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use alloc_kit::bumpalo::{self, Bump};
use alloc_kit::bytes::{Buf, BufMut};
use alloc_kit::compact_str::{ToCompactString, format_compact};
use alloc_kit::smallvec::{CollectionAllocErr, SmallVec as OfArray, smallvec};
use alloc_kit::{ArrayString, ArrayVec, Bytes, BytesMut, CompactString, SmallVec, fail_nth, measure};

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
        let back = list.try_push(String::from("not")).map_err(|error| error.element());
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
        assert_eq!(text.try_push_str("above").map_err(|error| error.element()), Err("above"));
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

mod bumpalo_crate {
    use super::*;

    #[test]
    fn is_three_words_and_its_first_chunk_half_a_kib() {
        assert_eq!([size_of::<Bump>(), size_of::<bumpalo::boxed::Box<'_, u64>>()], [24, 8]);
        assert_eq!(size_of::<bumpalo::collections::Vec<'_, u8>>(), 32);
        assert_eq!(cost(Bump::new), FREE);
        let (bump, usage) = measure(|| {
            let bump = Bump::new();
            bump.alloc(1_u8);
            bump
        });
        assert_eq!((usage.allocations, usage.live_bytes, bump.allocated_bytes()), (1, 496, 448));
    }

    #[test]
    fn allocates_a_chunk_twice_as_large() {
        let bump = Bump::new();
        let ((), usage) = measure(|| {
            for n in 0..100_000_u64 {
                bump.alloc(n);
            }
        });
        assert_eq!(usage.allocations, 11);
        let kept = bump.allocated_bytes_including_metadata() as u64;
        assert!(kept == usage.bytes_allocated && (800_000..1_100_000).contains(&kept), "{kept}");
    }

    #[test]
    fn reset_keeps_the_last_chunk() {
        let mut bump = Bump::new();
        (0..100_000_u64).for_each(|n| *bump.alloc(n) += 1);
        let before = bump.allocated_bytes_including_metadata();
        let ((), usage) = measure(|| bump.reset());
        assert_eq!((usage.allocations, usage.deallocations), (0, 10));
        let kept = bump.allocated_bytes_including_metadata();
        assert!(kept > before * 2 / 5 && kept < before * 3 / 5, "{kept} of {before}");
        // And so for ever, whatever little is put in.
        for _ in 0..100 {
            bump.alloc(1_u8);
            bump.reset();
        }
        assert_eq!(bump.allocated_bytes_including_metadata(), kept);
    }

    #[test]
    fn runs_no_drop_but_in_its_own_box_and_collections() {
        let counted = Rc::new(());
        let count = || Rc::strong_count(&counted);
        let mut bump = Bump::new();
        bump.alloc(Rc::clone(&counted));
        bump.alloc_slice_clone(&[Rc::clone(&counted)]);
        bump.reset();
        drop(bump);
        let leaked = count();
        assert_eq!(leaked, 3);
        let bump = Bump::new();
        drop(bumpalo::boxed::Box::new_in(Rc::clone(&counted), &bump));
        drop(bumpalo::vec![in &bump; Rc::clone(&counted)]);
        assert_eq!(count(), leaked);
        // SAFETY: these are the two that were never dropped, in memory that is gone.
        unsafe { Rc::decrement_strong_count(Rc::as_ptr(&counted)) };
        // SAFETY: as above.
        unsafe { Rc::decrement_strong_count(Rc::as_ptr(&counted)) };
    }

    #[test]
    fn what_grows_leaves_its_old_memory_behind() {
        let bump = Bump::with_capacity(100_000);
        let before = bump.chunk_capacity();
        let mut list = bumpalo::vec![in &bump];
        for n in 0..1000_u32 {
            list.push(n);
            bump.alloc(0_u8);
        }
        let used = before - bump.chunk_capacity();
        assert!(used > 8000, "{used} bytes for a list of 4000");
        let before = bump.chunk_capacity();
        let mut list = bumpalo::collections::Vec::with_capacity_in(1000, &bump);
        list.extend(0..1000_u32);
        assert_eq!(before - bump.chunk_capacity(), 4000);
    }

    #[test]
    fn tries_and_has_a_limit() {
        let bump = Bump::new();
        assert!(fail_nth(1, || bump.try_alloc(1_u8)).is_err());
        assert_eq!(bump.try_alloc(1_u8), Ok(&mut 1));
        // A chunk that cannot be had is tried again at half the size, down to what it has to be.
        let bump = Bump::with_capacity(10_000);
        bump.alloc([0_u8; 9000]);
        assert!(fail_nth(1, || bump.try_alloc([0_u8; 5000])).is_ok());
        let bump = Bump::new();
        bump.set_allocation_limit(Some(1000));
        assert!(bump.try_alloc([0_u8; 300]).is_ok());
        assert!(bump.try_alloc([0_u8; 1000]).is_err());
        panics(|| assert_eq!(bump.alloc([0_u8; 1000]).len(), 1000));
    }

    #[test]
    fn macros_work_by_the_path() {
        let bump = Bump::new();
        let n = 7;
        let text = bumpalo::format!(in &bump, "{}-{n}", "text");
        assert_eq!(text, "text-7");
        assert_eq!(bumpalo::vec![in &bump; 1, 2], [1, 2]);
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

mod bytes_crate {
    use super::*;

    #[test]
    fn are_four_words() {
        assert_eq!([size_of::<Bytes>(), size_of::<BytesMut>(), size_of::<Option<Bytes>>()], [32, 32, 32]);
    }

    #[test]
    fn a_clone_or_a_slice_is_free_but_the_first() {
        let list = vec![7; 100];
        let bytes = Bytes::from(list);
        assert_eq!(cost(|| bytes.slice(..10)), (1, 0, 24));
        assert_eq!(cost(|| bytes.slice(..10)), FREE);
        assert_eq!(cost(|| bytes.clone()), FREE);
        assert_eq!(cost(|| Bytes::from_static(b"static").clone()), FREE);
        // Of a list with room to spare the count is made at once.
        let mut list = Vec::with_capacity(200);
        list.extend([7; 100]);
        assert_eq!(cost(|| Bytes::from(list)), (1, 0, 24));
    }

    #[test]
    fn a_small_slice_keeps_all() {
        let whole = Bytes::from(vec![7; 1000]);
        let slice = whole.slice(..4);
        assert_eq!(cost(|| drop(whole)), FREE);
        let (copied, usage) = measure(|| Bytes::copy_from_slice(&slice));
        assert_eq!(usage.live_bytes, 4);
        assert_eq!(cost(|| drop(slice)), (0, 2, -1024));
        assert_eq!(copied, [7; 4][..]);
    }

    #[test]
    fn split_and_freeze_share_and_the_room_is_reclaimed() {
        let mut buffer = BytesMut::with_capacity(1000);
        buffer.put_slice(&[1; 900]);
        let (message, usage) = measure(|| buffer.split().freeze());
        assert_eq!((usage.allocations, usage.live_bytes), (1, 40));
        assert_eq!(buffer.capacity(), 100);
        assert!(!buffer.try_reclaim(101));
        drop(message);
        assert_eq!(cost(|| assert!(buffer.try_reclaim(1000))), FREE);
        // And so at each turn: no more allocations.
        let turn = || {
            buffer.put_slice(&[2; 900]);
            drop(buffer.split().freeze());
            buffer.reserve(1000);
        };
        assert_eq!(cost(turn), FREE);
        // While the message is held, `reserve` takes a new buffer.
        buffer.put_slice(&[2; 900]);
        let message = buffer.split().freeze();
        let ((), usage) = measure(|| buffer.reserve(1000));
        assert_eq!(usage.allocations, 1);
        drop(message);
    }

    #[test]
    fn clear_does_not_take_back_what_was_consumed() {
        let mut buffer = BytesMut::with_capacity(100);
        buffer.put_slice(&[1; 90]);
        buffer.advance(80);
        buffer.clear();
        assert_eq!(buffer.capacity(), 20);
        assert!(buffer.try_reclaim(100));
    }

    #[test]
    fn becomes_mutable_again_when_nobody_else_has_it() {
        let bytes = Bytes::from(vec![7; 100]);
        let other = bytes.clone();
        let (bytes, usage) = measure(|| bytes.try_into_mut().unwrap_err());
        assert_eq!((usage.allocations, usage.deallocations, bytes.is_unique()), (0, 0, false));
        drop(bytes);
        // It gives the count back.
        assert_eq!(cost(|| other.try_into_mut().unwrap()), (0, 1, -24));
        let bytes = Bytes::from(vec![7; 100]);
        assert_eq!(cost(|| bytes.try_into_mut().unwrap()), FREE);
        assert!(Bytes::from_static(b"static").try_into_mut().is_err());
        // Without a copy as far as it is the first.
        let bytes = Bytes::from(vec![7; 100]);
        assert_eq!(cost(|| Vec::from(bytes)), FREE);
    }

    #[test]
    fn puts_grow_and_gets_panic() {
        let mut buffer = BytesMut::with_capacity(2);
        buffer.put_u64(1);
        assert_eq!((buffer.get_u32(), buffer.try_get_u64().is_err()), (0, true));
        panics(|| assert!(buffer.get_u64() > 0));
        // A slice does not grow: it panics.
        panics(|| (&mut [0_u8; 2][..]).put_u64(1));
    }

    /// There is no `try_reserve`.
    #[test]
    fn fails_softly_by_way_of_a_vec() {
        let mut list: Vec<u8> = Vec::new();
        assert!(fail_nth(1, || list.try_reserve_exact(100)).is_err());
        list.try_reserve_exact(100).unwrap();
        list.resize(list.capacity(), 7);
        assert_eq!(cost(|| Bytes::from(list)), FREE);
    }
}
