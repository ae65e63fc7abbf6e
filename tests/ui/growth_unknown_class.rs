fn main() {
    alloc_kit::assert_growth!(O(n^2), |n: usize| vec![1; n]);
}
