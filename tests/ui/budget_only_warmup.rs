#[alloc_kit::alloc_budget(warmup = 3)]
fn parse() {}

fn main() {}
