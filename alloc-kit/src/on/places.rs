//! Where a thread's context lies: in one of the places that the program has in a static, or else in a box.
//!
//! A thread's first guard takes a place inside of its region, so that may be real-time code: it may not allocate or call
//! the C library. A place in the static takes an atomic operation, and no lock. Those are as many as a program has threads
//! with budgets in, as a rule; where they run out the first guard of a thread allocates, uncounted.
//!
//! The static is not in the program's file, and the system gives it memory where it is touched: the first guard in a
//! place may take a page fault.

#![allow(unsafe_code, reason = "memory of the static, and of a box, that is not initialised")]

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use core::ptr;

use super::context::{Context, Region};
use super::free::Free;
use super::line::Line;
use super::region::Serial;
use super::sync::AtomicU64;
use super::trace::{TRACES, Trace};

/// Regions that fit before the stack grows.
const USUAL_DEPTH: usize = 16;
/// Exceptions in each other that fit before their list grows.
const USUAL_EXCEPTIONS: usize = 4;
/// As many as a word has bits.
const PLACES: usize = 64;

/// A context, and what it needs beside.
pub(super) struct Place {
    context: MaybeUninit<Context>,
    slots: [MaybeUninit<Region>; USUAL_DEPTH],
    traces: [MaybeUninit<Trace>; TRACES],
    aside: [MaybeUninit<(Serial, Line)>; USUAL_EXCEPTIONS],
}

/// Each place is touched by the thread that has taken it, and by no other.
struct Places(UnsafeCell<[MaybeUninit<Place>; PLACES]>);

// SAFETY: who takes a place from `FREE` has it alone, until it gives it back there.
unsafe impl Sync for Places {}

static PLACES_OF_ALL: Places = Places(UnsafeCell::new([const { MaybeUninit::uninit() }; PLACES]));
static FREE: Free = Free::with(AtomicU64::new(Free::ALL));

/// Whose a context's memory is.
#[derive(Clone, Copy)]
pub(super) enum Home {
    /// The static's, at that index.
    Static(u32),
    /// That of the box which this was.
    Heap(*mut Place),
}

/// A context in a place that nobody else has; none if all are taken.
pub(super) fn take() -> Option<*mut Context> {
    let index = FREE.take()?;
    let place = PLACES_OF_ALL.0.get().cast::<Place>().wrapping_add(index as usize);
    // SAFETY: it lies in the static, and who has its number has it alone.
    Some(unsafe { begin(place, Home::Static(index)) })
}

/// A context on the heap. Counting is suspended.
pub(super) fn allocate() -> *mut Context {
    let place = Box::into_raw(Box::<Place>::new_uninit()).cast::<Place>();
    // SAFETY: it is new.
    unsafe { begin(place, Home::Heap(place)) }
}

/// Makes a context in a place.
///
/// # Safety
///
/// The place is valid for ever, aligned, and the caller's alone until it gives it back.
unsafe fn begin(place: *mut Place, home: Home) -> *mut Context {
    // SAFETY: the place is valid, and nobody else has it. Each of these is another part of it, and uninitialised memory.
    let slots = unsafe { &mut (*place).slots };
    // SAFETY: as above.
    let traces = unsafe { &mut (*place).traces };
    // SAFETY: as above.
    let aside = unsafe { &mut (*place).aside };
    let slots: *mut [MaybeUninit<Region>] = slots;
    // SAFETY: as above.
    for slot in unsafe { &mut *slots } {
        slot.write(Region::FREE);
    }
    // SAFETY: all of them were written just now.
    let slots = unsafe { &mut *(slots as *mut [Region]) };
    // SAFETY: the place is valid, and nobody else has it.
    let context = unsafe { &mut (*place).context };
    ptr::from_mut(context.write(Context::new(home, slots, List::new(traces), List::new(aside))))
}

/// Ends a context, and gives back its place. Counting is suspended.
///
/// # Safety
///
/// It came from [`take`] or [`allocate`], and nobody names it any more.
pub(super) unsafe fn give_back(context: *mut Context) {
    // SAFETY: it is valid, by the caller's promise.
    let home = unsafe { (*context).home };
    // SAFETY: as above, and it is not used after this.
    unsafe { context.drop_in_place() };
    match home {
        Home::Static(index) => FREE.give_back(index),
        Home::Heap(place) => {
            // SAFETY: `allocate` made it of a box, and nothing in a place has to be dropped any more.
            drop(unsafe { Box::from_raw(place.cast::<MaybeUninit<Place>>()) });
        }
    }
}

/// Free regions, in a box of twice as many as there were.
pub(super) fn more_slots(slots: usize) -> &'static mut [Region] {
    let slots = (0..2 * slots).map(|_| Region::FREE);
    Box::leak(slots.collect())
}

/// Frees regions that have grown out of their place.
///
/// # Safety
///
/// They are of [`more_slots`], and nobody names them any more.
pub(super) unsafe fn free_slots(slots: *mut [Region]) {
    // SAFETY: they were leaked as a box.
    drop(unsafe { Box::from_raw(slots) });
}

/// How many regions lie in the place itself.
pub(super) fn has_grown(slots: &[Region]) -> bool {
    slots.len() > USUAL_DEPTH
}

/// A list of what need not be dropped, in memory that was set aside.
pub(super) struct List<T: Copy + 'static> {
    room: &'static mut [MaybeUninit<T>],
    len: usize,
}

impl<T: Copy> List<T> {
    fn new(room: &'static mut [MaybeUninit<T>]) -> Self {
        Self { room, len: 0 }
    }

    pub(super) fn is_full(&self) -> bool {
        self.len == self.room.len()
    }

    /// Adds one. The list is not full.
    pub(super) fn push(&mut self, item: T) {
        self.room[self.len].write(item);
        self.len += 1;
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Keeps those that are to be kept, in their order.
    pub(super) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        let mut kept = 0;
        for index in 0..self.len {
            let item = self[index];
            if keep(&item) {
                self[kept] = item;
                kept += 1;
            }
        }
        self.len = kept;
    }
}

impl<T: Copy> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: the first `len` were written.
        unsafe { &*(&raw const self.room[..self.len] as *const [T]) }
    }
}

impl<T: Copy> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: the first `len` were written.
        unsafe { &mut *(&raw mut self.room[..self.len] as *mut [T]) }
    }
}
