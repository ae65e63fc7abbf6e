#[alloc_kit::alloc_budget(allocs = 1)]
fn parse() {}

fn main() {}
