//! What the pages of `bumpalo` and `bytes` state, each statement a test: an upgrade that changes one turns it red.
//!
//! Sizes are those of a 64-bit machine. Run with: `cargo test -p alloc-kit-tests --test reexports_shared`, also with `--release`.

use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use alloc_kit::bumpalo::{self, Bump};
use alloc_kit::bytes::{Buf, BufMut};
use alloc_kit::{Bytes, BytesMut, fail_nth, measure};

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
