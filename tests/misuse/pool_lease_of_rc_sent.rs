//! A lease of what must not be on another thread, sent there.

use std::rc::Rc;

use alloc_kit::Pool;

fn main() {
    let pool = Pool::<Vec<Rc<u8>>>::new();
    let lease = pool.lease();
    std::thread::scope(|scope| {
        scope.spawn(move || drop(lease)); //~ E0277
    });
}
