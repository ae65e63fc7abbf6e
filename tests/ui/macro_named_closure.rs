fn main() {
    let work = || vec![1];
    alloc_kit::assert_alloc_budget!(1, (work));
}
