//! A text is not used after the next one was formatted into its place.

use alloc_kit::TextBuf;

fn main() {
    let mut buffer = TextBuf::<16>::new();
    let one = buffer.format(format_args!("{}", 1));
    let two = buffer.format(format_args!("{}", 2)); //~ E0499 fix: let two = 2;
    println!("{one} {two}");
}
