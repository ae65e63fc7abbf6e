//! [`Totals`]: what a thread has counted since its start.

use core::ops::{Add, AddAssign, Sub};

/// The running totals of a thread. Only differences mean anything.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) allocations: i64,
    pub(super) reallocations: i64,
    pub(super) deallocations: i64,
    pub(super) bytes_allocated: i64,
    pub(super) live_bytes: i64,
}

impl Totals {
    pub(super) const NONE: Totals =
        Totals { allocations: 0, reallocations: 0, deallocations: 0, bytes_allocated: 0, live_bytes: 0 };
}

impl Sub for Totals {
    type Output = Totals;

    #[inline]
    fn sub(self, from: Totals) -> Totals {
        Totals {
            allocations: self.allocations.wrapping_sub(from.allocations),
            reallocations: self.reallocations.wrapping_sub(from.reallocations),
            deallocations: self.deallocations.wrapping_sub(from.deallocations),
            bytes_allocated: self.bytes_allocated.wrapping_sub(from.bytes_allocated),
            live_bytes: self.live_bytes.wrapping_sub(from.live_bytes),
        }
    }
}

impl Add for Totals {
    type Output = Totals;

    fn add(self, more: Totals) -> Totals {
        self - (Totals::NONE - more)
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, more: Totals) {
        *self = *self + more;
    }
}
