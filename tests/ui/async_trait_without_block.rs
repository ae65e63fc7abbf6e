use std::future::{Future, ready};
use std::pin::Pin;

#[alloc_kit::no_alloc]
fn fetch<'async_trait>() -> Pin<Box<dyn Future<Output = u32> + 'async_trait>> {
    Box::pin(ready(1))
}

fn main() {}
