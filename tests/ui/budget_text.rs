#[alloc_kit::alloc_budget("1")]
fn parse() {}

fn main() {}
