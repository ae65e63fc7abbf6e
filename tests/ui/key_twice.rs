#[alloc_kit::alloc_budget(1, bytes = 1, allocations = 2)]
fn parse() {}

fn main() {}
