//! Where buffers come from: none kept, a pool by hand, alloc-kit's.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use alloc_kit::{ArcLease, Lease, Lend, Pool, Scratch};

use super::pool::{Buffers, Leases};

/// A new buffer for each use, as large as a line.
pub(crate) struct Nothing;

impl Leases for Nothing {
    type Lease<'p> = New;

    fn new() -> Self {
        Self
    }

    #[inline]
    fn lease(&self) -> New {
        New(Vec::with_capacity(128))
    }
}

/// A buffer that nobody wants back.
pub(crate) struct New(Vec<u8>);

impl Deref for New {
    type Target = Vec<u8>;

    #[inline]
    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for New {
    #[inline]
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

/// The pool that most projects write, without a bound.
pub(crate) struct ByHand(Mutex<Vec<Vec<u8>>>);

/// A buffer of it.
pub(crate) struct ByHandLease<'p> {
    pool: &'p ByHand,
    buffer: Vec<u8>,
}

impl Leases for ByHand {
    type Lease<'p> = ByHandLease<'p>;

    fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    #[inline]
    fn lease(&self) -> ByHandLease<'_> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        ByHandLease { pool: self, buffer: kept.unwrap_or_default() }
    }
}

impl Drop for ByHandLease<'_> {
    #[inline]
    fn drop(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        self.pool.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

impl Deref for ByHandLease<'_> {
    type Target = Vec<u8>;

    #[inline]
    fn deref(&self) -> &Vec<u8> {
        &self.buffer
    }
}

impl DerefMut for ByHandLease<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }
}

/// alloc-kit's, with the default bounds.
pub(crate) struct Ours(Pool<Vec<u8>>);

impl Leases for Ours {
    type Lease<'p> = Lease<'p, Vec<u8>>;

    fn new() -> Self {
        Self(Pool::new())
    }

    #[inline]
    fn lease(&self) -> Self::Lease<'_> {
        self.0.lease()
    }
}

/// The same, where no value is a thread's own.
pub(crate) struct OursCommon(Pool<Vec<u8>>);

impl Leases for OursCommon {
    type Lease<'p> = Lease<'p, Vec<u8>>;

    fn new() -> Self {
        Self(Pool::new().own_values(0))
    }

    #[inline]
    fn lease(&self) -> Self::Lease<'_> {
        self.0.lease()
    }
}

/// The same as the first, by leases that own a share of the pool.
pub(crate) struct OursOwned(Arc<Pool<Vec<u8>>>);

impl Leases for OursOwned {
    type Lease<'p> = ArcLease<Vec<u8>>;

    fn new() -> Self {
        Self(Arc::new(Pool::new()))
    }

    #[inline]
    fn lease(&self) -> Self::Lease<'_> {
        self.0.lease_arc()
    }
}

thread_local! {
    static OF_THREAD: Scratch<Vec<u8>> = const { Scratch::new() };
}

/// alloc-kit's `lend`: no pool, but a buffer for each thread.
pub(crate) struct OfThread;

impl Buffers for OfThread {
    fn new() -> Self {
        Self
    }

    #[inline]
    fn with<R>(&self, work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        OF_THREAD.lend(work)
    }
}
