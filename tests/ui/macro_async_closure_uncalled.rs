fn main() {
    alloc_kit::assert_no_alloc!(async || 1);
}
