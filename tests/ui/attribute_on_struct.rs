#[alloc_kit::no_alloc]
struct Buffer;

fn main() {}
