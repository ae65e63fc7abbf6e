fn main() {
    alloc_kit::assert_growth!(bytes = o(n), |n: usize| vec![1; n]);
}
