//! A `Scratch` goes to another thread only if its value may.

use std::rc::Rc;
use std::thread;

use alloc_kit::Scratch;

fn main() {
    let scratch: Scratch<Vec<Rc<u32>>> = Scratch::new();
    thread::spawn(move || scratch.give_back()); //~ E0277
}
