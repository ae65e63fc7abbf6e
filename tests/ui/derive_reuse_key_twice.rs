#[derive(alloc_kit::Reuse)]
#[reuse(crate = ::alloc_kit)]
#[reuse(crate = ::alloc_kit)]
struct Buffers(#[reuse(skip, skip)] String);

fn main() {}
