#[alloc_kit::no_alloc]
#[alloc_kit::alloc_allowed("which one is it?")]
fn both() {}

fn main() {}
