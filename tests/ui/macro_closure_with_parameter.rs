fn main() {
    alloc_kit::assert_no_alloc!(|n: u32| n + 1);
}
