//! Futures on tokio: its tests, its threads, and its `select!`.
//!
//! Run with: `cargo test -p alloc-kit-tests --test async_tokio`, also with `--release`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

mod futures;

use std::future::pending;
use std::hint::black_box;
use std::time::Duration;

use alloc_kit::{alloc_budget, no_alloc};
use futures::{allocate, broken, title, yield_now};

#[no_alloc]
#[tokio::test]
async fn a_test_of_tokio() {
    assert_eq!(black_box(1) + 1, 2);
    yield_now().await;
}

#[no_alloc]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic(expected = "`a_test_of_tokio_that_breaks` made 1 heap allocation (3 bytes); its budget is 0")]
async fn a_test_of_tokio_that_breaks() {
    yield_now().await;
    allocate(3);
}

#[test]
fn on_tokio_with_one_thread_and_with_many() {
    let builders =
        [tokio::runtime::Builder::new_current_thread(), tokio::runtime::Builder::new_multi_thread()];
    for mut builder in builders {
        let runtime = builder.worker_threads(4).enable_time().build().unwrap();
        runtime.block_on(async {
            let mut tasks = Vec::new();
            for n in 0..200_u32 {
                tasks.push(tokio::spawn(async move {
                    for _ in 0..10 {
                        allocate(500);
                        assert_eq!(on_tokio(n % 7).await, n % 7);
                    }
                }));
                tasks.push(tokio::spawn(async move {
                    let broken = tokio::spawn(lies_on_tokio(n)).await.unwrap_err().into_panic();
                    let message = *broken.downcast::<String>().unwrap();
                    let expected =
                        "alloc-kit: `lies_on_tokio` made 2 heap allocations (6 bytes); its budget is 1";
                    assert_eq!(title(&message), expected);
                }));
            }
            for task in tasks {
                task.await.unwrap();
            }
        });
    }
}

#[alloc_budget(n, bytes = 100 * u64::from(n), live_bytes = 0)]
async fn on_tokio(n: u32) -> u32 {
    for _ in 0..n {
        let kept = black_box(vec![1_u8; 100]);
        yield_now().await;
        drop(kept);
    }
    n
}

#[alloc_budget(1)]
async fn lies_on_tokio(n: u32) {
    allocate(3);
    for _ in 0..n % 5 {
        yield_now().await;
    }
    allocate(3);
}

#[test]
fn the_losing_branch_of_a_select_is_judged() {
    #[no_alloc]
    async fn loses() {
        allocate(4);
        pending::<()>().await;
    }
    #[no_alloc]
    async fn loses_within() {
        pending::<()>().await;
    }
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        tokio::select! {
            () = loses_within() => unreachable!(),
            () = tokio::time::sleep(Duration::from_millis(1)) => {}
        }
    });
    let message = broken(|| {
        runtime.block_on(async {
            tokio::select! {
                () = loses() => unreachable!(),
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
        });
    });
    assert_eq!(title(&message), "alloc-kit: `loses` made 1 heap allocation (4 bytes); its budget is 0");
}
