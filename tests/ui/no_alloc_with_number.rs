#[alloc_kit::no_alloc(1)]
fn parse() {}

fn main() {}
