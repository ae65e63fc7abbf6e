alloc_kit::assert_size!();

fn main() {}
