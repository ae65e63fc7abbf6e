//! Off mode: `CountingAlloc` only forwards, and a `Handle` only calls.

use core::alloc::{GlobalAlloc, Layout};

use crate::CountingAlloc;

// SAFETY: every request goes to the inner allocator unchanged.
unsafe impl<A: GlobalAlloc + 'static> GlobalAlloc for CountingAlloc<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: forwards the caller's promise.
        unsafe { self.inner.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: forwards the caller's promise.
        unsafe { self.inner.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: forwards the caller's promise.
        unsafe { self.inner.dealloc(ptr, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: forwards the caller's promise.
        unsafe { self.inner.realloc(ptr, layout, new_size) }
    }
}

#[doc = include_str!("docs/handle.md")]
#[derive(Clone, Debug)]
pub struct Handle(());

impl Handle {
    /// The handle of the innermost region that the calling thread is in: there are none.
    #[must_use]
    #[inline]
    pub fn current() -> Self {
        Self(())
    }

    /// Calls the closure.
    #[inline]
    pub fn attach<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }

    /// The future.
    #[inline]
    pub fn attach_future<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        future
    }
}
