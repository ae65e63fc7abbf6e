#[alloc_kit::alloc_allowed("grows once", crate = "kit")]
fn grow() {}

fn main() {}
