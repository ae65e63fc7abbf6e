#[alloc_kit::no_alloc]
trait Parse {}

fn main() {}
