//! A text is not formatted into the place that it is read from.

use alloc_kit::TextBuf;

fn main() {
    let mut buffer = TextBuf::<16>::new();
    buffer.format(format_args!("{}", 1));
    buffer.format(format_args!("{}{}", buffer.as_str(), 2)); //~ E0502
}
