#[alloc_kit::no_alloc]
fn serve() -> ! {
    loop {}
}

fn main() {}
