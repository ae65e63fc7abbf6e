#[derive(alloc_kit::CloneFrom)]
union Word {
    number: u32,
    bytes: [u8; 4],
}

fn main() {
    let _ = Word { number: 1 }.clone();
}
