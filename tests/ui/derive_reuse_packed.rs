#[derive(alloc_kit::Reuse)]
#[repr(packed)]
struct Header {
    kind: u8,
    length: u32,
}

fn main() {}
