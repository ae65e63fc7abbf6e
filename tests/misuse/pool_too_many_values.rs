//! A pool in a static of more values than there can be.

use alloc_kit::Pool;

static POOL: Pool<String> = Pool::new().max_values(usize::MAX); //~ E0080 fix: static POOL: Pool<String> = Pool::new().max_values(8);

fn main() {
    drop(POOL.lease());
}
