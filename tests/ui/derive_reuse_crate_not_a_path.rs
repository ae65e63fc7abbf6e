#[derive(alloc_kit::Reuse)]
#[reuse(crate = "alloc_kit")]
struct Buffers(String);

fn main() {}
