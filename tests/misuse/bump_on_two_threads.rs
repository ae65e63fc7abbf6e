//! A `Bump` is not `Sync`: two threads would take the same memory.

use alloc_kit::bumpalo::Bump;

fn main() {
    let bump = Bump::new();
    std::thread::scope(|scope| {
        scope.spawn(|| bump.alloc(1).to_string()); //~ E0277 fix: scope.spawn(|| Bump::new().alloc(1).to_string());
    });
    assert_eq!(*bump.alloc(2), 2);
}
