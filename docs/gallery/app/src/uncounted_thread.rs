//! A thread that is not counted
//!
//! A function hands its work to a thread. What that costs is excepted; the text of the result is not. The message also says that a thread
//! was started, and that of its own allocations nothing is known.
//!
//! ```text
//! $ cargo test uncounted_thread::sum_in_words
//! ```
//!
//! Mended: the function gives the number; and in the thread the sum is made without the copy, which a `Handle` would have shown.

use std::thread;

use alloc_kit::{allow_alloc, no_alloc};

#[no_alloc]
fn sum(batch: &[u64]) -> String {
    let work = || batch.to_vec().iter().sum::<u64>();
    let sum = allow_alloc!(
        "what a thread costs",
        thread::scope(|scope| scope.spawn(work).join().expect("a sum does not panic"))
    );
    sum.to_string()
}

#[test]
fn sum_in_words() {
    assert_eq!(sum(&[1; 1000]), "1000");
}

mod mended {
    use std::thread;

    use alloc_kit::{Handle, allow_alloc, no_alloc};

    #[no_alloc]
    fn sum(batch: &[u64]) -> u64 {
        let handle = Handle::current();
        let work = || handle.attach(|| batch.iter().sum());
        allow_alloc!(
            "what a thread costs",
            thread::scope(|scope| scope.spawn(work).join().expect("a sum does not panic"))
        )
    }

    #[test]
    fn sum_in_words() {
        assert_eq!(sum(&[1; 1000]), 1000);
    }
}
