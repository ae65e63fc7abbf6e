//! A reference to what is lent does not leave the closure: the value is lent to the next one.

use alloc_kit::Scratch;

fn main() {
    let scratch: Scratch<String> = Scratch::new();
    let mut kept: Option<&mut String> = None;
    scratch.lend(|line| kept = Some(line)); //~ E0521
    assert!(kept.is_none());
}
