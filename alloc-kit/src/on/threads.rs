//! All threads' lines, for figures of the whole process (`scope = process`).
//!
//! A thread is taken up in its first trap, which its first allocation or deallocation is, and let go by the
//! destructor of its context's owner. What it counted until then is kept in a sum for those that are gone; what it
//! frees or allocates after that, in destructors that run later, is in no figure of the process.
//!
//! The list is in `all.rs`, and how a line is read that its thread is changing in `versions.rs`. In the child of a `fork`
//! the list has one thread. What the others had counted is in the sum, but of one that was in the middle of a change, which
//! can't be read: then a [generation] ends, and no figure is taken from the one before.

#![allow(unsafe_code, reason = "the lines of all threads, and C's pthread_atfork")]

#[cfg(unix)]
use core::cell::Cell;
use core::mem::{self, MaybeUninit};
#[cfg(unix)]
use core::ptr;
use core::sync::atomic::{AtomicU64, Ordering};
#[cfg(unix)]
use std::sync::RwLockWriteGuard;

use super::all::{All, List};
#[cfg(any(unix, test))]
use super::line;
use super::line::Line;
#[cfg(unix)]
use super::resolve::forks;
use super::sync::{AtomicBool, AtomicU32, UnsafeCell};
use super::totals::Totals;
use super::versions;

pub(super) type Node = super::all::Node<Line>;

static THREADS: All<Line> =
    All::with(AtomicBool::new(false), AtomicBool::new(false), UnsafeCell::new(List::EMPTY));
static STARTED: AtomicU64 = AtomicU64::new(0);
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Threads that were taken up so far. The first thing that a thread allocates takes it up.
pub(super) fn started() -> u64 {
    STARTED.load(Ordering::Relaxed)
}

/// Which [totals] can be compared: those of one generation. Another begins in a child of `fork` that can't know what a thread
/// had counted which is not there.
pub(super) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Lets a child of `fork` have a list of its own: the other threads, and the memory that their nodes are in, are not
/// there. For the child they are gone.
#[cfg(unix)]
pub(super) fn survive_forks() {
    use core::ffi::c_int;

    unsafe extern "C" {
        /// C's, as is.
        safe fn pthread_atfork(
            prepare: Option<extern "C" fn()>,
            parent: Option<extern "C" fn()>,
            child: Option<extern "C" fn()>,
        ) -> c_int;
    }
    /// Whether `prepare` has the lock; who forks in a signal handler may not get it.
    static LOCKED: AtomicBool = AtomicBool::new(false);
    thread_local! {
        /// The one of the symbols, likewise; taken first, since who has it may come or go.
        static SYMBOLS: Cell<Option<RwLockWriteGuard<'static, ()>>> = const { Cell::new(None) };
    }

    extern "C" fn prepare() {
        // Here a system's thread-locals and locks may allocate.
        let _suspended = line::suspend();
        let _ = SYMBOLS.try_with(|symbols| symbols.set(forks::prepare()));
        LOCKED.store(THREADS.lock(), Ordering::Relaxed);
    }
    extern "C" fn parent() {
        if LOCKED.swap(false, Ordering::Relaxed) {
            THREADS.unlock();
        }
        let _ = SYMBOLS.try_with(Cell::take);
    }
    extern "C" fn child() {
        if SYMBOLS.try_with(Cell::take).ok().flatten().is_none() {
            forks::lose_symbols();
        }
        let intact = LOCKED.swap(false, Ordering::Relaxed) && THREADS.is_complete();
        if !intact {
            THREADS.give_up();
        }
        // SAFETY: there is no other thread.
        unsafe { THREADS.list_while_alone(|list| keep_own(list, intact)) };
        THREADS.unlock();
    }
    fn keep_own(list: &mut List<Line>, intact: bool) {
        let own = line::line();
        let mut node = mem::replace(&mut list.first, ptr::null());
        if !intact {
            node = ptr::null();
        }
        // SAFETY: the memory of the other threads is still as it was when they were left behind.
        while let Some(here) = unsafe { node.as_ref() } {
            node = here.next.get();
            if here.line.get() == own {
                here.next.set(ptr::null());
                here.previous.set(ptr::null());
                list.first = here;
            } else {
                let line = here.line.get();
                // SAFETY: as above.
                let version = unsafe { version(line) };
                // SAFETY: as above.
                match versions::read_once(version, || unsafe { copy(line) }) {
                    Some(seen) => list.gone += seen.public_totals(),
                    None => _ = GENERATION.fetch_add(1, Ordering::Relaxed),
                }
            }
        }
    }
    let _ = pthread_atfork(Some(prepare), Some(parent), Some(child));
}

#[cfg(not(unix))]
pub(super) fn survive_forks() {}

/// Takes the calling thread's line up.
///
/// # Safety
///
/// The line and the node are the calling thread's, and stay where they are until it lets them [go](leave).
pub(super) unsafe fn enter(node: &Node, line: *mut Line) {
    STARTED.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller's promise.
    unsafe { THREADS.enter(node, line) };
}

/// Lets the calling thread's line go, and keeps what it counted.
pub(super) fn leave(node: &Node) {
    THREADS.leave(node, look);
}

/// What all threads together have counted, those that are gone included; nothing if that can't be known.
pub(super) fn totals() -> Option<Totals> {
    THREADS.totals(look)
}

/// The totals of a line that its thread may be changing.
fn look(line: *mut Line) -> Option<Totals> {
    // SAFETY: a line in the list is valid.
    let version = unsafe { version(line) };
    // SAFETY: as above.
    let seen = versions::read(version, || unsafe { copy(line) });
    seen.map(|seen| seen.public_totals())
}

/// The version of a line.
///
/// # Safety
///
/// The line is valid for as long as the reference.
unsafe fn version<'a>(line: *mut Line) -> &'a AtomicU32 {
    // SAFETY: the caller's promise.
    let version = unsafe { &raw mut (*line).version };
    // SAFETY: as above, and it is aligned; its thread changes it as an atomic.
    unsafe { AtomicU32::from_ptr(version) }
}

/// The words of a line that its thread may count in at the same time.
///
/// # Safety
///
/// The line is valid for reads.
unsafe fn copy(line: *const Line) -> Line {
    let mut words = [const { MaybeUninit::uninit() }; size_of::<Line>() / size_of::<u64>()];
    for (index, word) in words.iter_mut().enumerate() {
        // SAFETY: the line has as many words, and is aligned to more than one.
        let from = unsafe { line.cast::<u64>().add(index) };
        // SAFETY: as above.
        *word = unsafe { read(from) };
    }
    // SAFETY: they are a line's, all of which are numbers, pointers and a bool that is only ever set.
    unsafe { mem::transmute::<[MaybeUninit<u64>; size_of::<Line>() / size_of::<u64>()], Line>(words) }
}

/// A word that another thread may write at the same time, as a plain number: it is read as a whole, before or after.
///
/// That is what the processor promises of aligned words, and not the language, which would call it a race: so it is the
/// processor's own instruction. The hook could only be spared that by paying for it at each allocation. What lies between
/// the fields is never written, so it is a number only perhaps.
///
/// # Safety
///
/// The word is valid for reads, and aligned.
unsafe fn read(word: *const u64) -> MaybeUninit<u64> {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        let value;
        // SAFETY: the caller's promise.
        unsafe {
            core::arch::asm!(
                "mov {value}, qword ptr [{word}]",
                word = in(reg) word,
                value = out(reg) value,
                options(readonly, nostack, preserves_flags),
            );
        }
        MaybeUninit::<u64>::new(value)
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    {
        let value;
        // SAFETY: the caller's promise.
        unsafe {
            core::arch::asm!(
                "ldr {value}, [{word}]",
                word = in(reg) word,
                value = out(reg) value,
                options(readonly, nostack, preserves_flags),
            );
        }
        MaybeUninit::<u64>::new(value)
    }
    #[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
    {
        // SAFETY: the caller's promise.
        unsafe { word.cast::<MaybeUninit<u64>>().read_volatile() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_a_thread_could_not_come_into_is_never_looked_at_again() {
        // Whoever holds the lock waits here for himself, as other tests' threads do meanwhile.
        assert_eq!(THREADS.with_list(|_| totals()), Some(None));
        let node = Box::leak(Box::new(Node::new()));
        // SAFETY: the line is this thread's, and the node stays for ever.
        THREADS.with_list(|_| unsafe { enter(node, line::line()) });
        assert_eq!((THREADS.is_complete(), totals(), THREADS.with_list(|_| ())), (false, None, None));
    }
}
