fn grow() {}

fn main() {
    alloc_kit::allow_alloc!("", grow());
}
