#[derive(alloc_kit::Reuse)]
union Word {
    number: u32,
    bytes: [u8; 4],
}

fn main() {}
