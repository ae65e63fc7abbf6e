//! `assert_no_alloc!`
//!
//! A test holds one expression to a budget, of a function that has none.
//!
//! ```text
//! $ cargo test expression::second_look_up
//! ```
//!
//! Mended: the key is looked up as it is, and `upsert` makes one only where it is new.

use std::collections::HashMap;

use alloc_kit::assert_no_alloc;

fn count(words: &mut HashMap<String, u32>, word: &str) {
    *words.entry(word.to_string()).or_default() += 1;
}

#[test]
fn second_look_up() {
    let mut words = HashMap::new();
    count(&mut words, "heap");
    assert_no_alloc!(count(&mut words, "heap"));
    assert_eq!(words["heap"], 2);
}

mod mended {
    use std::collections::HashMap;

    use alloc_kit::{assert_no_alloc, upsert};

    fn count(words: &mut HashMap<String, u32>, word: &str) {
        upsert(words, word, || 0, |n| *n += 1);
    }

    #[test]
    fn second_look_up() {
        let mut words = HashMap::new();
        count(&mut words, "heap");
        assert_no_alloc!(count(&mut words, "heap"));
        assert_eq!(words["heap"], 2);
    }
}
