fn main() {
    alloc_kit::assert_alloc_budget!(1, 2);
}
