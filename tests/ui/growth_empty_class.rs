fn main() {
    alloc_kit::assert_growth!(O(), |n: usize| vec![1; n]);
}
