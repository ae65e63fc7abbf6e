//! Forms of functions whose work is a future's, and macros that wait.
//!
//! Run with: `cargo test -p alloc-kit-tests --test async_forms`, also with `--release`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

mod futures;

use std::error::Error;
use std::future::{Future, ready};
use std::hint::black_box;
use std::panic::{self, Location};
use std::pin::Pin;

use alloc_kit::{
    alloc_allowed, alloc_budget, assert_alloc_budget, assert_no_alloc, measure_future, no_alloc,
};
use async_trait::async_trait;
use futures::{allocate, block_on, block_on_quietly, broken, title, waits};

#[no_alloc]
fn gives_future(n: u32) -> impl Future<Output = u32> + Send {
    let made = black_box(n + 1);
    async move {
        waits(2).await;
        made
    }
}

#[no_alloc]
fn makes_with_allocation(n: u8) -> impl Future<Output = usize> {
    let list = black_box(vec![n; 5]);
    async move {
        waits(1).await;
        list.len()
    }
}

#[no_alloc]
fn early(text: &str) -> impl Future<Output = usize> + use<> {
    if text.is_empty() {
        return ready(0);
    }
    ready(text.len())
}

#[alloc_budget(1, bytes = 256)]
fn gives_boxed<'a>(text: &'a str) -> Pin<Box<dyn Future<Output = usize> + Send + 'a>> {
    Box::pin(async move {
        waits(1).await;
        text.len()
    })
}

#[no_alloc]
fn boxed_over_budget(n: usize) -> Pin<Box<dyn Future<Output = usize>>> {
    if n == 0 {
        return Box::pin(ready(0));
    }
    Box::pin(async move { n })
}

#[test]
fn functions_that_give_a_future_are_judged_by_its_making_and_its_polls() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    assert_eq!(block_on(is_send(gives_future(1))), 2);
    assert_eq!((block_on(early("")), block_on(early("abc"))), (0, 3));
    let message = broken(|| block_on(makes_with_allocation(1)));
    let expected = "alloc-kit: `makes_with_allocation` made 1 heap allocation (5 bytes); its budget is 0";
    assert_eq!(title(&message), expected);
    // Dropped without a poll, it has made what it made.
    let message = broken(|| drop(makes_with_allocation(1)));
    assert_eq!(title(&message), expected);
    assert_eq!(block_on(gives_boxed("abc")), 3);
    let message = broken(|| block_on(boxed_over_budget(1)));
    assert!(
        title(&message).starts_with("alloc-kit: `boxed_over_budget` made 1 heap allocation ("),
        "{message}"
    );
}

/// Under `#[track_caller]` the future is made in the function itself.
#[no_alloc]
#[track_caller]
fn tracked(n: usize) -> impl Future<Output = u32> {
    let line = Location::caller().line();
    let list = black_box(vec![1_u8; n]);
    assert!(n < 9, "on purpose");
    async move {
        waits(1).await;
        drop(list);
        line
    }
}

#[alloc_budget(2)]
#[track_caller]
fn tracked_boxed(n: usize) -> Pin<Box<dyn Future<Output = u32>>> {
    let line = Location::caller().line();
    Box::pin(async move {
        allocate(n);
        waits(1).await;
        allocate(n);
        line
    })
}

#[alloc_allowed("a test")]
#[track_caller]
fn tracked_and_allowed(n: usize) -> impl Future<Output = (u32, usize)> {
    let line = Location::caller().line();
    let list = black_box(vec![1_u8; n]);
    async move {
        waits(1).await;
        allocate(n);
        (line, list.len())
    }
}

#[test]
fn futures_that_are_made_where_the_caller_is_seen() {
    assert_eq!(block_on(tracked(0)), line!());
    let expected = "alloc-kit: `tracked` made 1 heap allocation (3 bytes); its budget is 0";
    assert_eq!(title(&broken(|| block_on(tracked(3)))), expected);
    assert_eq!(title(&broken(|| drop(tracked(3)))), expected);
    let payload = panic::catch_unwind(|| drop(tracked(9))).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "on purpose");
    let message = broken(|| block_on(tracked_boxed(4)));
    assert!(title(&message).starts_with("alloc-kit: `tracked_boxed` made 3 heap allocations ("), "{message}");
    let ((), usage) = alloc_kit::measure(|| drop(tracked_boxed(4)));
    assert_eq!((usage.allocations, usage.deallocations, usage.live_bytes), (1, 1, 0));
    let allowed = block_on(async { assert_no_alloc!(tracked_and_allowed(5).await) });
    assert_eq!(allowed, (line!() - 1, 5));
}

#[test]
fn what_is_allocated_in_the_polls_of_a_future_that_was_given_counts_for_its_function() {
    #[no_alloc]
    fn opaque(n: usize) -> impl Future<Output = ()> {
        async move {
            waits(1).await;
            allocate(n);
        }
    }
    #[alloc_budget(1)]
    fn boxed(n: usize) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(async move {
            waits(1).await;
            allocate(n);
        })
    }
    let message = broken(|| block_on(opaque(9)));
    assert_eq!(title(&message), "alloc-kit: `opaque` made 1 heap allocation (9 bytes); its budget is 0");
    let message = broken(|| block_on(boxed(9)));
    assert!(title(&message).starts_with("alloc-kit: `boxed` made 2 heap allocations ("), "{message}");
}

#[test]
fn the_box_of_this_crate_is_in_no_figure() {
    let ((), usage) = alloc_kit::measure(|| drop(gives_boxed("abc")));
    assert_eq!((usage.allocations, usage.deallocations, usage.live_bytes), (1, 1, 0));
    let (length, usage) = alloc_kit::measure(|| block_on_quietly(gives_boxed("abc")));
    assert_eq!((length, usage.allocations, usage.deallocations, usage.live_bytes), (3, 1, 1, 0));
}

#[async_trait]
trait Store {
    async fn get(&self, key: &str) -> Result<usize, Box<dyn Error + Send + Sync>>;

    #[no_alloc]
    async fn has(&self, key: &str) -> bool {
        waits(1).await;
        !key.is_empty()
    }
}

struct Memory(Vec<usize>);

#[async_trait]
impl Store for Memory {
    #[alloc_budget(key.len() - 2)]
    async fn get(&self, key: &str) -> Result<usize, Box<dyn Error + Send + Sync>> {
        waits(1).await;
        for _ in 0..key.len() - 2 {
            allocate(self.0.len());
        }
        let number: usize = key.parse()?;
        Ok(self.0[number])
    }
}

#[test]
fn async_trait() {
    let store = Memory(vec![7]);
    // Each call is one box, which is the caller's.
    let (value, usage) = block_on_quietly(measure_future(async { store.get("000").await.unwrap() }));
    assert_eq!((value, usage.allocations), (7, 2));
    assert!(block_on(store.has("a")));
    let message = broken(|| block_on(store.get("xyz")));
    assert!(title(&message).starts_with("alloc-kit: `Memory::get` made "), "{message}");
}

struct Parser {
    text: String,
}

impl Parser {
    #[no_alloc]
    async fn by_ref(&self) -> &str {
        waits(1).await;
        &self.text
    }

    #[no_alloc]
    async fn by_mut(&mut self, (a, _): (usize, Vec<u8>), mut b: usize) -> usize {
        b += a;
        waits(1).await;
        self.text.truncate(b);
        b
    }

    #[no_alloc(deallocations = 0)]
    async fn by_value(self) -> usize {
        waits(1).await;
        self.text.len()
    }
}

#[no_alloc]
async fn question_mark(text: &str) -> Result<i32, Box<dyn Error>> {
    waits(1).await;
    let n: i32 = text.parse()?;
    if n > 100 {
        return Ok(100);
    }
    Ok(n)
}

#[no_alloc]
async fn coerces(none: bool) -> Result<(), Box<dyn Error>> {
    if none { Ok(()) } else { Err(Box::new(std::fmt::Error)) }
}

#[no_alloc]
async fn generic<T: Clone, F: Future<Output = T>>(of: F, n: impl Into<u64>) -> (T, u64) {
    (of.await, n.into())
}

#[no_alloc]
async fn opaque(n: u8) -> impl Iterator<Item = u8> {
    waits(1).await;
    0..n
}

#[no_alloc]
async fn nothing() {}

#[test]
fn methods_generics_and_early_returns() {
    let mut parser = Parser { text: String::from("abc") };
    assert_eq!(block_on(parser.by_ref()), "abc");
    assert_eq!(block_on(parser.by_mut((1, Vec::new()), 1)), 2);
    let message = broken(|| block_on(parser.by_value()));
    assert_eq!(
        title(&message),
        "alloc-kit: `Parser::by_value` made 1 deallocation; its budget is `deallocations = 0`"
    );
    assert_eq!(block_on(question_mark("7")).unwrap(), 7);
    assert_eq!(block_on(question_mark("700")).unwrap(), 100);
    assert!(block_on(coerces(true)).is_ok());
    assert_eq!(block_on(generic(ready(1), 2_u32)), (1, 2));
    assert_eq!(block_on(opaque(3)).count(), 3);
    block_on(nothing());
}

#[test]
fn recursion_is_judged_at_the_outermost_call() {
    #[alloc_budget(2 * u64::from(n))]
    async fn counts_down(n: u32) {
        if n > 0 {
            allocate(1);
            waits(1).await;
            Box::pin(counts_down(n - 1)).await;
        }
    }
    block_on(counts_down(4));
}

#[test]
fn macros_wait() {
    async fn work(bytes: usize) -> usize {
        waits(1).await;
        allocate(bytes);
        bytes
    }
    let sum = block_on(async {
        let one = assert_alloc_budget!(1, bytes = 8, work(8).await);
        one + assert_alloc_budget!(2, { work(1).await + work(2).await })
    });
    assert_eq!(sum, 11);
    let message = broken(|| block_on(async { assert_no_alloc!(work(5).await) }));
    assert_eq!(
        title(&message),
        "alloc-kit: `assert_no_alloc!` made 1 heap allocation (5 bytes); its budget is 0"
    );
    // What an `async` block of its own waits for is not the macro's.
    assert_alloc_budget!(1, assert_eq!(block_on_quietly(async { work(2).await }), 2));
    let sum = block_on(async {
        let mut sum = 0;
        assert_alloc_budget!(2, {
            let (one, other) = tokio::join!(work(5), work(6));
            sum += one + other;
        });
        assert_alloc_budget!(2, {
            tokio::join!(work(5), work(6));
        });
        sum
    });
    assert_eq!(sum, 11);
    // Hidden in a macro.
    let message = broken(|| block_on(async { assert_no_alloc!(tokio::join!(work(5), work(6))) }));
    assert!(title(&message).starts_with("alloc-kit: `assert_no_alloc!` made 2 heap allocations (11 bytes)"));
}

#[test]
fn a_boxed_future_by_another_name_is_refused() {
    type Boxed = Pin<Box<dyn Future<Output = ()>>>;
    #[alloc_budget(1)]
    fn alias() -> Boxed {
        Box::pin(async { allocate(50) })
    }
    #[alloc_budget(1)]
    fn value() -> Vec<u8> {
        vec![1]
    }
    assert_eq!(value(), [1]);
    let message = broken(|| drop(alias()));
    assert!(
        title(&message).contains("gives a boxed future by another name, whose polls would not be judged")
    );
}
