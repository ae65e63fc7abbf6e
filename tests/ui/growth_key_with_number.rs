fn main() {
    alloc_kit::assert_growth!(bytes = 64, |n: usize| vec![1; n]);
}
