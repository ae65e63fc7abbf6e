//! An `Rc` in an arena would keep its value for ever.

use std::rc::Rc;

use alloc_kit::Arena;

fn main() {
    let arena = Arena::new();
    let _ = arena.try_alloc(Rc::new(1)); //~ E0080
}
