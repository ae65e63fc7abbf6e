fn main() {
    alloc_kit::assert_growth!(O(n), || vec![1]);
}
