fn main() {
    alloc_kit::assert_alloc_budget!(bytes = 3);
}
