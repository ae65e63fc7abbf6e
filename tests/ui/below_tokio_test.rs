#[tokio::test]
#[alloc_kit::no_alloc]
async fn waits() {}

fn main() {}
