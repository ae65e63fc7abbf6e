fn main() {
    alloc_kit::assert_growth!(O(1), allocations = O(n), |n: usize| vec![1; n]);
}
