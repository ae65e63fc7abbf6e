#[alloc_kit::alloc_allowed(3)]
fn grow() {}

fn main() {}
