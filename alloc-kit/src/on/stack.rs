//! Room on the stack for what takes much of it.
//!
//! A message is made of debug information, and that is read with some hundred kilobytes of stack in a build that does not
//! optimise. A thread may have less than that in all, and so has a signal handler on a stack of its own: then another
//! thread does it, while this one waits.

#![allow(unsafe_code, reason = "a thread by C's functions")]

/// The room that suffices.
#[cfg(target_os = "linux")]
const ENOUGH: usize = 768 * 1024;

/// Does the work here, or on another stack if there is too little left of this one.
#[cfg(not(all(target_os = "linux", not(miri))))]
pub(super) fn with_room<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Does the work here, or on another stack if there is too little left of this one.
#[cfg(all(target_os = "linux", not(miri)))]
pub(super) fn with_room<R>(work: impl FnOnce() -> R) -> R {
    let mut job = Job { work: Some(work), result: None };
    if linux::left().is_none_or(|left| left < ENOUGH) {
        linux::run(&mut job);
    }
    match (job.result, job.work) {
        (Some(result), _) => result,
        // There may be no more threads to be had.
        (None, Some(work)) => work(),
        (None, None) => panic!("alloc-kit: a message could not be made"),
    }
}

#[cfg(all(target_os = "linux", not(miri)))]
struct Job<W, R> {
    work: Option<W>,
    result: Option<R>,
}

#[cfg(all(target_os = "linux", not(miri)))]
mod linux {
    use core::ffi::{c_int, c_void};
    use core::mem::MaybeUninit;
    use core::ptr;
    use std::panic::{self, AssertUnwindSafe};

    use super::super::line::{self, suspend};
    use super::{ENOUGH, Job};

    /// C's `pthread_attr_t`, which is no larger on any Linux.
    type Attributes = MaybeUninit<[u64; 16]>;

    unsafe extern "C" {
        /// C's, as is.
        safe fn pthread_self() -> usize;
        /// C's, as is.
        fn pthread_getattr_np(thread: usize, attributes: *mut Attributes) -> c_int;
        /// C's, as is.
        fn pthread_attr_init(attributes: *mut Attributes) -> c_int;
        /// C's, as is.
        fn pthread_attr_getstack(
            attributes: *const Attributes,
            start: *mut *mut c_void,
            size: *mut usize,
        ) -> c_int;
        /// C's, as is.
        fn pthread_attr_setstacksize(attributes: *mut Attributes, size: usize) -> c_int;
        /// C's, as is.
        fn pthread_attr_destroy(attributes: *mut Attributes) -> c_int;
        /// C's, as is.
        fn pthread_create(
            thread: *mut usize,
            attributes: *const Attributes,
            start: extern "C" fn(*mut c_void) -> *mut c_void,
            argument: *mut c_void,
        ) -> c_int;
        /// C's, as is.
        fn pthread_join(thread: usize, result: *mut *mut c_void) -> c_int;
    }

    /// How much of the calling thread's stack is left; nothing if this is another stack, or that can't be known.
    pub(super) fn left() -> Option<usize> {
        let mut attributes = Attributes::uninit();
        // SAFETY: there is room for them.
        if unsafe { pthread_getattr_np(pthread_self(), &raw mut attributes) } != 0 {
            return None;
        }
        let (mut start, mut size) = (ptr::null_mut(), 0);
        // SAFETY: the attributes were made just now, and what they are read into is valid for writes.
        let known = unsafe { pthread_attr_getstack(&raw const attributes, &raw mut start, &raw mut size) };
        // SAFETY: as above, and they are not used again.
        unsafe { pthread_attr_destroy(&raw mut attributes) };
        let here = (&raw const size).addr();
        here.checked_sub(start.addr()).filter(|left| known == 0 && *left < size)
    }

    /// Does the work on a thread of its own, if there can be one.
    pub(super) fn run<W: FnOnce() -> R, R>(job: &mut Job<W, R>) {
        let mut attributes = Attributes::uninit();
        // SAFETY: there is room for them.
        if unsafe { pthread_attr_init(&raw mut attributes) } != 0 {
            return;
        }
        // SAFETY: they were made just now.
        unsafe { pthread_attr_setstacksize(&raw mut attributes, 4 * ENOUGH) };
        let mut thread = 0;
        let argument = ptr::from_mut(job).cast();
        // SAFETY: the job outlives the thread, which is waited for, and is not touched here until then.
        let made = unsafe { pthread_create(&raw mut thread, &raw const attributes, start::<W, R>, argument) };
        if made == 0 {
            // SAFETY: it was made just now, and is waited for once.
            unsafe { pthread_join(thread, ptr::null_mut()) };
        }
        // SAFETY: as above, and they are not used again.
        unsafe { pthread_attr_destroy(&raw mut attributes) };
    }

    extern "C" fn start<W: FnOnce() -> R, R>(job: *mut c_void) -> *mut c_void {
        // It is none of the program's threads: in no list, and in no figure.
        line::change().registered = true;
        let _suspended = suspend();
        // SAFETY: it is a job of this type, which `run` waits for.
        let job = unsafe { &mut *job.cast::<Job<W, R>>() };
        if let Some(work) = job.work.take() {
            job.result = panic::catch_unwind(AssertUnwindSafe(work)).ok();
        }
        ptr::null_mut()
    }
}
