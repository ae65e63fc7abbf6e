//! What is in a `Bump` is borrowed from it, so it cannot be reset below it.

use alloc_kit::bumpalo::Bump;

fn main() {
    let mut bump = Bump::new();
    let number = bump.alloc(1);
    bump.reset(); //~ E0502 fix: *number += 1;
    assert!(*number > 0);
}
