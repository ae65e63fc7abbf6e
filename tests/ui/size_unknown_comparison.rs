fn main() {
    alloc_kit::assert_size!(Vec<u8> > 8);
}
