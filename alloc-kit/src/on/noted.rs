//! Sites that there is something to say of when the process ends, whichever file of the program they are in.

#![allow(unsafe_code, reason = "a list of statics by raw pointers, to which the hook adds")]

use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::site::Site;

/// Sites of which a region has gone over a limit, or could not be judged in a signal handler, the last one first. The register has those of one file of the program, which is
/// all of them but where Rust libraries that are loaded share this crate.
static NOTED: AtomicPtr<Site> = AtomicPtr::new(ptr::null_mut());

/// Puts a site on the list, once; in the allocator's hook or a signal handler, so without allocating or waiting.
pub(super) fn note(site: &'static Site) {
    if site.stats.noted.swap(true, Ordering::Relaxed) {
        return;
    }
    let mut first = NOTED.load(Ordering::Relaxed);
    loop {
        site.stats.next.store(first, Ordering::Relaxed);
        let this = ptr::from_ref(site).cast_mut();
        match NOTED.compare_exchange_weak(first, this, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => return,
            Err(now) => first = now,
        }
    }
}

/// The sites that were noted, in the order in which they were.
pub(super) fn noted() -> Vec<&'static Site> {
    let mut noted = Vec::new();
    let mut next = NOTED.load(Ordering::Acquire);
    // SAFETY: what is on the list is a static, which is only ever read, but for its atomics; it is there as long as its file
    // of the program is, and a library with budgets that shares this crate must not be closed (guide `allocators`).
    while let Some(site) = unsafe { next.cast_const().as_ref() } {
        noted.push(site);
        next = site.stats.next.load(Ordering::Relaxed);
    }
    noted.reverse();
    noted
}
