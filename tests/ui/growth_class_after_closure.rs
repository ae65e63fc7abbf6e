fn main() {
    alloc_kit::assert_growth!(O(n), |n: usize| n, bytes = O(n));
}
