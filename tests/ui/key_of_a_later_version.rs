#[alloc_kit::alloc_budget(1, warmup = 3)]
fn parse() {}

fn main() {}
