//! A lease that owns its pool, of what must not be on another thread, sent there.

use std::rc::Rc;
use std::sync::Arc;

use alloc_kit::Pool;

fn main() {
    let pool = Arc::new(Pool::<Vec<Rc<u8>>>::new());
    let lease = pool.lease_arc();
    std::thread::scope(|scope| {
        scope.spawn(move || drop(lease)); //~ E0277
    });
}
