fn main() {
    alloc_kit::assert_alloc_budget!(vec![1]);
}
