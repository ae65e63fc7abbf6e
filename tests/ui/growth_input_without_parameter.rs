fn main() {
    alloc_kit::assert_growth!(O(n), |n: usize| vec![1; n], || vec![1]);
}
