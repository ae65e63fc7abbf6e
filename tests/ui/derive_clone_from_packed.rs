#[derive(alloc_kit::CloneFrom)]
#[repr(C, packed(2))]
struct Header {
    kind: u8,
    length: u32,
}

fn main() {
    let header = Header { kind: 1, length: 2 };
    drop(header.clone());
}
