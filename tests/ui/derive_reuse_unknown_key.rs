#[derive(alloc_kit::Reuse)]
#[reuse(bound = "T")]
struct Buffers<T> {
    text: String,
    #[reuse(keep)]
    config: T,
}

fn main() {}
