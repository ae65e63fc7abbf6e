//! Futures: counted poll by poll, on whatever threads these are, and judged when they are ready or dropped before.
//!
//! Run with: `cargo test -p alloc-kit-tests --test async_forms`, also with `--release`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

use std::cell::RefCell;
use std::error::Error;
use std::future::{Future, pending, poll_fn, ready};
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe, Location};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use alloc_kit::{
    alloc_allowed, alloc_budget, assert_alloc_budget, assert_no_alloc, measure_future, no_alloc,
};
use async_trait::async_trait;

/// The message with which the call fails.
fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a broken budget");
    *payload.downcast::<String>().expect("a message")
}

fn title(message: &str) -> &str {
    message.lines().next().expect("a first line")
}

fn allocate(bytes: usize) {
    drop(black_box(vec![1_u8; bytes]));
}

/// Polls once.
fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls until it is ready, and allocates on the thread between the polls.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = poll(future.as_mut()) {
            return result;
        }
        allocate(1_000);
    }
}

/// Waits `n` times.
async fn waits(n: u32) {
    for _ in 0..n {
        let mut waited = false;
        poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

/// Lets other tasks go first, and allocates nothing, as tokio's own `yield_now` does.
async fn yield_now() {
    let mut yielded = false;
    let turn = |task: &mut Context<'_>| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    };
    poll_fn(turn).await;
}

#[alloc_budget(n)]
async fn one_a_turn(n: u32) -> u32 {
    for _ in 0..n {
        allocate(10);
        waits(1).await;
    }
    n
}

#[no_alloc]
async fn breaks_after_waiting(bytes: usize) {
    waits(2).await;
    allocate(bytes);
    waits(2).await;
    allocate(bytes);
}

#[test]
fn polls_are_added_up_and_what_is_between_them_is_not() {
    assert_eq!(block_on(one_a_turn(5)), 5);
    let message = broken(|| block_on(breaks_after_waiting(7)));
    let expected = "alloc-kit: `breaks_after_waiting` made 2 heap allocations (14 bytes); its budget is 0";
    assert_eq!(title(&message), expected);
    if cfg!(debug_assertions) {
        // Both polls led there.
        assert!(message.contains("drop(black_box(vec![1_u8; bytes]))"), "{message}");
        assert!(message.contains("2 allocations, 14 bytes"), "{message}");
    }
}

#[test]
fn peaks_and_live_bytes_go_on_from_poll_to_poll() {
    #[alloc_budget(live_bytes = 100, peak_bytes = 250)]
    async fn keeps(more: usize) -> Vec<u8> {
        let kept = black_box(vec![1_u8; 100]);
        waits(1).await;
        let second = black_box(vec![1_u8; 100]);
        waits(1).await;
        allocate(more);
        drop(second);
        waits(1).await;
        kept
    }
    assert_eq!(block_on(keeps(50)).len(), 100);
    let message = broken(|| block_on(keeps(51)));
    assert_eq!(
        title(&message),
        "alloc-kit: `keeps` held 251 bytes at its peak; its budget is `peak_bytes = 250`"
    );
    let ((), usage) = block_on(measure_future(async {
        let first = black_box(vec![1_u8; 100]);
        waits(1).await;
        allocate(20);
        drop(first);
        waits(1).await;
        allocate(30);
    }));
    assert_eq!(
        (usage.allocations, usage.bytes_allocated, usage.peak_bytes, usage.live_bytes),
        (3, 150, 120, 0)
    );
}

#[test]
fn a_future_that_is_dropped_early_is_judged_then_and_its_drops_are_inside() {
    #[no_alloc(deallocations = 0)]
    async fn holds(list: Vec<u8>) -> usize {
        pending::<()>().await;
        list.len()
    }
    #[no_alloc]
    async fn allocates_first() {
        allocate(3);
        pending::<()>().await;
    }
    let message = broken(|| drop(poll_once(allocates_first())));
    assert_eq!(
        title(&message),
        "alloc-kit: `allocates_first` made 1 heap allocation (3 bytes); its budget is 0"
    );
    let list = black_box(vec![1_u8]);
    let message = broken(|| drop(poll_once(holds(list))));
    assert_eq!(title(&message), "alloc-kit: `holds` made 1 deallocation; its budget is `deallocations = 0`");
    // What was never polled has done nothing.
    drop(allocates_first());
}

fn poll_once<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    assert!(poll(future.as_mut()).is_pending());
    future
}

#[test]
fn two_at_a_time_do_not_disturb_each_other() {
    let (mut first, mut second) = (pin!(one_a_turn(3)), pin!(one_a_turn(2)));
    let (mut of_first, mut of_second) = (None, None);
    while of_first.is_none() || of_second.is_none() {
        if of_first.is_none() {
            of_first = as_option(poll(first.as_mut()));
        }
        if of_second.is_none() {
            of_second = as_option(poll(second.as_mut()));
        }
    }
    assert_eq!((of_first, of_second), (Some(3), Some(2)));
}

fn as_option<T>(poll: Poll<T>) -> Option<T> {
    match poll {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

#[test]
fn a_panic_in_a_poll_is_passed_on_and_leaves_the_counters_in_order() {
    #[no_alloc]
    async fn panics() {
        waits(1).await;
        allocate(1);
        panic!("on purpose");
    }
    let payload = panic::catch_unwind(|| block_on(panics())).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "on purpose");
    let ((), usage) = alloc_kit::measure(|| allocate(32));
    assert_eq!((usage.allocations, usage.peak_bytes), (1, 32));
    assert_no_alloc!(assert_eq!(black_box(1), 1));
}

#[test]
fn what_was_left_by_a_panic_is_judged_the_next_time() {
    #[no_alloc]
    async fn panics_or_allocates(panics: bool) {
        waits(1).await;
        assert!(!panics, "on purpose");
        allocate(1);
    }
    assert!(panic::catch_unwind(|| block_on(panics_or_allocates(black_box(true)))).is_err());
    let message = broken(|| block_on(panics_or_allocates(black_box(false))));
    assert_eq!(
        title(&message),
        "alloc-kit: `panics_or_allocates` made 1 heap allocation (1 byte); its budget is 0"
    );
}

#[test]
fn the_drop_of_what_was_left_by_a_panic_is_not_judged() {
    struct Panics(#[expect(dead_code, reason = "what counts is its drop")] Box<u8>);
    impl Future for Panics {
        type Output = ();

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            panic!("on purpose");
        }
    }
    #[no_alloc(deallocations = 0)]
    fn gives(block: Box<u8>) -> impl Future<Output = ()> {
        Panics(block)
    }
    let mut future = Box::pin(gives(black_box(Box::new(1))));
    assert!(panic::catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()).is_ready())).is_err());
    drop(future);
}

#[test]
fn the_first_calls_warm_up_in_all_of_their_polls() {
    #[no_alloc(warmup = 1)]
    async fn allocates_late() {
        waits(1).await;
        allocate(2);
    }
    block_on(allocates_late());
    assert_eq!(
        title(&broken(|| block_on(allocates_late()))),
        "alloc-kit: `allocates_late` made 1 heap allocation (2 bytes); its budget is 0"
    );
}

#[test]
fn what_is_over_where_no_more_is_traced_is_found_at_the_end() {
    #[no_alloc]
    async fn floods() {
        for _ in 0..2_000 {
            allocate(1);
        }
        pending::<()>().await;
    }
    /// A budget round a call.
    type Around = fn(&mut dyn FnMut() -> bool) -> bool;
    // More than is traced, in a region inside; then nothing that could be noticed, until the outer one ends.
    let around: [(&str, Around); 4] = [
        ("made 2000 heap allocations", |poll| assert_alloc_budget!(1_999, poll())),
        ("made 2000 heap allocations", |poll| assert_alloc_budget!(1_999, bytes = 9_999, poll())),
        ("allocated 2000 bytes", |poll| assert_alloc_budget!(bytes = 1_999, poll())),
        ("made 2000 deallocations", |poll| assert_alloc_budget!(deallocations = 1_999, poll())),
    ];
    // A thread's first region is entered in another way than the others.
    assert_no_alloc!(assert_eq!(black_box(1), 1));
    for (expected, around) in around {
        let mut future = Box::pin(floods());
        let message = broken(|| around(&mut || poll(future.as_mut()).is_pending()));
        assert!(title(&message).contains(expected), "{message}");
        assert!(title(&broken(|| drop(future))).contains("`floods` made 2000 heap allocations"));
    }
}

#[test]
fn a_wait_that_a_macro_hides_is_told_where_it_left_the_region() {
    macro_rules! hidden {
        ($future:expr) => {
            $future.await
        };
    }
    async fn waits_inside() {
        assert_no_alloc!(hidden!(waits(1)));
    }
    // Alone on its thread it works.
    block_on_quietly(waits_inside());
    let mut future = Box::pin(waits_inside());
    assert_no_alloc!(assert!(poll(future.as_mut()).is_pending()));
    let message = broken(|| poll(future.as_mut()).is_ready());
    assert!(message.starts_with("alloc-kit: a budget was not verified: its region did not end"), "{message}");
}

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

fn block_on_quietly<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = poll(future.as_mut()) {
            return result;
        }
    }
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

#[test]
fn a_task_that_a_nested_loop_polls_inside_of_its_own_kind_is_judged_all_the_same() {
    type Task = Pin<Box<dyn Future<Output = ()>>>;
    #[alloc_budget(if n > 50 { 1_000_u64 } else { 0 })]
    async fn step(n: usize, other: Option<&RefCell<Task>>) {
        if let Some(other) = other {
            assert!(poll(other.borrow_mut().as_mut()).is_pending());
        }
        waits(1).await;
        if n == 1 {
            allocate(7);
        }
    }
    let task: RefCell<Task> = RefCell::new(Box::pin(step(1, None)));
    // The first poll is inside of another call; the rest is not.
    block_on(step(100, Some(&task)));
    let message = broken(|| block_on(task.into_inner()));
    assert_eq!(title(&message), "alloc-kit: `step` made 1 heap allocation (7 bytes); its budget is 0");
    // All of it inside is recursion: the outermost call is judged.
    #[alloc_budget(n)]
    async fn drives(n: usize, other: Option<Task>) {
        let _ = n;
        if let Some(mut other) = other {
            while poll(other.as_mut()).is_pending() {}
        } else {
            waits(1).await;
            allocate(3);
        }
    }
    block_on(drives(2, Some(Box::pin(drives(0, None)))));
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

#[test]
fn threads_that_started_in_an_earlier_poll_are_mentioned() {
    #[alloc_budget(20)]
    async fn spawns() {
        std::thread::spawn(|| allocate(1)).join().unwrap();
        waits(1).await;
        for _ in 0..21 {
            allocate(1);
        }
    }
    let message = broken(|| block_on(spawns()));
    assert!(message.contains("started meanwhile, here or elsewhere"), "{message}");
}
