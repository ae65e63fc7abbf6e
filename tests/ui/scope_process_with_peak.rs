#[alloc_kit::alloc_budget(peak_bytes = 64, scope = process)]
fn parse() {}

fn main() {}
