fn main() {
    alloc_kit::assert_no_alloc!({ || vec![1] });
}
