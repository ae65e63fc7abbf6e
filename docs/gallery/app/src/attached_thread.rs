//! A thread that a `Handle` attached
//!
//! A batch runs on a worker thread, which is counted, too. The worker copies the batch.
//!
//! ```text
//! $ cargo test attached_thread::batch_on_a_worker
//! ```
//!
//! The line is the worker's. Mended: the worker borrows the batch, since it ends before the function does. (A thread by itself costs
//! some allocations, which the budget has to leave room for.)

use std::thread;

use alloc_kit::{Handle, alloc_budget};

#[alloc_budget(bytes = 4096)]
fn sum(batch: &[u64]) -> u64 {
    let handle = Handle::current();
    let work = || handle.attach(|| batch.to_vec().iter().sum());
    thread::scope(|scope| scope.spawn(work).join().expect("a sum does not panic"))
}

#[test]
fn batch_on_a_worker() {
    assert_eq!(sum(&[1; 1000]), 1000);
}

mod mended {
    use std::thread;

    use alloc_kit::{Handle, alloc_budget};

    #[alloc_budget(bytes = 4096)]
    fn sum(batch: &[u64]) -> u64 {
        let handle = Handle::current();
        let work = || handle.attach(|| batch.iter().sum());
        thread::scope(|scope| scope.spawn(work).join().expect("a sum does not panic"))
    }

    #[test]
    fn batch_on_a_worker() {
        assert_eq!(sum(&[1; 1000]), 1000);
    }
}
