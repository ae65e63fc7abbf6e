//! A lease that borrows its pool, in a thread that may outlive it.

use alloc_kit::Pool;

fn main() {
    let pool = Pool::<String>::new();
    let mut lease = pool.lease(); //~ E0597 fix: let mut lease = pool.lease().into_inner();
    std::thread::spawn(move || lease.push('x'));
}
