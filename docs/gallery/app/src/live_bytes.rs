//! `live_bytes`
//!
//! A request may allocate what it likes, if nothing of it stays. A session is left in a table.
//!
//! ```text
//! $ cargo test live_bytes::sessions_are_forgotten
//! ```
//!
//! No line is shown: what was kept is not traced. Mended: the session goes when its request is answered.

use alloc_kit::alloc_budget;

#[alloc_budget(live_bytes = 0)]
fn answer(sessions: &mut Vec<String>, user: u32) -> usize {
    sessions.push(format!("session of {user}"));
    sessions.iter().map(String::len).sum()
}

#[test]
fn sessions_are_forgotten() {
    assert_eq!(answer(&mut Vec::with_capacity(8), 7), 12);
}

mod mended {
    use alloc_kit::alloc_budget;

    #[alloc_budget(live_bytes = 0)]
    fn answer(sessions: &mut Vec<String>, user: u32) -> usize {
        sessions.push(format!("session of {user}"));
        let length = sessions.iter().map(String::len).sum();
        sessions.pop();
        length
    }

    #[test]
    fn sessions_are_forgotten() {
        assert_eq!(answer(&mut Vec::with_capacity(8), 7), 12);
    }
}
