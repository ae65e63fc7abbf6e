fn main() {
    alloc_kit::assert_alloc_budget!(size = 3, vec![1]);
}
