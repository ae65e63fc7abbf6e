#[alloc_kit::alloc_budget(1)]
fn fetch() -> impl Future<Output = u32> {
    async { 1 }
}

fn main() {}
