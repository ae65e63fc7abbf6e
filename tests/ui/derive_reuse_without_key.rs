#[derive(alloc_kit::Reuse)]
struct Buffers(#[reuse] String, #[reuse()] String);

fn main() {}
