#[alloc_kit::no_alloc(crate = "kit")]
fn parse() {}

fn main() {}
