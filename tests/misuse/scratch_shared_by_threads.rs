//! Two threads do not use one `Scratch` at a time.

use std::thread;

use alloc_kit::Scratch;

fn main() {
    let scratch: Scratch<String> = Scratch::new();
    thread::scope(|scope| {
        scope.spawn(|| scratch.lend(|line| line.push('x'))); //~ E0277
    });
}
