//! `Lend` is for thread-locals only, not for users to implement.

use alloc_kit::Lend;

struct Mine;

impl Lend for Mine { //~ E0277 fix: trait Own { type Value; fn lend<R>(&'static self, f: impl FnOnce(&mut String) -> R) -> R; } impl Own for Mine {
    type Value = String;

    fn lend<R>(&'static self, f: impl FnOnce(&mut String) -> R) -> R {
        f(&mut String::new())
    }
}

fn main() {}
