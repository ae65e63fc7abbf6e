fn main() {
    alloc_kit::assert_growth!(O(n), async |n: usize| vec![1; n]);
}
