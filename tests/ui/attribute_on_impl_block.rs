struct Buffer;

#[alloc_kit::no_alloc]
impl Buffer {}

fn main() {}
