#[alloc_kit::no_alloc(allocations = 1)]
fn parse() {}

fn main() {}
