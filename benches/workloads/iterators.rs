//! W10: lists in the middle of a chain of iterators.
//!
//! The better way is std's own, one chain, which is also what one writes by hand. alloc-kit's part is that it stays so: under
//! `#[no_alloc]` it fails a test once somebody collects again, and is the same code where budgets are off, as in what is timed. Where the list is needed (to
//! sort it, or to look at it twice) a `Recycler` keeps its memory.

use std::array;

use alloc_kit::{Recycler, no_alloc};

use crate::inputs::access_log;
use crate::look::in_order;
use crate::workload::{Expect, Side, Workload};

/// Requests that are looked at together.
const WINDOW: usize = 100;
/// Windows that are told apart; then they come again.
const WINDOWS: usize = 100;

/// W10.
pub const COLLECTS: Workload = Workload {
    id: "w10",
    theme: "iterators",
    title: "bytes of slow answers, two collects on the way",
    guide: &["`collect::<Vec<_>>()` mid-iterator"],
    input: "real: the first 10,000 lines of the log that nginx wrote for examples/triage, parsed, by hundreds",
    size: WINDOWS,
    unit: "windows of 100 requests",
    published: None,
    expect: Expect::Gain,
    sides,
};

#[derive(Clone, Debug)]
struct Request {
    status: u32,
    bytes: u64,
    milliseconds: u64,
}

fn sides(windows: usize) -> Vec<Side> {
    let requests = access_log(windows.min(WINDOWS) * WINDOW).lines().map(parse).collect::<Vec<Request>>();
    let [collected, chained, held, recycled]: [Vec<Request>; 4] = array::from_fn(|_| requests.clone());
    vec![
        // Each window is two lists, which grow by 5 and by 2 or so.
        Side::naive("`collect::<Vec<_>>()` twice", move || of_windows(&collected, windows, collects))
            .allocates(935),
        Side::std("one chain", move || of_windows(&chained, windows, chain)).allocates(0),
        Side::kit("one chain, `#[no_alloc]`", move || of_windows(&held, windows, chain_of_no_alloc))
            .allocates(0),
        Side::kit("two `Recycler`s", move || {
            let mut recyclers = [Recycler::new(), Recycler::new()];
            for recycler in &mut recyclers {
                recycler.lease::<&Request>().reserve(WINDOW);
            }
            of_windows(&recycled, windows, |requests| leases(requests, &mut recyclers))
        })
        .allocates(2),
    ]
}

fn of_windows(requests: &[Request], windows: usize, window: impl FnMut(&[Request]) -> u64) -> u64 {
    in_order(requests.chunks(WINDOW).cycle().take(windows).map(window))
}

fn collects(requests: &[Request]) -> u64 {
    let answered: Vec<&Request> = requests.iter().filter(|request| request.status < 400).collect();
    let slow: Vec<&Request> = answered.iter().copied().filter(|request| request.milliseconds > 40).collect();
    slow.iter().map(|request| request.bytes).sum()
}

fn chain(requests: &[Request]) -> u64 {
    let answered = requests.iter().filter(|request| request.status < 400);
    let slow = answered.filter(|request| request.milliseconds > 40);
    slow.map(|request| request.bytes).sum()
}

#[no_alloc]
fn chain_of_no_alloc(requests: &[Request]) -> u64 {
    chain(requests)
}

fn leases(requests: &[Request], [first, second]: &mut [Recycler; 2]) -> u64 {
    let mut answered = first.lease();
    answered.extend(requests.iter().filter(|request| request.status < 400));
    let mut slow = second.lease();
    slow.extend(answered.iter().filter(|request| request.milliseconds > 40));
    slow.iter().map(|request: &&&Request| request.bytes).sum()
}

fn parse(line: &str) -> Request {
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
    let after_request = line.split('"').nth(2).unwrap_or("");
    let mut words = after_request.split_whitespace();
    let status = words.next().and_then(|status| status.parse().ok()).unwrap_or(0);
    let seconds = line.rsplit(' ').next().map(|seconds| seconds.replace('.', ""));
    Request { status, bytes: number(words.next()), milliseconds: number(seconds.as_deref()) }
}
