struct Buffer;

#[alloc_kit::no_alloc]
impl Buffer {
    const SIZE: usize = 1;
}

fn main() {
    let _ = Buffer::SIZE;
}
