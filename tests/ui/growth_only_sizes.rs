fn main() {
    alloc_kit::assert_growth!(sizes = [1, 2, 4, 8], |n: usize| vec![1; n]);
}
