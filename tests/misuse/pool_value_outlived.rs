//! What is put into a value of a pool, and does not live as long.

use alloc_kit::Pool;

fn main() {
    let pool = Pool::<Vec<&str>>::new();
    {
        let text = String::from("short");
        pool.lease().push(&text); //~ E0597
    }
    drop(pool);
}
