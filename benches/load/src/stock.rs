//! Taking stock when the driver asks for it: once nothing goes on any more, what is in use, and what the service has seen.

use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, thread};

use crate::seen;
use crate::state::State;

/// Threads that come and go at each mark.
const GUESTS: usize = 50;

/// Waits until the driver wants to know how things are; false at its end.
pub(crate) fn wait_for_a_mark() -> bool {
    let mut command = String::with_capacity(64);
    io::stdin().lock().read_line(&mut command).is_ok_and(|bytes| bytes > 0)
}

/// Waits until no connection is open any more and what is in use stays as it is.
pub(crate) fn settle() {
    #[cfg(feature = "metered")]
    {
        let (mut last, mut same) = (i64::MIN, 0);
        for _ in 0..200 {
            let now = crate::meter::live_bytes();
            same = if now == last { same + 1 } else { 0 };
            if same == 10 {
                break;
            }
            last = now;
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Says what the allocator below has given out.
pub(crate) fn say_bytes(_when: &str) {
    #[cfg(feature = "metered")]
    println!("{_when} {}", crate::meter::live_bytes());
}

/// Threads that enter a budget and end, one after the other.
pub(crate) fn come_and_go(state: &Arc<State>) {
    for id in 0..GUESTS {
        let state = Arc::clone(state);
        let is_there = thread::spawn(move || state.user(id).is_some()).join();
        assert!(is_there.is_ok_and(|is_there| is_there), "user {id} is there");
    }
}

/// What was seen, the threads and what the process has in memory.
pub(crate) fn print() {
    seen::print();
    println!("threads {}", status("Threads:"));
    println!("resident {}", status("VmRSS:"));
    println!("marked");
    // Without a driver there is nobody to tell.
    let _ = io::stdout().flush();
}

/// What a thread that may block does at first.
pub(crate) fn pause() {
    thread::sleep(Duration::from_millis(1));
}

/// A number of `/proc/self/status`; 0 where there is no such file.
fn status(name: &str) -> usize {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
