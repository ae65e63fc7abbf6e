#[alloc_kit::alloc_budget(bytez = 1)]
struct Buffer;

fn main() {}
