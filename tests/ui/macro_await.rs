async fn work() {}

async fn test() {
    alloc_kit::assert_no_alloc!({
        let done = work().await;
        done
    });
}

fn main() {
    drop(test());
}
