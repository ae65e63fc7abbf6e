async fn work() -> Result<u32, std::fmt::Error> {
    Ok(1)
}

async fn twice() -> Result<u32, std::fmt::Error> {
    let once = alloc_kit::assert_no_alloc!(work().await?);
    Ok(once * 2)
}

fn main() {
    drop(twice());
}
