//! `Pool` and more threads at a time than are told apart: a process of its own, since those are all of a process's.
//!
//! Run with: `cargo test -p alloc-kit-tests --test pool_many_threads`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

use std::sync::Barrier;
use std::thread;

use alloc_kit::Pool;

#[test]
fn more_threads_at_a_time_than_have_numbers() {
    let pool = Pool::<String>::new().max_values(4);
    let all = Barrier::new(300);
    thread::scope(|scope| {
        for _ in 0..300 {
            scope.spawn(|| {
                pool.lease().push('x');
                all.wait();
                pool.lease().push('x');
            });
        }
    });
    let stats = pool.stats();
    assert_eq!((stats.reused + stats.made, stats.values_leased), (600, 0));
    assert!(stats.values_kept <= 4);
    // Now there are numbers again: the one of two values that is a thread's own is nobody else's.
    let pool = Pool::<String>::new().max_values(2);
    let leases = || [pool.try_lease(), pool.try_lease()].map(|lease| lease.is_ok());
    thread::scope(|scope| {
        let own = scope.spawn(|| {
            drop(pool.lease());
            thread::scope(|scope| scope.spawn(leases).join().unwrap())
        });
        assert_eq!(own.join().unwrap(), [true, false]);
        assert_eq!(scope.spawn(leases).join().unwrap(), [true, true]);
    });
}
