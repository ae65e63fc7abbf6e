#[alloc_kit::alloc_budget(n)]
fn parse(n: i32) {
    let _ = n;
}

fn main() {}
