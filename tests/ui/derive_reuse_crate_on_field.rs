#[derive(alloc_kit::Reuse)]
struct Buffers(#[reuse(crate = ::alloc_kit)] String);

fn main() {}
