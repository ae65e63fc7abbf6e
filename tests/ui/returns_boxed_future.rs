use std::future::Future;
use std::pin::Pin;

#[alloc_kit::alloc_budget(1)]
fn fetch() -> Pin<Box<dyn Future<Output = u32>>> {
    Box::pin(async { 1 })
}

fn main() {}
