//! What is done, plain and inside guards: too little for the guard to hide in, and a little more.
//!
//! Inlined into each function, so that a guarded one differs from a plain one by the guard alone.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// What [`sum`] adds up.
pub type Numbers = [u64; 4];

/// Makes [`sum`] allocate once, so that the functions which are timed are those whose guards are proven. It allocates
/// 128 bytes, more than the budget in `crates/alloc_kit.rs`.
pub const ALLOCATING: Numbers = [u64::MAX; 4];

/// Adds up a few numbers; does not allocate, but for [`ALLOCATING`].
#[inline(always)]
#[must_use]
#[expect(clippy::inline_always, reason = "a call more would be timed with the guard")]
pub fn sum(numbers: &Numbers) -> u64 {
    if numbers[0] == ALLOCATING[0] {
        return black_box(Box::new([numbers[0]; 16]))[0];
    }
    numbers.iter().fold(0, |sum, number| black_box(sum) + number)
}

/// What [`parse`] reads.
pub type Line = str;

/// 99 bytes that a web server wrote.
pub const LINE: &Line =
    r#"203.0.113.7 - - [24/Nov/2025:23:40:11 +0000] "GET /static/app.js?v=3 HTTP/1.1" 200 18342 "-" "curl""#;

/// Takes a line of a web server's log apart, without a copy: a number made of its address, path, status and size.
#[inline(always)]
#[must_use]
#[expect(clippy::inline_always, reason = "a call more would be timed with the guard")]
pub fn parse(line: &Line) -> u64 {
    let mut quoted = line.split('"');
    let (Some(origin), Some(request), Some(answer)) = (quoted.next(), quoted.next(), quoted.next()) else {
        return 0;
    };
    let address = origin.split(' ').next().unwrap_or_default();
    let address = address
        .split('.')
        .fold(0, |address: u64, part| address << 8 | u64::from(part.parse::<u8>().unwrap_or_default()));
    let path = request.split(' ').nth(1).unwrap_or_default();
    let path = path.split_once('?').map_or(path, |(path, _query)| path);
    let mut numbers = answer.split_ascii_whitespace().map(|word| word.parse::<u64>().unwrap_or_default());
    address ^ path.len() as u64 ^ numbers.next().unwrap_or_default() ^ numbers.next().unwrap_or_default()
}

/// A future that is pending so many times.
#[must_use = "a future does nothing unless it is polled"]
pub fn pause(times: u64) -> impl Future<Output = ()> {
    Pause(times)
}

struct Pause(u64);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        Poll::Pending
    }
}

/// Polls a future until it is ready, as an executor does that knows nothing about it.
#[inline(never)]
#[must_use]
pub fn drive(mut future: Pin<&mut dyn Future<Output = u64>>) -> u64 {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
