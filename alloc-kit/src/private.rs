//! What generated code touches. Nothing here is for users, and anything may change in a patch release: the
//! attributes come from the same version, which is pinned.

#[cfg(feature = "audit")]
pub use crate::on::{
    AllowGuard, Allowed, EXCEPTIONS, Exception, Gives, Guard, IsDone, Judged, Limit, Limits, Making, SITES,
    Site, Stats, allow, allowed, allowed_box, allowed_from, enter, judged, judged_box, judged_from, making,
    raise,
};
#[cfg(feature = "audit")]
pub use crate::on::{Claim, Class, SIZES, assert_growth};
#[cfg(feature = "audit")]
pub use crate::on::{Fuzzed, FuzzedFrame};
#[cfg(feature = "audit")]
pub use crate::on::{INSTALLED, Installed};
pub use crate::primitives::{SizeIs, assert_size};
#[cfg(feature = "audit")]
pub use alloc_kit_macros::assert_growth;
#[cfg(not(feature = "audit"))]
pub use alloc_kit_macros::assert_growth_off as assert_growth;
pub use alloc_kit_macros::assert_size;
#[cfg(all(feature = "audit", not(alloc_kit_prove)))]
pub use alloc_kit_macros::{alloc_allowed, alloc_budget, no_alloc};
#[cfg(alloc_kit_prove)]
pub use alloc_kit_macros::{
    alloc_allowed_prove as alloc_allowed, alloc_budget_prove as alloc_budget,
    allow_alloc_prove as allow_alloc, assert_alloc_budget_prove as assert_alloc_budget,
    assert_no_alloc_prove as assert_no_alloc, no_alloc_prove as no_alloc,
};
#[cfg(all(feature = "audit", not(alloc_kit_prove)))]
pub use alloc_kit_macros::{allow_alloc, assert_alloc_budget, assert_no_alloc};
#[cfg(all(not(feature = "audit"), not(alloc_kit_prove)))]
pub use alloc_kit_macros::{
    allow_alloc_off as allow_alloc, assert_alloc_budget_off as assert_alloc_budget,
    assert_no_alloc_off as assert_no_alloc,
};
#[cfg(feature = "audit")]
pub use linkme;

pub use crate::primitives::cow_of;

/// What the macros of prove mode write.
#[cfg(alloc_kit_prove)]
pub mod prove {
    pub use crate::__alloc_kit_site as site;
    pub use crate::prove::{
        Allowed, Allowing, Judging, Note, Proved, Site, allowed, allowed_box, allowed_from, function, proved,
        proved_box, proved_from,
    };
}

/// The path of a closure in the annotated function: it tells instances of a generic function apart.
#[cfg(feature = "audit")]
#[must_use]
pub fn path_of<T>(_marker: &T) -> &'static str {
    core::any::type_name::<T>()
}

/// Calls a closure once: called on the spot it would be taken for one that may be called again, whose result can't
/// borrow from what it captured.
#[cfg(any(feature = "audit", alloc_kit_prove))]
#[inline]
pub fn call_once<R>(body: impl FnOnce() -> R) -> R {
    body()
}
