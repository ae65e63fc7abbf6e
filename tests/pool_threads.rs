//! `Pool` and threads: bounds hold under many, values outlive the threads that used them, leases move and end anywhere.
//!
//! Run with: `cargo test -p alloc-kit-tests --test pool_threads`. Every order of a few steps is in `pool_loom.rs`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

use std::cell::RefCell;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use alloc_kit::{ArcLease, Lease, Pool, Reuse, measure, no_alloc};

/// Text, of which the living are counted.
#[derive(Debug)]
struct Counted(&'static AtomicI64, String);

impl Counted {
    fn new(alive: &'static AtomicI64) -> Self {
        alive.fetch_add(1, Relaxed);
        Self(alive, String::new())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Reuse for Counted {
    fn reset(&mut self) {
        self.1.clear();
    }

    fn retained_bytes(&self) -> usize {
        self.1.capacity()
    }
}

#[test]
fn the_bounds_hold_under_threads() {
    static ALIVE: AtomicI64 = AtomicI64::new(0);
    for (threads, own_values) in [(2, 0), (2, 2), (8, 0), (8, 2)] {
        let pool = Pool::with(|| Counted::new(&ALIVE)).max_values(4).max_bytes(100).own_values(own_values);
        let start = Barrier::new(threads);
        thread::scope(|scope| {
            for thread in 0..threads {
                let (pool, start) = (&pool, &start);
                scope.spawn(move || {
                    start.wait();
                    for round in 0..2_000 {
                        let mut lease = pool.lease();
                        assert!(lease.1.is_empty());
                        lease.1.push_str(&"x".repeat(if round % 100 == 0 { 200 } else { 20 }));
                        if round % 7 == thread % 7 {
                            thread::yield_now();
                        }
                        let mut nested = pool.lease();
                        nested.1.push('y');
                        assert_eq!((lease.1.len() % 20, &*nested.1), (0, "y"));
                        drop(lease);
                        let stats = pool.stats();
                        assert!(stats.values_kept <= 4 && stats.retained_bytes <= 400, "{stats:?}");
                    }
                });
            }
        });
        let stats = pool.stats();
        assert_eq!(stats.reused + stats.made, 4_000 * threads as u64);
        assert_eq!(stats.values_leased, 0);
        assert_eq!(stats.values_kept, ALIVE.load(Relaxed).unsigned_abs());
        assert!(stats.values_kept <= 4 && stats.retained_bytes <= 400, "{stats:?}");
        drop(pool);
        assert_eq!(ALIVE.load(Relaxed), 0);
    }
}

#[test]
fn the_first_leases_of_a_pool_at_a_time() {
    let at_once = Barrier::new(2);
    let pools: Vec<_> = (0..300).map(|_| Pool::<String>::new().max_values(2)).collect();
    let lease_all = || {
        // The first of the thread, too.
        drop(Pool::<String>::new().lease());
        let ((), usage) = measure(|| {
            for pool in &pools {
                at_once.wait();
                pool.lease().push('x');
            }
        });
        usage.live_bytes
    };
    let live_bytes = thread::scope(|scope| {
        let other = scope.spawn(lease_all);
        lease_all() + other.join().unwrap()
    });
    let mut kept_bytes = 0;
    for stats in pools.iter().map(Pool::stats) {
        assert!(stats.reused + stats.made == 2 && (1..=2).contains(&stats.values_kept), "{stats:?}");
        kept_bytes += 2 * 128 + stats.retained_bytes;
    }
    // Slots that both made are not left behind.
    assert_eq!(live_bytes, kept_bytes.cast_signed());
}

#[no_alloc]
fn warm(pool: &Pool<String>) {
    let mut line = pool.lease();
    assert!(line.capacity() >= 50);
    line.push_str("a line");
}

#[test]
fn what_a_thread_leaves_is_there_for_the_next() {
    let pool = Pool::with(|| String::with_capacity(50)).max_values(2);
    // Each is a thread's own once, one after the other, and no other value is made.
    for _ in 0..600 {
        thread::scope(|scope| scope.spawn(|| (0..3).for_each(|_| pool.lease().push('x'))).join().unwrap());
    }
    assert_eq!((pool.stats().made, pool.stats().reused), (1, 1_799));
    // Not even in a thread that has not leased before.
    thread::scope(|scope| scope.spawn(|| (0..3).for_each(|_| warm(&pool))).join().unwrap());
    assert_eq!(pool.stats().made, 1);
}

#[test]
fn of_a_living_threads_own_no_other_thread_has_use() {
    let pool = Pool::<String>::new().max_values(2);
    pool.lease().push_str("its own from here on");
    drop(pool.lease());
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            pool.lease().push('x');
            let both = (pool.try_lease(), pool.try_lease());
            (both.0.is_ok(), both.1.is_ok())
        });
        assert_eq!(other.join().unwrap(), (true, false));
        // Nor can it be cleared from there, but it is asked for.
        scope.spawn(|| pool.give_back()).join().unwrap();
    });
    assert_eq!((pool.stats().values_kept, pool.stats().given_back), (1, 1));
    pool.lease().push('x');
    assert_eq!((pool.stats().values_kept, pool.stats().given_back), (0, 2));
}

#[test]
fn without_values_of_their_own_all_are_for_all() {
    let pool = Pool::<String>::new().max_values(1);
    pool.lease().push_str("anybody's");
    thread::scope(|scope| {
        assert!(scope.spawn(|| pool.lease().capacity() >= 9).join().unwrap());
        scope.spawn(|| pool.give_back()).join().unwrap();
    });
    assert_eq!((pool.stats().made, pool.stats().values_kept), (1, 0));
}

#[test]
fn a_lease_ends_on_another_thread() {
    let pool = Arc::new(Pool::<String>::new().max_values(2));
    let mut lease = pool.lease();
    lease.push_str("from here");
    thread::scope(|scope| {
        scope.spawn(move || {
            lease.push_str(" to there");
            assert_eq!(*lease, "from here to there");
        });
    });
    assert!(pool.lease().capacity() >= 18);
    let mut lease = pool.lease_arc();
    let weak = Arc::downgrade(&pool);
    lease.push('x');
    drop(pool);
    thread::spawn(move || drop(lease)).join().unwrap();
    assert_eq!(weak.strong_count(), 0);
}

#[test]
fn leases_while_a_threads_locals_are_dropped() {
    static POOL: Pool<String> = Pool::new();
    /// Leases when it is dropped.
    struct Last(mpsc::Sender<usize>, Option<Lease<'static, String>>);
    impl Drop for Last {
        fn drop(&mut self) {
            drop(self.1.take());
            let mut lease = POOL.lease();
            lease.push_str("last");
            self.0.send(lease.len()).unwrap();
        }
    }
    thread_local! {
        static BEFORE: RefCell<Option<Last>> = const { RefCell::new(None) };
        static AFTER: RefCell<Option<Last>> = const { RefCell::new(None) };
    }
    let (sender, ends) = mpsc::channel();
    for leases_first in [true, false] {
        let sender = sender.clone();
        let thread = thread::spawn(move || {
            // Dropped in some order with what tells the pool that the thread is over.
            BEFORE.set(Some(Last(sender.clone(), None)));
            let lease = leases_first.then(|| POOL.lease());
            AFTER.set(Some(Last(sender, lease)));
        });
        thread.join().unwrap();
    }
    drop(sender);
    assert_eq!(ends.iter().collect::<Vec<_>>(), [4; 4]);
    let stats = POOL.stats();
    assert_eq!((stats.values_leased, stats.reused + stats.made), (0, 5));
    // None is kept for a thread that is over.
    let all: Vec<_> = (0..16).map(|_| POOL.try_lease().unwrap()).collect();
    assert_eq!(all.iter().filter(|lease| lease.capacity() > 0).count() as u64, stats.values_kept);
}

#[test]
fn once_it_is_over_a_thread_has_nothing_of_its_own() {
    static POOL: Pool<String> = Pool::new().max_values(2);
    /// Tells what it gets when it is dropped.
    struct Last(mpsc::Sender<usize>);
    impl Drop for Last {
        fn drop(&mut self) {
            self.0.send(POOL.lease().capacity()).unwrap();
        }
    }
    thread_local! {
        static BEFORE: RefCell<Option<Last>> = const { RefCell::new(None) };
        static AFTER: RefCell<Option<Last>> = const { RefCell::new(None) };
    }
    let (sender, capacities) = mpsc::channel();
    let thread = thread::spawn(move || {
        BEFORE.set(Some(Last(sender.clone())));
        let (mut own, mut common) = (POOL.lease(), POOL.lease());
        AFTER.set(Some(Last(sender)));
        own.reserve_exact(100);
        common.reserve_exact(50);
    });
    thread.join().unwrap();
    // Whichever of the two comes after what makes it over gets the value that is for all.
    let mut capacities: Vec<_> = capacities.iter().collect();
    capacities.sort_unstable();
    assert_eq!(capacities, [50, 100]);
}

#[test]
fn the_first_lease_of_a_thread_in_a_drop_of_its_locals() {
    struct Only(&'static Pool<String>);
    impl Drop for Only {
        fn drop(&mut self) {
            self.0.lease().push('x');
        }
    }
    static POOL: Pool<String> = Pool::new();
    thread_local!(static ONLY: Only = const { Only(&POOL) });
    thread::spawn(|| ONLY.with(|only| assert_eq!(only.0.stats().made, 0))).join().unwrap();
    assert_eq!(POOL.stats().made, 1);
    let all: Vec<_> = (0..16).map(|_| POOL.try_lease().unwrap()).collect();
    assert!(all.iter().any(|lease| lease.capacity() > 0));
}

#[test]
fn in_tasks() {
    async fn echo(mut line: ArcLease<String>, text: &str) -> usize {
        line.push_str(text);
        tokio::task::yield_now().await;
        assert_eq!(*line, text);
        line.len()
    }
    let pool = Arc::new(Pool::<String>::new());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..100)
            .map(|task| {
                let line = pool.lease_arc();
                tokio::spawn(async move { echo(line, &task.to_string()).await })
            })
            .collect();
        for task in tasks {
            assert!((1..=2).contains(&task.await.unwrap()));
        }
        // Aborted at the await.
        let line = pool.lease_arc();
        let waits = tokio::spawn(async move {
            std::future::pending::<()>().await;
            drop(line);
        });
        tokio::task::yield_now().await;
        waits.abort();
        assert!(waits.await.unwrap_err().is_cancelled());
    });
    let stats = pool.stats();
    assert_eq!((stats.values_leased, stats.reused + stats.made), (0, 101));
    assert!(stats.values_kept <= 16);
}
