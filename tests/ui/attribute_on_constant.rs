#[alloc_kit::no_alloc]
const SIZE: usize = 1;

fn main() {}
