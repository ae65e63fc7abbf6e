//! A reference to the value that is kept longer than its lease.

use alloc_kit::Pool;

fn main() {
    let pool = Pool::<String>::new();
    let mut lease = pool.lease();
    let text = lease.as_str();
    drop(lease); //~ E0505
    assert_eq!(text, "");
    lease = pool.lease();
    lease.push('x');
}
