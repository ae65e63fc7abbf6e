#[alloc_kit::alloc_allowed]
fn grow() {}

fn main() {}
