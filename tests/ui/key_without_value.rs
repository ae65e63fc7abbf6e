#[alloc_kit::alloc_budget(bytes = )]
fn parse() {}

fn main() {}
