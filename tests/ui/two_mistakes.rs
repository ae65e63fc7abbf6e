#[alloc_kit::alloc_budget(bytez = 1)]
async fn parse() {}

fn main() {}
