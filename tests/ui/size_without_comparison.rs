alloc_kit::assert_size!(Vec<u8>);

fn main() {}
