//! The text of `with_fmt` is on the stack, and does not leave the closure.

use alloc_kit::with_fmt;

fn main() {
    let text: &str = with_fmt(format_args!("{}", 1), |text| text); //~ lifetime may not live long enough
    println!("{text}");
}
