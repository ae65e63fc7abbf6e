alloc_kit::assert_size!(64 >= u8);

fn main() {}
