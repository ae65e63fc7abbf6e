//! A lease of what two threads must not touch at a time, shared by two.

use std::cell::Cell;

use alloc_kit::Pool;

fn main() {
    let pool = Pool::<Vec<Cell<u8>>>::new();
    let lease = pool.lease();
    std::thread::scope(|scope| {
        scope.spawn(|| lease.len()); //~ E0277
    });
}
