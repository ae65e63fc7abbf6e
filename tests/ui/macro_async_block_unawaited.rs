fn main() {
    let _ = alloc_kit::assert_no_alloc!(async { vec![1] });
}
