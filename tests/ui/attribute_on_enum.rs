#[alloc_kit::no_alloc]
enum Shape {}

fn main() {}
