fn main() {
    alloc_kit::assert_growth!(bytes =);
}
