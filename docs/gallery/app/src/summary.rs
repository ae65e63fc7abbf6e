//! The end of the process
//!
//! The test ignores what became of its thread, so that libtest calls it passed. The process says at its end what was broken, past what
//! is captured.
//!
//! ```text
//! $ cargo test summary::worker_counts
//! ```
//!
//! Mended: the test unwraps what `join` gives; then it fails by itself. The budget is mended as in all other cases.

use std::thread;

use alloc_kit::no_alloc;

#[no_alloc]
fn work(line: &str) -> usize {
    line.split(',').collect::<Vec<_>>().len()
}

#[test]
fn worker_counts() {
    let _ = thread::spawn(|| work("a,b,c")).join();
}

mod mended {
    use std::thread;

    use alloc_kit::no_alloc;

    #[no_alloc]
    fn work(line: &str) -> usize {
        line.split(',').count()
    }

    #[test]
    fn worker_counts() {
        assert_eq!(thread::spawn(|| work("a,b,c")).join().expect("a count"), 3);
    }
}
