//! A `Pool` that threads lease from while others come and go, give their leases away, and clear it: not asserted much, but
//! under Miri, with a seed for each order of things, a race or a stale read is seen that hardware and loom do not show.
//!
//! Run with: `cargo test -p alloc-kit-tests --test pool_races`, and `.ci/memory miri`.

use std::sync::{Arc, mpsc};
use std::thread;

use alloc_kit::{Lease, Pool};

static POOL: Pool<String> = Pool::new().max_values(4);

/// Each thread's leases, of which some go to the thread that ends them.
fn work(rounds: usize, ends: &mpsc::Sender<Lease<'static, String>>) {
    for round in 0..rounds {
        let mut first = POOL.lease();
        first.push_str("first");
        let mut second = POOL.lease();
        second.push('x');
        let (third, _fourth) = (POOL.lease(), POOL.lease());
        assert_eq!((first.as_str(), second.as_str(), third.as_str()), ("first", "x", ""));
        if round % 3 == 0 {
            ends.send(first).expect("the thread that ends them");
        } else {
            drop(first);
        }
        if round % 5 == 4 {
            POOL.give_back();
            drop(POOL.try_lease().map(Lease::into_inner));
        }
        let stats = POOL.stats();
        assert!(stats.values_kept <= 4 && stats.values_leased <= 4 * 5 + stats.overflowed, "{stats:?}");
    }
}

#[test]
fn threads_that_come_and_go() {
    let rounds = if cfg!(miri) { 6 } else { 5_000 };
    let (ends, ended) = mpsc::channel();
    let end =
        thread::spawn(move || ended.into_iter().for_each(|mut lease: Lease<'_, String>| lease.push('z')));
    for _ in 0..3 {
        thread::scope(|threads| {
            for _ in 0..4 {
                let ends = ends.clone();
                threads.spawn(move || work(rounds, &ends));
            }
        });
    }
    drop(ends);
    end.join().expect("no panic");
    let stats = POOL.stats();
    assert_eq!(stats.values_leased, 0);
    // Each round has its four leases, and each fifth one more, unless all are leased.
    let leases = 12 * rounds as u64 * 4;
    assert!((leases..=leases + leases / 20).contains(&(stats.reused + stats.made)), "{stats:?}");
}

#[test]
fn the_last_lease_ends_the_pool_elsewhere() {
    let pool = Arc::new(Pool::<Vec<u64>>::new().max_values(1));
    let (mut held, mut overflows) = (pool.lease_arc(), pool.lease_arc());
    held.push(1);
    overflows.push(2);
    drop(pool);
    let ends = thread::spawn(move || {
        drop(overflows);
        held.push(3);
        held.into_inner()
    });
    assert_eq!(ends.join().expect("no panic"), [1, 3]);
}
