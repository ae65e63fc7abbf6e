fn main() {
    alloc_kit::assert_growth!(|n: usize| vec![1; n]);
}
