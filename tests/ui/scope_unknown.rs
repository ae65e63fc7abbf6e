#[alloc_kit::alloc_budget(1, scope = task)]
fn parse() {}

fn main() {}
