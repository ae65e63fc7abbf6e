fn main() {
    #[alloc_kit::no_alloc]
    let _list = vec![1];
}
