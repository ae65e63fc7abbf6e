#[alloc_kit::alloc_allowed("grows once", bytes = 64)]
fn grow() {}

fn main() {}
