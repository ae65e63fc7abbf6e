//! A lease of a pool that is gone.

use alloc_kit::Pool;

fn main() {
    let lease = {
        let pool = Pool::<String>::new();
        pool.lease() //~ E0597 fix: pool.lease().into_inner()
    };
    assert!(lease.is_empty());
}
