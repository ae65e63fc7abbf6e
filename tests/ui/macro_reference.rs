fn work() {}

fn main() {
    alloc_kit::assert_no_alloc!(&work);
}
