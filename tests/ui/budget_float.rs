#[alloc_kit::alloc_budget(bytes = 1.5)]
fn parse() {}

fn main() {}
