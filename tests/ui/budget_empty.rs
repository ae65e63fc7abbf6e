#[alloc_kit::alloc_budget()]
fn parse() {}

fn main() {}
