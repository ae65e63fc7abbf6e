fn main() {
    alloc_kit::assert_growth!(size = O(n), |n: usize| vec![1; n]);
}
