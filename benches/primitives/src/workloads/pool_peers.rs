//! Where buffers come from: the peers, each used as its documentation says.

use std::cell::RefCell;

use lockfree_object_pool::{LinearObjectPool, LinearReusable, SpinLockObjectPool, SpinLockReusable};
use opool::{PoolAllocator, RefGuard};
use regex_automata::util::pool::{Pool as RegexPool, PoolGuard};
use thread_local::ThreadLocal;

use super::pool::{Buffers, Leases};

/// `object-pool`: its buffers are cleared before use.
pub(crate) struct ObjectPool(object_pool::Pool<Vec<u8>>);

impl Leases for ObjectPool {
    type Lease<'p> = object_pool::Reusable<'p, Vec<u8>>;

    fn new() -> Self {
        Self(object_pool::Pool::new(32, Vec::new))
    }

    #[inline]
    fn lease(&self) -> Self::Lease<'_> {
        let mut buffer = self.0.pull(Vec::new);
        buffer.clear();
        buffer
    }
}

/// `opool`, with room for 64.
pub(crate) struct Opool(opool::Pool<Empty, Vec<u8>>);

/// Makes and empties its buffers; each is valid, as by default.
pub(crate) struct Empty;

impl PoolAllocator<Vec<u8>> for Empty {
    #[inline]
    fn allocate(&self) -> Vec<u8> {
        Vec::new()
    }

    #[inline]
    fn reset(&self, buffer: &mut Vec<u8>) {
        buffer.clear();
    }
}

impl Leases for Opool {
    type Lease<'p> = RefGuard<'p, Empty, Vec<u8>>;

    fn new() -> Self {
        Self(opool::Pool::new(64, Empty))
    }

    #[inline]
    fn lease(&self) -> Self::Lease<'_> {
        self.0.get()
    }
}

/// `lockfree-object-pool`'s `LinearObjectPool`.
pub(crate) struct Lockfree(LinearObjectPool<Vec<u8>>);

impl Leases for Lockfree {
    type Lease<'p> = LinearReusable<'p, Vec<u8>>;

    fn new() -> Self {
        Self(LinearObjectPool::new(Vec::new, Vec::clear))
    }

    #[inline]
    fn lease(&self) -> Self::Lease<'_> {
        self.0.pull()
    }
}

/// `lockfree-object-pool`'s `SpinLockObjectPool`.
pub(crate) struct LockfreeSpin(SpinLockObjectPool<Vec<u8>>);

impl Leases for LockfreeSpin {
    type Lease<'p> = SpinLockReusable<'p, Vec<u8>>;

    fn new() -> Self {
        Self(SpinLockObjectPool::new(Vec::new, Vec::clear))
    }

    #[inline]
    fn lease(&self) -> Self::Lease<'_> {
        self.0.pull()
    }
}

/// `regex-automata`'s, which leaves what it keeps as it is.
pub(crate) struct Regex(RegexPool<Vec<u8>>);

impl Leases for Regex {
    type Lease<'p> = RegexLease<'p>;

    fn new() -> Self {
        Self(RegexPool::new(Vec::new))
    }

    #[inline]
    fn lease(&self) -> RegexLease<'_> {
        let mut buffer = self.0.get();
        buffer.clear();
        buffer
    }
}

type RegexLease<'p> = PoolGuard<'p, Vec<u8>, fn() -> Vec<u8>>;

/// `thread_local`: a buffer for each thread, in a `RefCell`.
pub(crate) struct ThreadLocalCrate(ThreadLocal<RefCell<Vec<u8>>>);

impl Buffers for ThreadLocalCrate {
    fn new() -> Self {
        Self(ThreadLocal::new())
    }

    #[inline]
    fn with<R>(&self, work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut buffer = self.0.get_or_default().borrow_mut();
        buffer.clear();
        work(&mut buffer)
    }
}
