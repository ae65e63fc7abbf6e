async fn work() -> u32 {
    1
}

async fn small() -> u32 {
    alloc_kit::assert_alloc_budget!(2, {
        if work().await > 1 {
            return 1;
        }
    });
    0
}

fn main() {
    drop(small());
}
