//! The text of `with_fmt` does not leave the closure by a collection from outside.

use alloc_kit::with_fmt;

fn main() {
    let mut texts: Vec<&str> = Vec::new();
    with_fmt(format_args!("{}", 1), |text| texts.push(text)); //~ E0521
    println!("{texts:?}");
}
