type BoxFuture = std::pin::Pin<Box<dyn Future<Output = ()>>>;

#[alloc_kit::alloc_budget(1)]
fn fetch() -> BoxFuture {
    Box::pin(async {})
}

fn main() {}
