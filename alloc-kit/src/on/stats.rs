//! What was seen of a site in this process, for the report. But for the warm-up, nothing is kept without one.

use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::OnceLock;

use super::line;
use super::site::{Limits, NO_LIMIT, Site};
use super::usage::Usage;
use super::verdict::{KEYS, Key, as_signed};

/// What was seen of a site.
#[derive(Debug)]
pub struct Stats {
    /// Outermost calls.
    calls: AtomicU64,
    judged: AtomicU64,
    broken: AtomicU64,
    not_judged: AtomicU64,
    /// The first reason why a call was not judged.
    why_not: OnceLock<&'static str>,
    warmed_up: AtomicU64,
    /// The most that a judged call used, by key.
    most: [AtomicI64; KEYS.len()],
    /// The least that a judged call left of its limit, by key; negative where it was exceeded.
    room: [AtomicI64; KEYS.len()],
    /// The most threads that started in the process during a judged call that attached none.
    threads: AtomicU64,
    /// Regions that have exceeded a limit and have not ended yet.
    over: AtomicU32,
    /// Calls in a signal handler that interrupted this crate's own work.
    interrupts: AtomicU64,
    /// Where the function is, with its type, once it was called.
    path: OnceLock<&'static str>,
    /// How often it was written that it broke.
    told: AtomicU32,
    /// Whether it is on the list of sites that there is something to say of at the end, and who is after it.
    pub(super) noted: AtomicBool,
    pub(super) next: AtomicPtr<Site>,
}

/// Whether a report was asked for.
static KEPT: AtomicBool = AtomicBool::new(false);

/// From here on what is seen is kept.
pub(super) fn keep() {
    KEPT.store(true, Ordering::Relaxed);
}

/// Whether what is seen is kept.
#[inline]
pub(super) fn are_kept() -> bool {
    KEPT.load(Ordering::Relaxed)
}

/// Breaches of one site that are written when they happen.
const TOLD: u32 = 16;

/// Why such a call was not judged.
pub(super) const INTERRUPTS: &str = "a signal handler interrupted alloc-kit's own work";

/// The figures of a site, for the report.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) calls: u64,
    pub(super) judged: u64,
    pub(super) broken: u64,
    pub(super) not_judged: u64,
    pub(super) warmed_up: u64,
    pub(super) threads: u64,
    pub(super) why_not: Option<&'static str>,
    pub(super) path: Option<&'static str>,
    /// By key: the most that was used, and the room that was left, if it was limited.
    pub(super) keys: [(i64, Option<i64>); KEYS.len()],
    pub(super) over: bool,
}

impl Default for Stats {
    fn default() -> Self {
        Self::new()
    }
}

impl Stats {
    /// Nothing was seen.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            calls: AtomicU64::new(0),
            judged: AtomicU64::new(0),
            broken: AtomicU64::new(0),
            not_judged: AtomicU64::new(0),
            why_not: OnceLock::new(),
            warmed_up: AtomicU64::new(0),
            most: [const { AtomicI64::new(i64::MIN) }; KEYS.len()],
            room: [const { AtomicI64::new(i64::MAX) }; KEYS.len()],
            threads: AtomicU64::new(0),
            over: AtomicU32::new(0),
            interrupts: AtomicU64::new(0),
            path: OnceLock::new(),
            told: AtomicU32::new(0),
            noted: AtomicBool::new(false),
            next: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// An outermost call; the path is the first one's, of a generic function or not.
    pub(super) fn called(&self, path: &'static str) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if self.path.get().is_none() {
            // A signal handler must not wait for what it interrupts: it enters no region now.
            let _suspended = line::suspend();
            self.path.get_or_init(|| path);
        }
    }

    /// Whether it was called before, so that its path is known.
    #[inline]
    pub(super) fn is_known(&self) -> bool {
        self.path.get().is_some()
    }

    /// An outermost call where [one was before](Self::is_known). Nothing here may wait, or allocate.
    #[inline]
    pub(super) fn called_again(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether this call is one of the first so many, which are not judged.
    pub(super) fn warms_up(&self, calls: u64) -> bool {
        // Not a bare increment: it would start again after `u64::MAX` of them, and is only paid for while it matters.
        let next = |done: u64| (done < calls).then_some(done + 1);
        self.warmed_up.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }

    /// A call was let through where nothing is judged, for a reason; recursion is not told apart.
    pub(super) fn let_through(&self, why: &'static str) {
        if are_kept() {
            self.calls.fetch_add(1, Ordering::Relaxed);
            self.not_judged(why);
        }
    }

    /// A call was not judged, for a reason.
    pub(super) fn not_judged(&self, why: &'static str) {
        if are_kept() {
            self.not_judged.fetch_add(1, Ordering::Relaxed);
            self.why_not.get_or_init(|| why);
        }
    }

    /// A call could not be judged, since it was in a signal handler that interrupted this crate's own work. Nothing here
    /// may wait, or allocate.
    pub(super) fn interrupts(&self) {
        self.interrupts.fetch_add(1, Ordering::Relaxed);
    }

    /// How many could not.
    pub(super) fn interrupted(&self) -> u64 {
        self.interrupts.load(Ordering::Relaxed)
    }

    /// A judged call was over a limit.
    pub(super) fn broke(&self, path: &'static str) {
        self.path.get_or_init(|| path);
        self.broken.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether it may be written once more that it broke: so often that each is of use, and no disk is filled.
    pub(super) fn may_be_told(&self) -> bool {
        let next = |told: u32| (told < TOLD).then_some(told + 1);
        self.told.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }

    /// Where the function is, if that is known.
    pub(super) fn path(&self) -> Option<&'static str> {
        self.path.get().copied()
    }

    /// How many were.
    pub(super) fn broken(&self) -> u64 {
        self.broken.load(Ordering::Relaxed)
    }

    /// A call was judged, in which so many threads started that were not attached. Nothing here may wait, or allocate.
    pub(super) fn judged(&self, limits: &Limits, usage: &Usage, threads: u64) {
        self.judged.fetch_add(1, Ordering::Relaxed);
        if threads > 0 {
            self.threads.fetch_max(threads, Ordering::Relaxed);
        }
        // PERF: by hand, since loops over keys are what a debug build is slow in.
        self.used(Key::Allocations, as_signed(usage.allocations), limits.allocations);
        self.used(Key::Bytes, as_signed(usage.bytes_allocated), limits.bytes);
        self.used(Key::PeakBytes, as_signed(usage.peak_bytes), limits.peak_bytes);
        self.used(Key::LiveBytes, usage.live_bytes, limits.live_bytes);
        self.used(Key::Deallocations, as_signed(usage.deallocations), limits.deallocations);
    }

    /// A judged call used so much of a key.
    fn used(&self, key: Key, used: i64, limit: u64) {
        let (most, room) = (&self.most[key as usize], &self.room[key as usize]);
        // PERF: most calls change nothing, and then threads need not wait for each other's cache lines.
        if used > most.load(Ordering::Relaxed) {
            most.fetch_max(used, Ordering::Relaxed);
        }
        if limit != NO_LIMIT {
            let left = as_signed(limit).saturating_sub(used);
            if left < room.load(Ordering::Relaxed) {
                room.fetch_min(left, Ordering::Relaxed);
            }
        }
    }

    /// A region has exceeded a limit.
    pub(super) fn goes_over(&self) {
        self.over.fetch_add(1, Ordering::Relaxed);
    }

    /// A region that had exceeded a limit has ended, and what there was to say of it is said elsewhere.
    pub(super) fn was_over(&self) {
        self.over.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether a region that has not ended has exceeded a limit.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed) > 0
    }

    /// Whether there is nothing to say of it than that.
    pub(super) fn is_untouched(&self) -> bool {
        let none = |figure: &AtomicU64| figure.load(Ordering::Relaxed) == 0;
        none(&self.calls) && none(&self.interrupts) && none(&self.broken) && !self.is_over()
    }

    /// The figures as they stand.
    pub(super) fn seen(&self) -> Seen {
        let of = |index: usize| {
            let most = self.most[index].load(Ordering::Relaxed);
            let room = self.room[index].load(Ordering::Relaxed);
            (if most == i64::MIN { 0 } else { most }, (room != i64::MAX).then_some(room))
        };
        let load = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        let interrupts = load(&self.interrupts);
        Seen {
            calls: load(&self.calls) + interrupts,
            judged: load(&self.judged),
            broken: load(&self.broken),
            not_judged: load(&self.not_judged) + interrupts,
            warmed_up: load(&self.warmed_up),
            threads: load(&self.threads),
            why_not: self.why_not.get().copied().or((interrupts > 0).then_some(INTERRUPTS)),
            path: self.path.get().copied(),
            keys: core::array::from_fn(of),
            over: self.is_over(),
        }
    }
}
