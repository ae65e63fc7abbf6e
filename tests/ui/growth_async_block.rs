fn main() {
    alloc_kit::assert_growth!(O(n), |n: usize| async move { vec![1; n] });
}
