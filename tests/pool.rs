//! `Pool` on one thread: values are reused without an allocation, in number and in bytes no more than are kept at most.
//!
//! Run with: `cargo test -p alloc-kit-tests --test pool`. Threads, panics and a plain model are in files of their own.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

use std::error::Error;
use std::mem;
use std::sync::Arc;

use alloc_kit::{LeaseError, OutOfMemory, Pool, PoolStats, Reuse, alloc_budget, fail_nth, measure, no_alloc};

/// Some text through a lease; gives its length and the capacity that it was in.
#[no_alloc]
fn shout(pool: &Pool<String>, text: &str) -> (usize, usize) {
    let mut line = pool.lease();
    line.push_str(text);
    line.push('!');
    (line.len(), line.capacity())
}

#[test]
fn the_steady_state_allocates_nothing() {
    static LINES: Pool<String> = Pool::with(|| String::with_capacity(100));
    drop(LINES.lease());
    for n in 0..1_000 {
        let text = &"x".repeat(99)[..n % 99];
        assert_eq!(shout(&LINES, text), (text.len() + 1, 100));
    }
    assert_eq!(LINES.stats().made, 1);
    assert_eq!(LINES.stats().reused, 1_000);
}

#[test]
fn the_steady_state_of_arc_leases_nested_and_common_ones() {
    #[no_alloc(warmup = 1, deallocations = 0)]
    fn leases(pool: &Arc<Pool<String>>) {
        let mut first = pool.lease_arc();
        first.push('a');
        let mut second = pool.try_lease().unwrap();
        second.push('b');
        let third = pool.try_lease_arc().unwrap();
        assert_eq!((&**first, &**second, &**third), ("a", "b", ""));
    }
    for own_values in [0, 1] {
        let make = || String::with_capacity(8);
        let pool = Arc::new(Pool::with(make).max_values(3).own_values(own_values));
        (0..2).for_each(|_| drop([pool.lease(), pool.lease(), pool.lease()]));
        leases(&pool);
        leases(&pool);
        assert_eq!(pool.stats().values_kept, 3);
        assert_eq!(pool.stats().made, 3, "own values: {own_values}");
    }
}

#[test]
fn a_pool_that_is_not_used_costs_nothing() {
    #[no_alloc]
    fn made_and_dropped() -> PoolStats {
        let pool = Pool::<Vec<u64>>::new();
        pool.give_back();
        pool.stats()
    }
    assert_eq!(made_and_dropped(), PoolStats::default());
}

#[test]
fn the_first_lease_makes_the_slots_in_one_allocation() {
    #[alloc_budget(1, bytes = 16 * 128)]
    fn first(pool: &Pool<Vec<u64>>) {
        assert!(pool.lease().is_empty());
    }
    // The first lease of the thread may also have to see to its end.
    drop(Pool::<Vec<u64>>::new().lease());
    first(&Pool::new());
}

#[test]
fn a_large_buffer_is_given_back() {
    let pool = Pool::<Vec<u8>>::new();
    let (kept, usage) = measure(|| {
        pool.lease().resize(100_000_000, 1);
        pool.stats()
    });
    assert_eq!((kept.values_kept, kept.retained_bytes, kept.given_back), (0, 0, 1));
    assert!(usage.live_bytes <= 16 * 128, "{usage:?}");
    // At the bound, and just above it.
    *pool.lease() = Vec::with_capacity(64 << 10);
    assert_eq!(pool.stats().retained_bytes, 64 << 10);
    *pool.lease() = Vec::with_capacity((64 << 10) + 1);
    assert_eq!(pool.stats().retained_bytes, 0);
    let narrow = Pool::<Vec<u8>>::new().max_bytes(10);
    *narrow.lease() = Vec::with_capacity(11);
    assert_eq!((narrow.stats().retained_bytes, narrow.stats().given_back), (0, 1));
    *narrow.lease() = Vec::with_capacity(10);
    assert_eq!((narrow.stats().retained_bytes, narrow.stats().given_back), (10, 1));
}

#[test]
fn no_more_values_are_kept_than_it_may() {
    let pool = Pool::<Vec<u8>>::new().max_values(3);
    let mut leases: Vec<_> = (0..5).map(|_| pool.lease()).collect();
    for lease in &mut leases {
        lease.push(1);
    }
    let stats = pool.stats();
    assert_eq!((stats.values_leased, stats.values_kept, stats.made, stats.overflowed), (5, 0, 5, 2));
    let ((), usage) = measure(|| leases.clear());
    // The buffers of two, and what these were in.
    assert_eq!(usage.deallocations, 4);
    let stats = pool.stats();
    assert_eq!((stats.values_leased, stats.values_kept, stats.retained_bytes), (0, 3, 24));
    assert_eq!((stats.reused, stats.given_back), (0, 0));
}

#[test]
fn a_pool_of_none_keeps_nothing() {
    let pool = Pool::<String>::new().max_values(0);
    pool.lease().push('a');
    assert!(pool.lease().is_empty());
    assert_eq!((pool.stats().values_kept, pool.stats().overflowed), (0, 2));
    assert_eq!(pool.try_lease().unwrap_err(), LeaseError::AllLeased);
}

#[test]
fn try_lease_makes_no_more_values_than_are_kept() {
    let pool = Arc::new(Pool::<String>::new().max_values(2));
    let (one, two) = (pool.try_lease().unwrap(), pool.try_lease_arc().unwrap());
    let error: Box<dyn Error> = pool.try_lease().unwrap_err().into();
    assert_eq!(error.to_string(), "all values of the pool are leased");
    assert_eq!(pool.try_lease_arc().unwrap_err(), LeaseError::AllLeased);
    assert!(pool.lease().is_empty());
    drop(one);
    assert!(pool.try_lease().is_ok());
    drop(two);
    assert_eq!((pool.stats().overflowed, pool.stats().made), (1, 3));
}

#[test]
fn try_lease_without_memory_for_the_slots() {
    drop(Pool::<String>::new().lease());
    let pool = Pool::<String>::new();
    let refused = fail_nth(1, || pool.try_lease().unwrap_err());
    assert!(matches!(refused, LeaseError::OutOfMemory(OutOfMemory { bytes: 128.., .. })), "{refused:?}");
    assert!(refused.to_string().starts_with("no slots for the pool: out of memory: "), "{refused}");
    assert!(pool.try_lease().is_ok());
}

#[test]
fn a_value_can_be_taken_out() {
    let pool = Arc::new(Pool::<String>::new().max_values(1));
    let mut lease = pool.lease();
    lease.push_str("mine");
    let mut overflow = pool.lease_arc();
    overflow.push_str("mine, too");
    assert_eq!((lease.into_inner(), overflow.into_inner()), ("mine".to_owned(), "mine, too".to_owned()));
    let stats = pool.stats();
    assert_eq!((stats.values_leased, stats.values_kept, stats.made, stats.given_back), (0, 0, 2, 0));
    assert!(pool.lease().is_empty());
    assert_eq!(Arc::strong_count(&pool), 1);
}

#[test]
fn give_back_frees_idle_values_at_once_and_leased_ones_at_their_end() {
    for own_values in [0, 2] {
        let pool = Pool::<Vec<u8>>::with(|| vec![0; 100]).max_values(4).own_values(own_values);
        let mut leases: Vec<_> = (0..4).map(|_| pool.lease()).collect();
        leases.truncate(1);
        assert_eq!(pool.stats().retained_bytes, 300);
        let ((), usage) = measure(|| pool.give_back());
        assert_eq!((usage.deallocations, usage.bytes_freed), (3, 300));
        assert_eq!(pool.stats().values_kept, 0);
        assert_eq!(leases[0].len(), 100);
        leases.clear();
        assert_eq!((pool.stats().values_kept, pool.stats().given_back), (0, 4));
        // Once.
        drop(pool.lease());
        assert_eq!((pool.stats().values_kept, pool.stats().given_back), (1, 4));
    }
}

#[test]
fn a_forgotten_lease_stays_leased_and_its_value_goes_with_the_pool() {
    let alive = Arc::new(());
    let pool = Pool::<Vec<Arc<()>>>::new().max_values(2);
    let mut lease = pool.lease();
    lease.push(Arc::clone(&alive));
    mem::forget(lease);
    for _ in 0..3 {
        pool.lease().push(Arc::clone(&alive));
    }
    let stats = pool.stats();
    assert_eq!((stats.values_leased, stats.values_kept, stats.overflowed), (1, 1, 0));
    pool.give_back();
    assert_eq!(Arc::strong_count(&alive), 2);
    drop(pool);
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn values_of_no_size_and_of_large_alignment() {
    #[derive(Default)]
    struct Nothing;
    #[derive(Default)]
    #[repr(align(4096))]
    struct Page(u8);
    impl Reuse for Nothing {
        fn reset(&mut self) {}
        fn retained_bytes(&self) -> usize {
            0
        }
    }
    impl Reuse for Page {
        fn reset(&mut self) {
            self.0 = 0;
        }
        fn retained_bytes(&self) -> usize {
            0
        }
    }
    let nothing = Pool::<Nothing>::new().max_values(1);
    let leases = (nothing.lease(), nothing.lease());
    drop(leases);
    assert_eq!((nothing.stats().values_kept, nothing.stats().overflowed), (1, 1));
    let pages = Pool::<Page>::new().max_values(2);
    let mut leases = [pages.lease(), pages.lease(), pages.lease()];
    for lease in &mut leases {
        lease.0 = 7;
        assert!(std::ptr::from_ref(&**lease).cast::<u8>().addr().is_multiple_of(4096));
    }
    drop(leases);
    assert_eq!(pages.lease().0, 0);
}

#[test]
fn more_values_than_can_be_are_refused() {
    let message = |call: fn()| *std::panic::catch_unwind(call).unwrap_err().downcast::<&str>().unwrap();
    let too_many = "a pool keeps at most 65,536 values";
    assert_eq!(message(|| drop(Pool::<u8>::new().max_values(usize::MAX))), too_many);
    assert_eq!(message(|| drop(Pool::<u8>::new().max_values(65_537))), too_many);
    let too_large = "the slots of a pool take at most 2 GiB: box its values";
    assert_eq!(
        message(|| drop(Pool::<[u8; 1 << 15]>::with(|| unreachable!()).max_values(65_536))),
        too_large
    );
    let too_many = "more values would be a thread's own than there are";
    assert_eq!(message(|| drop(Pool::<u8>::new().own_values(17))), too_many);
    let most = Pool::<u8>::new().max_values(65_536);
    drop(most.lease());
    assert_eq!(most.stats().values_kept, 1);
}

/// The slots are made by then: more of them would lie behind the end.
#[test]
fn bounds_are_refused_after_the_first_lease() {
    fn used() -> Pool<String> {
        let pool = Pool::new();
        drop(pool.lease());
        pool
    }
    let too_late = "the bounds of a pool are set before its first lease";
    for call in [|| drop(used().max_values(64)), || drop(used().max_bytes(1)), || drop(used().own_values(0))]
    {
        assert_eq!(*std::panic::catch_unwind(call).unwrap_err().downcast::<&str>().unwrap(), too_late);
    }
}

/// Miri sees it if a look at a value ends the ones before it.
#[test]
fn several_look_at_one_value() {
    let pool = Pool::<String>::new().max_values(1);
    for mut lease in [pool.lease(), pool.lease()] {
        lease.push_str("text");
        let (first, second) = (&*lease, &*lease);
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!((first.as_str(), lease.as_str()), ("text", "text")));
            assert_eq!((first, second), (&*lease, first));
        });
    }
}

#[test]
fn what_debug_shows() {
    let pool = Pool::<String>::new();
    let mut lease = pool.lease();
    lease.push_str("text");
    assert_eq!(format!("{lease:?}"), "\"text\"");
    drop(lease);
    let shown = format!("{pool:?}");
    let expected =
        "Pool { max_values: 16, max_bytes: 65536, stats: PoolStats { values_kept: 1, retained_bytes: 8, ";
    assert!(shown.starts_with(expected), "{shown}");
}
