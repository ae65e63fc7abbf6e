#[alloc_kit::alloc_budget(1i32)]
fn parse() {}

fn main() {}
