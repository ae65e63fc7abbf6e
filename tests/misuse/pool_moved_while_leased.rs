//! A pool that moves while one of its values is leased.

use alloc_kit::Pool;

fn main() {
    let pool = Pool::<String>::new();
    let mut lease = pool.lease();
    drop(pool); //~ E0505
    lease.push('x');
}
