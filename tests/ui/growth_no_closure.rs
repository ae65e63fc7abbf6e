fn main() {
    alloc_kit::assert_growth!(O(n), bytes = O(n));
}
