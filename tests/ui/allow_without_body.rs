fn main() {
    alloc_kit::allow_alloc!("grows once");
}
