#[derive(alloc_kit::Reuse)]
#[reuse(skip)]
struct Buffers(String);

fn main() {}
