//! `for_each_allocation_failure`
//!
//! A decoder returns an error when memory is exhausted, or so it says: after the `try_reserve` it grows by `push`, where a failure ends
//! the process.
//!
//! ```text
//! $ cargo test failing_allocation::lengths_of_a_message
//! ```
//!
//! Mended: it asks for all that it needs.

use std::collections::TryReserveError;

use alloc_kit::for_each_allocation_failure;

fn lengths(message: &str) -> Result<Vec<usize>, TryReserveError> {
    let mut lengths = Vec::new();
    lengths.try_reserve(1)?;
    for word in message.split(' ') {
        lengths.push(word.len());
    }
    Ok(lengths)
}

#[test]
fn lengths_of_a_message() {
    for_each_allocation_failure(|| lengths("no message is longer than memory"));
}

mod mended {
    use std::collections::TryReserveError;

    use alloc_kit::for_each_allocation_failure;

    fn lengths(message: &str) -> Result<Vec<usize>, TryReserveError> {
        let mut lengths = Vec::new();
        lengths.try_reserve(message.split(' ').count())?;
        for word in message.split(' ') {
            lengths.push(word.len());
        }
        Ok(lengths)
    }

    #[test]
    fn lengths_of_a_message() {
        for_each_allocation_failure(|| lengths("no message is longer than memory"));
    }
}
