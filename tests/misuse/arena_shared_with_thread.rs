//! Two threads do not put into one arena.

use alloc_kit::Arena;

fn main() {
    let arena = Arena::new();
    std::thread::scope(|threads| {
        threads.spawn(|| { //~ E0277
            arena.alloc(1);
        });
    });
}
