//! Inside of a dependency
//!
//! `serde_json` builds a tree of values, of which one number is wanted.
//!
//! ```text
//! $ cargo test in_a_dependency::level_of_an_event
//! ```
//!
//! The line is the caller's own; `inside` names what it called. Mended: a type that says what an event is.

use alloc_kit::no_alloc;
use serde_json::Value;

/// The first of `[level, time]`.
#[no_alloc]
fn level(event: &str) -> Option<u64> {
    let event: Value = serde_json::from_str(event).ok()?;
    event[0].as_u64()
}

#[test]
fn level_of_an_event() {
    assert_eq!(level("[3, 1712]"), Some(3));
}

mod mended {
    use alloc_kit::no_alloc;

    #[no_alloc]
    fn level(event: &str) -> Option<u64> {
        let [level, _time]: [u64; 2] = serde_json::from_str(event).ok()?;
        Some(level)
    }

    #[test]
    fn level_of_an_event() {
        assert_eq!(level("[3, 1712]"), Some(3));
    }
}
