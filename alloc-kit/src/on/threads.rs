//! All threads' lines, for figures of the whole process (`scope = process`).
//!
//! A thread is taken up in its first trap, which its first allocation or deallocation is, and let go by the
//! destructor of its context's owner. What it counted until then is kept in a sum for those that are gone; what it
//! frees or allocates after that, in destructors that run later, is in no figure of the process.
//!
//! Invariants:
//! - The list and the sum are touched only by who holds the lock. It is held for some instructions by a thread that
//!   comes or goes, and for as long as it takes to look at all lines by one that sums; never while anything allocates.
//! - Nobody waits for it for ever: in a signal handler its holder may not come back. A thread that could not come or go
//!   makes [`is_complete`] false, and the list is not looked at from then on: a node may be left in it of a thread that
//!   is gone. In the child of a `fork` the list has one thread.

#![allow(unsafe_code, reason = "the lines of all threads, and C's pthread_atfork")]

use core::cell::{Cell, UnsafeCell};
use core::hint::spin_loop;
use core::marker::PhantomPinned;
use core::mem::{self, MaybeUninit};
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};
#[cfg(unix)]
use std::sync::MutexGuard;
use std::thread;

use super::line::{self, Line, Totals};
#[cfg(unix)]
use super::resolve::forks;

/// A place in the list; it lies in a thread-local of the thread whose line it is.
pub(super) struct Node {
    line: Cell<*mut Line>,
    next: Cell<*const Node>,
    previous: Cell<*const Node>,
    /// Its neighbours change it until it has left the list, also where its thread has a `&mut` to it for the destructor:
    /// to what is pinned that claims no more than it has.
    _pinned: PhantomPinned,
}

impl Node {
    /// In no list.
    pub(super) const fn new() -> Self {
        Self {
            line: Cell::new(ptr::null_mut()),
            next: Cell::new(ptr::null()),
            previous: Cell::new(ptr::null()),
            _pinned: PhantomPinned,
        }
    }
}

struct Threads {
    locked: AtomicBool,
    list: UnsafeCell<List>,
}

struct List {
    first: *const Node,
    gone: Totals,
}

// SAFETY: the list is touched only by who holds the lock.
unsafe impl Sync for Threads {}

static THREADS: Threads = Threads {
    locked: AtomicBool::new(false),
    list: UnsafeCell::new(List { first: ptr::null(), gone: Totals::NONE }),
};
static STARTED: AtomicU64 = AtomicU64::new(0);
static INCOMPLETE: AtomicBool = AtomicBool::new(false);

/// How often the lock is tried: for some seconds at the most.
const TRIES: u32 = if cfg!(test) { 100_000 } else { 50_000_000 };
/// How often before somebody else gets the processor.
const SPINS: u32 = 1_000;
/// How often a line that is just being changed is looked at again.
const LOOKS: u32 = 1_000_000;

/// Threads that were taken up so far. The first thing that a thread allocates takes it up.
pub(super) fn started() -> u64 {
    STARTED.load(Ordering::Relaxed)
}

/// Whether every thread could be taken up.
pub(super) fn is_complete() -> bool {
    !INCOMPLETE.load(Ordering::Relaxed)
}

/// Does something with the list, which may not allocate. Nothing, if the lock can't be had, or once could not.
fn with_list<R>(work: impl FnOnce(&mut List) -> R) -> Option<R> {
    if !lock() {
        return None;
    }
    let result = is_complete().then(|| {
        // SAFETY: the lock is held, so nobody else touches the list.
        work(unsafe { &mut *THREADS.list.get() })
    });
    unlock();
    result
}

fn lock() -> bool {
    let take = || THREADS.locked.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed);
    let mut tries = 0_u32;
    while take().is_err() {
        tries += 1;
        if tries == TRIES {
            return false;
        }
        // Its holder may wait for this processor.
        if tries.is_multiple_of(SPINS) { thread::yield_now() } else { spin_loop() }
    }
    true
}

fn unlock() {
    THREADS.locked.store(false, Ordering::Release);
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
        static SYMBOLS: Cell<Option<MutexGuard<'static, ()>>> = const { Cell::new(None) };
    }

    extern "C" fn prepare() {
        let _ = SYMBOLS.try_with(|symbols| symbols.set(forks::prepare()));
        LOCKED.store(lock(), Ordering::Relaxed);
    }
    extern "C" fn parent() {
        if LOCKED.swap(false, Ordering::Relaxed) {
            unlock();
        }
        let _ = SYMBOLS.try_with(Cell::take);
    }
    extern "C" fn child() {
        if SYMBOLS.try_with(Cell::take).ok().flatten().is_none() {
            forks::lose_symbols();
        }
        let intact = LOCKED.swap(false, Ordering::Relaxed) && is_complete();
        // SAFETY: there is no other thread.
        let list = unsafe { &mut *THREADS.list.get() };
        let own = line::line();
        let mut node = mem::replace(&mut list.first, ptr::null());
        if !intact {
            INCOMPLETE.store(true, Ordering::Relaxed);
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
                list.gone += look(here.line.get()).unwrap_or(Totals::NONE);
            }
        }
        unlock();
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
    let entered = with_list(|list| {
        node.line.set(line);
        node.next.set(list.first);
        // SAFETY: nodes in the list stay valid until they leave it, for which the lock is needed.
        if let Some(next) = unsafe { list.first.as_ref() } {
            next.previous.set(node);
        }
        list.first = node;
    });
    if entered.is_none() {
        INCOMPLETE.store(true, Ordering::Relaxed);
    }
}

/// Lets the calling thread's line go, and keeps what it counted.
pub(super) fn leave(node: &Node) {
    if node.line.get().is_null() {
        return;
    }
    let left = with_list(|list| {
        list.gone += look(node.line.get()).unwrap_or(Totals::NONE);
        let (next, previous) = (node.next.get(), node.previous.get());
        // SAFETY: nodes in the list stay valid until they leave it, for which the lock is needed.
        if let Some(next) = unsafe { next.as_ref() } {
            next.previous.set(previous);
        }
        // SAFETY: as above.
        match unsafe { previous.as_ref() } {
            Some(previous) => previous.next.set(next),
            None => list.first = next,
        }
        node.line.set(ptr::null_mut());
    });
    if left.is_none() {
        INCOMPLETE.store(true, Ordering::Relaxed);
    }
}

/// What all threads together have counted, those that are gone included; nothing if that can't be known.
///
/// What happened before on other threads (a `join`, a message, a lock) is in it; what they do at this moment may be.
pub(super) fn totals() -> Option<Totals> {
    let sum = with_list(|list| {
        let mut sum = list.gone;
        let mut node = list.first;
        // SAFETY: nodes in the list stay valid until they leave it, for which the lock is needed.
        while let Some(here) = unsafe { node.as_ref() } {
            sum += look(here.line.get())?;
            node = here.next.get();
        }
        Some(sum)
    });
    sum.flatten()
}

/// The totals of a line that its thread may be changing.
fn look(line: *mut Line) -> Option<Totals> {
    // SAFETY: a line in the list is valid.
    let version = unsafe { &raw mut (*line).version };
    // SAFETY: as above, and it is aligned; its thread changes it as an atomic.
    let version = unsafe { AtomicU32::from_ptr(version) };
    for _ in 0..LOOKS {
        let before = version.load(Ordering::Acquire);
        if before.is_multiple_of(2) {
            // SAFETY: a line in the list is valid.
            let seen = unsafe { copy(line) };
            fence(Ordering::Acquire);
            if version.load(Ordering::Relaxed) == before {
                return Some(seen.public_totals());
            }
        }
        spin_loop();
    }
    None
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
        assert_eq!(with_list(|_| totals()), Some(None));
        let node = Box::leak(Box::new(Node::new()));
        // SAFETY: the line is this thread's, and the node stays for ever.
        with_list(|_| unsafe { enter(node, line::line()) });
        assert_eq!((is_complete(), totals(), with_list(|_| ())), (false, None, None));
    }
}
