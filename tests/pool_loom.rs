//! The slots of `Pool` under loom: every order in which threads can run, and every value that an atomic may then read.
//!
//! The crate's files are built here once more, on loom's types. What a lease does is `lease` and `end` below, in the
//! order of `Held` and `Pool::hold_slot`.
//!
//! Run with: `cargo test -p alloc-kit-tests --test pool_loom`.

#![allow(dead_code, unreachable_pub, reason = "what of the crate's files is not modelled")]

extern crate alloc;

#[path = "../alloc-kit/src/primitives/pool/numbers.rs"]
mod numbers;
#[path = "../alloc-kit/src/primitives/pool/slot.rs"]
mod slot;
#[path = "../alloc-kit/src/primitives/pool/slots.rs"]
mod slots;
mod sync {
    use loom::alloc::Track;
    pub(super) use loom::sync::atomic::{AtomicPtr, AtomicUsize};

    /// Loom reports it if it is never dropped, and with it slots that are lost.
    pub(super) struct UnsafeCell<T>(Track<loom::cell::UnsafeCell<T>>);

    impl<T> UnsafeCell<T> {
        pub(super) fn new(value: T) -> Self {
            Self(Track::new(loom::cell::UnsafeCell::new(value)))
        }

        pub(super) fn into_inner(self) -> T {
            self.0.into_inner().into_inner()
        }

        pub(super) fn with_mut<R>(&self, work: impl FnOnce(*mut T) -> R) -> R {
            self.0.get_ref().with_mut(work)
        }
    }
}

use std::array;
use std::ptr;

use loom::sync::Arc;
use loom::thread::{self, JoinHandle};
use numbers::Numbers;
use slot::{FREE, Slot};
use slots::Slots;

/// What a slot's value retains at most, here.
const MAX_BYTES: usize = 100;

/// What threads share: values are how often they were leased, and boxed, so that loom sees those that are lost.
struct World {
    slots: Slots<loom::alloc::Track<usize>>,
    numbers: Numbers<4>,
}

impl World {
    fn new(slots: usize) -> Arc<Self> {
        let mut all = Slots::with(sync::AtomicPtr::new(ptr::null_mut()));
        all.len = slots;
        let numbers = Numbers::with(array::from_fn(|_| sync::AtomicUsize::new(0)));
        Arc::new(Self { slots: all, numbers })
    }

    /// With its slots made.
    fn with_slots(slots: usize) -> Arc<Self> {
        let world = Self::new(slots);
        world.make();
        world
    }

    fn make(&self) {
        if self.slots.are_wanted() {
            self.slots.make(Vec::new(), MAX_BYTES);
        }
    }

    fn slot(&self, index: usize) -> &Slot<loom::alloc::Track<usize>> {
        &self.slots.all()[index]
    }

    /// Leases the slot as anybody, and gives it back.
    fn lease(&self, index: usize, back: usize) -> Option<usize> {
        let slot = self.slot(index);
        slot.claim(&self.numbers).then(|| self.end(index, back))
    }

    /// Leases the slot as the thread whose own it is.
    fn lease_own(&self, index: usize, me: usize) -> Option<usize> {
        // SAFETY: each model gives each number to one thread.
        unsafe { self.slot(index).claim_own(me) }.then(|| self.end(index, me))
    }

    /// Uses the value of a slot that is held, and gives it back; tells how often it was leased before.
    fn end(&self, index: usize, back: usize) -> usize {
        let slot = self.slot(index);
        let before = slot.value.with_mut(|place| {
            // SAFETY: the slot is held; loom tells if it is not.
            let place = unsafe { &mut *place };
            if let Some(value) = place {
                slot.count_reused();
                *value.get_mut() += 1;
                *value.get_ref() - 1
            } else {
                *place = Some(loom::alloc::Track::new(1));
                slot.count_made();
                0
            }
        });
        slot.note_kept(10);
        // SAFETY: the slot is held, and its value not used any more.
        unsafe { slot.release(back) };
        before
    }

    /// As `Pool::give_back` does.
    fn clear(&self, index: usize) -> bool {
        let slot = self.slot(index);
        let is_ours = slot.claim(&self.numbers);
        if is_ours {
            // SAFETY: the slot is held; loom tells if it is not.
            slot.value.with_mut(|place| unsafe { *place = None });
            slot.note_given_back(MAX_BYTES);
            // SAFETY: the slot is held, and its value not used any more.
            unsafe { slot.release(FREE) };
        } else {
            slot.ask_back();
        }
        is_ours
    }
}

fn on_thread<R: 'static>(world: &Arc<World>, work: impl FnOnce(&World) -> R + 'static) -> JoinHandle<R> {
    let world = Arc::clone(world);
    thread::spawn(move || work(&world))
}

#[test]
fn one_slot_is_held_by_one_and_what_it_wrote_is_seen() {
    loom::model(|| one_slot(1));
}

#[test]
fn one_slot_of_three_threads() {
    // All orders with so many switches from a thread that could go on: all there are take minutes.
    let mut some = loom::model::Builder::new();
    some.preemption_bound = Some(2);
    some.check(|| one_slot(2));
}

fn one_slot(others: usize) {
    let world = World::with_slots(1);
    let others: Vec<_> = (0..others).map(|_| on_thread(&world, |world| world.lease(0, FREE))).collect();
    let here = world.lease(0, FREE);
    let mut seen: Vec<_> = others.into_iter().map(|other| other.join().unwrap()).collect();
    seen.push(here);
    seen.retain(Option::is_some);
    seen.sort_unstable();
    // Some overflow; of the others each saw what the one before it wrote.
    assert!(!seen.is_empty());
    assert_eq!(seen, (0..seen.len()).map(Some).collect::<Vec<_>>());
    let tally = world.slot(0).tally();
    assert_eq!(tally.reused + tally.made, seen.len());
}

#[test]
fn of_two_slots_two_threads_never_hold_the_same() {
    loom::model(|| {
        let world = World::with_slots(2);
        let leases = |world: &World, from: usize| {
            let slot = [from, 1 - from].into_iter().find(|index| world.slot(*index).claim(&world.numbers));
            let held = slot.inspect(|index| {
                world.end(*index, FREE);
            });
            held.is_some()
        };
        // From the same end, so that they meet.
        let other = on_thread(&world, move |world| leases(world, 0));
        let here = leases(&world, 0);
        // Two slots are enough for two threads: nothing overflows.
        assert!(here && other.join().unwrap());
        let kept =
            [0, 1].map(|index| world.slot(index).tally()).iter().filter(|t| t.kept_bytes.is_some()).count();
        assert!((1..=2).contains(&kept), "{kept}");
    });
}

#[test]
fn the_slots_are_made_once() {
    loom::model(|| {
        let world = World::new(1);
        let work = |world: &World| {
            world.make();
            world.lease(0, FREE)
        };
        let other = on_thread(&world, work);
        let here = work(&world);
        assert!(here.is_some() || other.join().unwrap().is_some());
        assert_eq!(world.slots.all().len(), 1);
    });
}

#[test]
fn an_own_slot_is_nobody_elses_while_the_thread_lives() {
    loom::model(|| {
        let world = World::with_slots(1);
        let me = world.numbers.enter().unwrap();
        assert_eq!(world.lease(0, me), Some(0));
        let other = on_thread(&world, |world| (world.lease(0, FREE), world.clear(0)));
        assert_eq!(world.lease_own(0, me), Some(1));
        assert_eq!(world.lease_own(0, me), Some(2));
        assert_eq!(other.join().unwrap(), (None, false));
        // But it was asked for.
        assert!(world.slot(0).is_over_limit(0));
    });
}

#[test]
fn an_own_slot_is_for_all_once_its_thread_is_over() {
    loom::model(|| {
        let world = World::with_slots(1);
        let me = world.numbers.enter().unwrap();
        assert_eq!(world.lease(0, me), Some(0));
        let other = on_thread(&world, |world| world.lease(0, FREE));
        assert_eq!(world.lease_own(0, me), Some(1));
        world.numbers.leave(me);
        // Never in between.
        let seen = other.join().unwrap();
        assert!(matches!(seen, None | Some(2)), "{seen:?}");
        assert_eq!(world.lease(0, FREE), Some(seen.map_or(2, |seen| seen + 1)));
    });
}

/// Others may see the number in the slot before they see it in the table.
#[test]
fn a_thread_that_nobody_has_heard_of_is_not_over() {
    loom::model(|| {
        let world = World::with_slots(1);
        let other = on_thread(&world, |world| [world.lease(0, FREE), world.lease(0, FREE)]);
        let me = world.numbers.enter().unwrap();
        let here = [world.lease(0, me), world.lease_own(0, me)];
        let other = other.join().unwrap();
        // It has the slot from its first lease on.
        let others = other.iter().flatten().count();
        assert!(
            others == 0 || here == [None; 2] || here == [Some(others), Some(others + 1)],
            "{here:?}, {other:?}"
        );
        assert!(here[0].is_none() || here[1].is_some());
    });
}

#[test]
fn the_next_thread_with_an_entry_does_not_keep_the_last_one_alive() {
    loom::model(|| {
        let world = World::with_slots(1);
        let first = world.numbers.enter().unwrap();
        assert_eq!(world.lease(0, first), Some(0));
        let next = on_thread(&world, |world| world.numbers.enter().unwrap());
        let claims = on_thread(&world, |world| world.lease(0, FREE));
        assert_eq!(world.lease_own(0, first), Some(1));
        world.numbers.leave(first);
        // Whether it sees the entry left, or taken again: all that the first one did comes before.
        assert!(matches!(claims.join().unwrap(), None | Some(2)));
        assert_ne!(next.join().unwrap(), first);
    });
}

#[test]
fn a_lease_that_ends_on_another_thread() {
    loom::model(|| {
        let world = World::with_slots(1);
        let me = world.numbers.enter().unwrap();
        assert_eq!(world.lease(0, me), Some(0));
        // SAFETY: it is this thread's.
        assert!(unsafe { world.slot(0).claim_own(me) });
        let other = on_thread(&world, move |world| world.end(0, me));
        let third = on_thread(&world, |world| world.lease(0, FREE));
        let again = world.lease_own(0, me);
        world.numbers.leave(me);
        assert_eq!(other.join().unwrap(), 1);
        assert!(matches!(again, None | Some(2)));
        assert!(third.join().unwrap().is_none_or(|seen| seen >= 2));
    });
}

#[test]
fn clear_frees_a_value_once_and_not_under_a_lease() {
    loom::model(|| {
        let world = World::with_slots(1);
        world.lease(0, FREE);
        let lease = on_thread(&world, |world| world.lease(0, FREE));
        let cleared = world.clear(0);
        let leased = lease.join().unwrap();
        let tally = world.slot(0).tally();
        assert_eq!(tally.given_back, usize::from(cleared));
        assert_eq!(tally.reused, usize::from(leased == Some(1)));
        assert_eq!(tally.made, 1 + usize::from(leased == Some(0)));
        // What was leased meanwhile is asked for.
        assert!(cleared || world.slot(0).is_over_limit(0));
    });
}

#[test]
fn stats_touch_no_value() {
    loom::model(|| {
        let world = World::with_slots(1);
        world.lease(0, FREE);
        let lease = on_thread(&world, |world| world.lease(0, FREE));
        let tally = world.slot(0).tally();
        assert_eq!(tally.kept_bytes, Some(10));
        assert_eq!(tally.made, 1);
        assert!(tally.reused <= 1);
        assert_eq!(lease.join().unwrap(), Some(1));
    });
}

#[test]
fn the_last_to_let_go_drops_the_values() {
    loom::model(|| {
        let world = World::with_slots(2);
        let other = on_thread(&world, |world| world.lease(1, FREE));
        world.lease(0, FREE);
        // Loom reports values that were not dropped.
        drop(world);
        other.join().unwrap();
    });
}

/// Loom lets no compare-and-exchange take place before a store that it saw, as processors may: that the orders of
/// `Numbers` forbid it is shown by another cell.
#[test]
fn who_sees_that_a_thread_is_over_sees_all_that_it_did() {
    loom::model(|| {
        let world = World::new(0);
        let done = Arc::new(sync::UnsafeCell::new(0));
        let number = world.numbers.enter().unwrap();
        let successor = on_thread(&world, |world| {
            let number = world.numbers.enter().unwrap();
            world.numbers.leave(number);
        });
        let sees = Arc::clone(&done);
        let other = on_thread(&world, move |world| {
            if world.numbers.is_over(number) {
                // SAFETY: the one that writes is over; loom tells if it is not.
                sees.with_mut(|done| assert_eq!(unsafe { *done }, 1));
            }
        });
        // SAFETY: others read it later; loom tells if they do not.
        done.with_mut(|done| unsafe { *done = 1 });
        world.numbers.leave(number);
        successor.join().unwrap();
        other.join().unwrap();
    });
}

#[test]
fn numbers_are_given_once() {
    loom::model(|| {
        let world = World::new(0);
        let work = |world: &World| {
            let first = world.numbers.enter().unwrap();
            world.numbers.leave(first);
            (first, world.numbers.enter().unwrap())
        };
        let other = on_thread(&world, work);
        let here = work(&world);
        let other = other.join().unwrap();
        let mut all = [here.0, here.1, other.0, other.1];
        all.sort_unstable();
        assert!(all.is_sorted_by(|one, next| one < next), "{all:?}");
        let living = [here.1, other.1];
        assert!(living.iter().all(|number| !world.numbers.is_over(*number)));
        assert!([here.0, other.0].iter().all(|number| world.numbers.is_over(*number)));
    });
}
