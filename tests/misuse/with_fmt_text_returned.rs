//! The text of `with_fmt` is on the stack, and does not leave the closure.

use alloc_kit::with_fmt;

fn same(text: &str) -> &str {
    text
}

fn main() {
    // As a closure it is an error without a code: "lifetime may not live long enough".
    let text = with_fmt(format_args!("{}", 1), same); //~ E0308 fix: let text = with_fmt(format_args!("{}", 1), |text| same(text).len());
    println!("{text}");
}
