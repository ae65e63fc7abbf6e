use std::future::Future;

trait MyFuture: Future {}
impl<F: Future> MyFuture for F {}

#[alloc_kit::no_alloc]
fn other() -> impl MyFuture<Output = ()> {
    async {}
}

#[alloc_kit::no_alloc]
fn inside() -> Option<impl Future<Output = ()>> {
    Some(async {})
}

fn main() {}
