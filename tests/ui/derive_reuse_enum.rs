#[derive(alloc_kit::Reuse)]
enum Buffer {
    Text(String),
    Bytes(Vec<u8>),
}

fn main() {
    alloc_kit::Reuse::reset(&mut Buffer::Text(String::new()));
}
