//! `ALLOC_KIT_MODE=warn`
//!
//! The message is printed, and the test passes: to look at a program that has many broken budgets.
//!
//! ```text
//! $ ALLOC_KIT_MODE=warn cargo test warn::name_of_a_sprite
//! ```
//!
//! Mended: the name is a `&'static str`.

use alloc_kit::no_alloc;

#[no_alloc]
fn name(sprite: u32) -> String {
    if sprite == 0 { "player".to_string() } else { "enemy".to_string() }
}

#[test]
fn name_of_a_sprite() {
    assert_eq!(name(0), "player");
}

mod mended {
    use alloc_kit::no_alloc;

    #[no_alloc]
    fn name(sprite: u32) -> &'static str {
        if sprite == 0 { "player" } else { "enemy" }
    }

    #[test]
    fn name_of_a_sprite() {
        assert_eq!(name(0), "player");
    }
}
