#[alloc_kit::no_alloc]
macro_rules! one {
    () => {
        1
    };
}

fn main() {
    let _ = one!();
}
