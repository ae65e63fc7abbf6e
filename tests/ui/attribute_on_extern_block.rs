#[alloc_kit::no_alloc]
unsafe extern "C" {
    safe fn getpid() -> i32;
}

fn main() {}
