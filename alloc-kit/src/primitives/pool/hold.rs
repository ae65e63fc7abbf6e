//! Which slot a lease gets: the thread's own, else one that is for all, else none of the pool's.

#![allow(unsafe_code, reason = "slots by their index")]

use alloc::vec::Vec;

use super::lease::Held;
use super::slot::{FREE, Slot};
use super::{LeaseError, Pool, Reuse, current};
use crate::primitives::OutOfMemory;

impl<T: Reuse> Pool<T> {
    #[inline]
    pub(super) fn hold(&self) -> Held<T> {
        match self.hold_own() {
            Some(held) => held,
            None => self.hold_any(),
        }
    }

    #[inline]
    pub(super) fn try_hold(&self) -> Result<Held<T>, LeaseError> {
        match self.hold_own() {
            Some(held) => Ok(held),
            None => self.try_hold_any(),
        }
    }

    /// The thread's own, which is all that most leases run.
    #[inline]
    fn hold_own(&self) -> Option<Held<T>> {
        // PERF: else all threads would look at the first slot, whose line the one that holds it changes.
        if self.own_values == 0 {
            return None;
        }
        let me = current::number();
        // SAFETY: `own_mask` is less than the number of slots, if that is not 0.
        let slot = unsafe { self.slots.at(me & self.own_mask) }?;
        // SAFETY: that is the number of this thread, or none.
        unsafe { slot.claim_own(me) }.then(|| Held::in_slot(slot, me, self.make))
    }

    #[cold]
    #[inline(never)]
    fn hold_any(&self) -> Held<T> {
        if self.slots.are_wanted() {
            self.slots.make(Vec::with_capacity(self.slots.len), self.max_bytes);
        }
        self.hold_slot().unwrap_or_else(|| Held::overflowing(self.make, &self.overflows))
    }

    #[cold]
    #[inline(never)]
    fn try_hold_any(&self) -> Result<Held<T>, LeaseError> {
        if self.slots.are_wanted() {
            let mut room = Vec::new();
            let refused = |_| OutOfMemory::of_bytes(self.slots.len * size_of::<Slot<T>>());
            room.try_reserve_exact(self.slots.len).map_err(refused).map_err(LeaseError::OutOfMemory)?;
            self.slots.make(room, self.max_bytes);
        }
        self.hold_slot().ok_or(LeaseError::AllLeased)
    }

    /// Any slot that can be had: what may become the thread's own, then what is for all.
    fn hold_slot(&self) -> Option<Held<T>> {
        let (own, common) = self.slots.all().split_at_checked(self.own_values)?;
        let number = current::enter();
        if let Some(me) = number
            && let Some(slot) = own.get(me & self.own_mask)
            && slot.claim(&current::NUMBERS)
        {
            return Some(Held::in_slot(slot, me, self.make));
        }
        // PERF: by a mask, since a remainder takes longer than all the rest.
        let mask = (1 << common.len().checked_ilog2().unwrap_or(0)) - 1;
        let start = number.unwrap_or_else(current::spread) & mask;
        let slot = match common.get(start) {
            Some(slot) if slot.seems_full() && slot.claim(&current::NUMBERS) => slot,
            _ => find(own, common, start)?,
        };
        Some(Held::in_slot(slot, FREE, self.make))
    }
}

/// Claims a slot for all, or one that a thread has left, rather one with a value; threads start at different ones.
#[cold]
#[inline(never)]
fn find<'slots, T>(
    own: &'slots [Slot<T>],
    common: &'slots [Slot<T>],
    start: usize,
) -> Option<&'slots Slot<T>> {
    let (last, first) = common.split_at(start);
    let mut slots = first.iter().chain(last).chain(own);
    let full = slots.clone().find(|slot| slot.seems_full() && slot.claim(&current::NUMBERS));
    full.or_else(|| slots.find(|slot| slot.claim(&current::NUMBERS)))
}
