#[alloc_kit::no_alloc]
use std::mem;

fn main() {
    mem::drop(1);
}
