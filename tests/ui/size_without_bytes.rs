fn main() {
    alloc_kit::assert_size!(u8 == 1, Vec<u8> <=);
}
