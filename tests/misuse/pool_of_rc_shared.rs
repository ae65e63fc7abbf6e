//! A pool of what must not be on another thread, shared by two.

use std::rc::Rc;

use alloc_kit::Pool;

fn main() {
    let pool = Pool::<Vec<Rc<u8>>>::new();
    std::thread::scope(|scope| {
        scope.spawn(|| drop(pool.lease())); //~ E0277
    });
}
