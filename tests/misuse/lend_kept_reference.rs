//! A reference to what a thread-local lends does not leave the closure.

use alloc_kit::{Lend, Scratch};

thread_local!(static LINE: Scratch<String> = const { Scratch::new() });

fn main() {
    let mut kept: Option<&mut String> = None;
    LINE.lend(|line| kept = Some(line)); //~ E0521
    assert!(kept.is_none());
}
