//! A lease goes to another thread only if its elements may.

use std::rc::Rc;
use std::thread;

use alloc_kit::Recycler;

fn main() {
    let mut recycler = Recycler::new();
    let items = recycler.lease::<Rc<u32>>();
    thread::scope(|scope| {
        scope.spawn(move || drop(items)); //~ E0277
    });
}
