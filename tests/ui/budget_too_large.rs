#[alloc_kit::alloc_budget(99999999999999999999)]
fn parse() {}

fn main() {}
