//! What `measure` counts: each kind of request, peaks, nesting, and what must leave no trace.
//!
//! Run with: `cargo test -p alloc-kit-tests --test counting`, also with `--release`.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::hint::black_box;

use alloc_kit::{Usage, measure};

/// A block of memory by hand, so that every call is ours to choose.
struct Block {
    ptr: *mut u8,
    layout: Layout,
}

impl Block {
    fn new(size: usize, align: usize) -> Self {
        let layout = Layout::from_size_align(size, align).unwrap();
        // SAFETY: no size here is zero.
        let ptr = black_box(unsafe { alloc(layout) });
        assert!(ptr.addr().is_multiple_of(align), "{ptr:?} for an alignment of {align}");
        Self { ptr, layout }
    }

    fn zeroed(size: usize, align: usize) -> Self {
        let layout = Layout::from_size_align(size, align).unwrap();
        // SAFETY: no size here is zero.
        let ptr = black_box(unsafe { alloc_zeroed(layout) });
        assert!(ptr.addr().is_multiple_of(align), "{ptr:?} for an alignment of {align}");
        for at in 0..size {
            // SAFETY: the block is `size` bytes long.
            let byte = unsafe { ptr.add(at) };
            // SAFETY: as above, and zeroed.
            assert_eq!(unsafe { *byte }, 0);
        }
        Self { ptr, layout }
    }

    fn resize(&mut self, size: usize) {
        // SAFETY: the block is the allocator's, by this layout, and no size here is zero.
        self.ptr = black_box(unsafe { realloc(self.ptr, self.layout, size) });
        self.layout = Layout::from_size_align(size, self.layout.align()).unwrap();
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the block is the allocator's, by this layout.
        unsafe { dealloc(self.ptr, self.layout) };
    }
}

/// The figures of a usage in the order of its fields; `bytes_freed` follows from the others and is checked here.
fn figures(usage: Usage) -> (u64, u64, u64, u64, i64, u64) {
    let [allocated, freed] = [usage.bytes_allocated, usage.bytes_freed].map(|n| i64::try_from(n).unwrap());
    assert_eq!(allocated - freed, usage.live_bytes, "{usage:?}");
    (
        usage.allocations,
        usage.reallocations,
        usage.deallocations,
        usage.bytes_allocated,
        usage.live_bytes,
        usage.peak_bytes,
    )
}

fn usage_of<R>(work: impl FnOnce() -> R) -> (u64, u64, u64, u64, i64, u64) {
    let (result, usage) = measure(work);
    drop(result);
    figures(usage)
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(usage_of(|| ()), (0, 0, 0, 0, 0, 0));
    assert_eq!(usage_of(|| black_box(Vec::<u64>::new())), (0, 0, 0, 0, 0, 0));
}

#[test]
fn zero_sized_types_do_not_allocate() {
    assert_eq!(usage_of(|| black_box(Box::new(()))), (0, 0, 0, 0, 0, 0));
    assert_eq!(usage_of(|| black_box(vec![(); 1_000])), (0, 0, 0, 0, 0, 0));
}

#[test]
fn an_allocation_that_lives_and_one_that_does_not() {
    assert_eq!(usage_of(|| Block::new(100, 1)), (1, 0, 0, 100, 100, 100));
    assert_eq!(usage_of(|| drop(Block::new(100, 1))), (1, 0, 1, 100, 0, 100));
}

#[test]
fn every_alignment_by_every_method() {
    for align in [1, 2, 4, 8, 16, 32, 64, 4096] {
        for size in [1, 8, 15, 16, 17, 100, 5_000] {
            let bytes = size as u64;
            let signed = i64::try_from(size).unwrap();
            assert_eq!(usage_of(|| Block::new(size, align)), (1, 0, 0, bytes, signed, bytes));
            assert_eq!(usage_of(|| Block::zeroed(size, align)), (1, 0, 0, bytes, signed, bytes));
            let grown = usage_of(|| {
                let mut block = Block::new(size, align);
                block.resize(3 * size);
                assert!(block.ptr.addr().is_multiple_of(align));
            });
            assert_eq!(grown, (2, 1, 1, 4 * bytes, 0, 3 * bytes), "{size} bytes aligned to {align}");
        }
    }
}

#[test]
fn growing_is_an_allocation_of_the_new_size() {
    let mut block = Block::new(64, 8);
    // Live moves by the difference: the peak is 936 above the entry, not 1000.
    assert_eq!(usage_of(|| block.resize(1_000)), (1, 1, 0, 1_000, 936, 936));
}

#[test]
fn shrinking_frees_the_difference_and_allocates_nothing() {
    let mut block = Block::new(1_000, 8);
    assert_eq!(usage_of(|| block.resize(64)), (0, 0, 0, 0, -936, 0));
    assert_eq!(usage_of(|| block.resize(64)), (0, 0, 0, 0, 0, 0));
}

#[test]
fn growth_of_a_vec() {
    let grown = usage_of(|| {
        let mut list = Vec::new();
        for n in 0..9_u64 {
            list.push(black_box(n));
        }
        list
    });
    // 0 -> 4 -> 8 -> 16 elements of eight bytes.
    assert_eq!(grown, (3, 2, 0, 32 + 64 + 128, 128, 128));
}

#[test]
fn freeing_what_was_there_before_is_negative() {
    let block = Block::new(500, 8);
    assert_eq!(usage_of(|| drop(block)), (0, 0, 1, 0, -500, 0));
}

#[test]
fn the_peak_is_the_highest_moment() {
    let usage = usage_of(|| {
        let first = Block::new(1_000, 1);
        drop(Block::new(500, 1));
        drop(first);
        drop(Block::new(1_200, 1));
    });
    assert_eq!(usage, (3, 0, 3, 2_700, 0, 1_500));
}

#[test]
fn nested_peaks_are_not_added_up() {
    let (inner, outer) = measure(|| {
        let kept = Block::new(100, 1);
        let ((), first) = measure(|| drop(Block::new(1_000, 1)));
        let ((), second) = measure(|| drop(Block::new(700, 1)));
        drop(kept);
        (first.peak_bytes, second.peak_bytes)
    });
    assert_eq!(inner, (1_000, 700));
    assert_eq!(figures(outer), (3, 0, 3, 1_800, 0, 1_100));
}

#[test]
fn an_inner_peak_below_the_outer_one_does_not_lower_it() {
    let ((), outer) = measure(|| {
        drop(Block::new(2_000, 1));
        measure(|| drop(Block::new(10, 1)));
        drop(Block::new(1_999, 1));
    });
    assert_eq!(outer.peak_bytes, 2_000);
}

#[test]
fn a_peak_after_frees_of_older_memory_counts_from_the_entry() {
    let old = Block::new(1_000, 1);
    let usage = usage_of(|| {
        drop(old);
        Block::new(300, 1)
    });
    assert_eq!(usage, (1, 0, 1, 300, -700, 0));
}

#[test]
fn a_request_that_fails_leaves_no_trace() {
    let mut list = Vec::<u8>::with_capacity(10);
    let mut huge = Vec::<u64>::new();
    let usage = usage_of(|| {
        assert!(black_box(&mut list).try_reserve_exact(isize::MAX as usize - 10).is_err());
        assert!(black_box(&mut huge).try_reserve_exact(isize::MAX as usize / 8).is_err());
    });
    assert_eq!(usage, (0, 0, 0, 0, 0, 0));
    // A later verdict is not spoilt either.
    assert_eq!(usage_of(|| Block::new(10, 1)), (1, 0, 0, 10, 10, 10));
}

#[test]
fn a_failing_request_below_an_earlier_peak_leaves_no_trace() {
    let usage = usage_of(|| {
        // Untouched pages: address space only.
        drop(black_box(Vec::<u8>::with_capacity(1 << 30)));
        assert!(Vec::<u8>::new().try_reserve_exact(1 << 62).is_err());
        let layout = Layout::from_size_align(1 << 29, 1 << 60).unwrap();
        // SAFETY: the size is not zero. No address is aligned like this, so it fails, below the peak of before.
        assert!(black_box(unsafe { alloc(layout) }).is_null());
    });
    assert_eq!(usage, (1, 0, 1, 1 << 30, 0, 1 << 30));
}

#[test]
fn millions_of_calls_are_counted_one_by_one() {
    let usage = usage_of(|| {
        for _ in 0..1_000_000 {
            drop(Block::new(300, 8));
        }
    });
    assert_eq!(usage, (1_000_000, 0, 1_000_000, 300_000_000, 0, 300));
}

#[test]
fn usage_reads_as_a_line() {
    let ((), usage) = measure(|| {
        let mut block = Block::new(8, 8);
        block.resize(16);
    });
    assert_eq!(
        usage.to_string(),
        "2 allocations (1 of them reallocations), 24 bytes, peak 16 bytes, 1 deallocation, live 0 bytes"
    );
}
