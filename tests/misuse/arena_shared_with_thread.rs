//! Two threads do not put into one arena.

use alloc_kit::Arena;

fn main() {
    let arena = Arena::new();
    arena.alloc(0);
    std::thread::scope(|threads| {
        threads.spawn(|| arena.alloc(1).to_string()); //~ E0277 fix: threads.spawn(|| Arena::new().alloc(1).to_string());
    });
}
