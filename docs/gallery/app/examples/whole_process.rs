//! `scope = process`
//!
//! A server's start may make few allocations, whichever thread makes them. Here another one reads the settings.
//!
//! ```text
//! $ cargo run --example whole_process
//! ```
//!
//! Of other threads no line is known. Mended: with a `Handle` in the function, and `attach` in the thread, the lines are known, and can
//! be mended one by one.

use std::sync::Barrier;
use std::thread;

use alloc_kit::alloc_budget;

/// Lets the reader read, and waits for it.
#[alloc_budget(2, scope = process)]
fn start(reader: &Barrier) {
    reader.wait();
    reader.wait();
}

fn main() {
    let reader = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            reader.wait();
            let settings: Vec<String> = (0..5).map(|n| n.to_string()).collect();
            reader.wait();
            assert_eq!(settings[4], "4");
        });
        start(&reader);
    });
}
