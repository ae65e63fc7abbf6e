//! `Rc<T>` and `Arc<T>`: one allocation when they are made, none when they are cloned. Share what many read and few change.
//!
//! Web frameworks clone the application's state for each request (axum's `State` does), so that a handler can keep it across an
//! `.await`. With the routes in it by value that is each text of each of them, a request. Behind an `Arc` it is a count;
//! and `Arc::make_mut` still changes them: in place, or a copy of them while a request has the old ones.
//!
//! Run with `cargo run --release --example heap_rc`. It prints what an `Arc` takes, and both ways for requests in a log that nginx wrote:
//!
//! ```text
//! Arc::new(1_u64)                           1 allocation, 24 bytes
//! Arc::clone(&arc)                          0 allocations, 0 bytes
//! Arc::<str>::from(string), copied          1 allocation, 24 bytes
//! Arc<[u64]> of a range                     1 allocation, 816 bytes
//! Arc<[u64]> of a filter                    6 allocations, 1408 bytes
//!                           allocations       bytes        peak
//! before  each has its own       55,005   1,276,116         116
//! after   all share them              0           0           0
//! time    4.5 times as long before as after (184 rounds)
//! ```

#[path = "support/facts.rs"]
mod facts;
mod support;

use alloc_kit::{alloc_budget, no_alloc};
use facts::{fact, paths};
use std::sync::Arc;
use support::compare;

const PREFIXES: [&str; 4] = ["/api/", "/img/", "/product/", "/"];

/// Before: a handler has a state of its own.
#[derive(Clone)]
struct OwnState {
    prefixes: Vec<String>,
}

/// After: it has a pointer. (An `Arc<Vec<String>>` would be a pointer to a pointer.)
struct State {
    prefixes: Arc<[String]>,
}

#[no_alloc]
impl Clone for State {
    fn clone(&self) -> Self {
        Self { prefixes: Arc::clone(&self.prefixes) }
    }
}

impl State {
    /// Changes the order of two routes: in place, while no request has them.
    #[alloc_budget(if Arc::strong_count(&self.prefixes) == 1 { 0 } else { 1 + self.prefixes.len() })]
    fn swap(&mut self, one: usize, other: usize) {
        Arc::make_mut(&mut self.prefixes).swap(one, other);
    }
}

/// Which route each request takes, by handlers that get what `prefixes` gives. Summed up.
fn routes<P: AsRef<[String]>>(paths: &[&str], prefixes: impl Fn() -> P) -> usize {
    let route = |path: &&str| prefixes().as_ref().iter().position(|prefix| path.starts_with(&**prefix));
    paths.iter().filter_map(route).sum()
}

fn main() {
    let (paths, own) = (paths(), OwnState { prefixes: PREFIXES.map(String::from).to_vec() });
    let state = State { prefixes: own.prefixes.clone().into() };
    let (text, numbers) = (String::from("settings"), 0..100_u64);
    fact("Arc::new(1_u64)", || Arc::new(1_u64));
    fact("Arc::clone(&arc)", || Arc::clone(&state.prefixes));
    fact("Arc::<str>::from(string), copied", || Arc::<str>::from(text));
    fact("Arc<[u64]> of a range", || numbers.clone().collect::<Arc<[u64]>>());
    fact("Arc<[u64]> of a filter", || numbers.filter(|n| n % 2 == 1).collect::<Arc<[u64]>>());
    let anew = || routes(&paths, || own.clone().prefixes);
    compare(("each has its own", anew), ("all share them", || routes(&paths, || state.clone().prefixes)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_keep_what_they_have() {
        let mut state = State { prefixes: PREFIXES.map(String::from).into() };
        let running = state.clone();
        state.swap(0, 1);
        assert_eq!([&*running.prefixes[0], &*state.prefixes[0]], ["/api/", "/img/"]);
        drop(running);
        let place = state.prefixes.as_ptr();
        alloc_kit::assert_no_alloc!(state.swap(0, 1));
        assert_eq!(state.prefixes.as_ptr(), place);
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn a_state_of_its_own_is_over_the_budget() {
        let own = OwnState { prefixes: PREFIXES.map(String::from).to_vec() };
        alloc_kit::assert_no_alloc!(own.clone());
    }
}
