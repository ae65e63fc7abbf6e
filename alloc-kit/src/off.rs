//! Off mode: `CountingAlloc` only forwards, and a `Handle` only calls.

#![allow(unsafe_code, reason = "an allocator that forwards")]

use core::alloc::{GlobalAlloc, Layout};

use crate::CountingAlloc;
use crate::counting::{allocates, frees};

// SAFETY: every request goes to the inner allocator unchanged.
#[cfg_attr(docsrs, doc(auto_cfg = false))]
unsafe impl<A: GlobalAlloc + 'static> GlobalAlloc for CountingAlloc<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocates();
        // SAFETY: forwards the caller's promise.
        unsafe { self.inner.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        allocates();
        // SAFETY: forwards the caller's promise.
        unsafe { self.inner.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        frees();
        // SAFETY: forwards the caller's promise.
        unsafe { self.inner.dealloc(ptr, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        allocates();
        // SAFETY: forwards the caller's promise.
        unsafe { self.inner.realloc(ptr, layout, new_size) }
    }
}

#[doc = include_str!("docs/handle.md")]
#[derive(Clone, Debug)]
pub struct Handle(());

impl Handle {
    /// The handle of the innermost region that the calling thread is in: there are none.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit::{Handle, assert_alloc_budget};
    /// use std::thread;
    ///
    /// /// What starts a thread takes the handle before it does.
    /// fn in_thread<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    ///     let handle = Handle::current();
    ///     thread::scope(|scope| scope.spawn(move || handle.attach(work)).join().unwrap())
    /// }
    ///
    /// let text = assert_alloc_budget!(20, in_thread(|| "text".to_uppercase()));
    /// assert_eq!(text, "TEXT");
    /// assert_eq!(in_thread(|| 1 + 1), 2); // no region: the handle does nothing
    /// ```
    #[must_use]
    #[inline]
    pub fn current() -> Self {
        Self(())
    }

    /// Calls the closure.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit::{Handle, assert_alloc_budget};
    /// use std::thread;
    ///
    /// let text = assert_alloc_budget!(20, {
    ///     let handle = Handle::current();
    ///     thread::scope(|scope| scope.spawn(|| handle.attach(|| "text".to_uppercase())).join().unwrap())
    /// });
    /// assert_eq!(text, "TEXT");
    /// ```
    #[inline]
    pub fn attach<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }

    /// The future.
    ///
    /// ```
    /// # let mut waits = std::task::Context::from_waker(std::task::Waker::noop());
    /// # let example = async {
    /// let handle = alloc_kit::Handle::current();
    /// // As it would be given to `tokio::spawn`.
    /// let task = handle.attach_future(async { 1 + 1 });
    /// assert_eq!(task.await, 2);
    /// # };
    /// # assert!(std::pin::pin!(example).poll(&mut waits).is_ready());
    /// ```
    #[inline]
    pub fn attach_future<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        future
    }
}
