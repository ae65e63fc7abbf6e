#[alloc_kit::alloc_budget(1)]
mod inner {}

fn main() {}
