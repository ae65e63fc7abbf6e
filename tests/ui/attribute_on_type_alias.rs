#[alloc_kit::no_alloc]
type Size = usize;

fn main() {}
