//! What generated code touches. Nothing here is for users, and anything may change in a patch release: the
//! attributes come from the same version, which is pinned.

#[cfg(feature = "audit")]
pub use crate::on::{Guard, Limit, Limits, Site, enter};
#[cfg(feature = "audit")]
pub use alloc_kit_macros::{assert_alloc_budget, assert_no_alloc};
#[cfg(not(feature = "audit"))]
pub use alloc_kit_macros::{
    assert_alloc_budget_off as assert_alloc_budget, assert_no_alloc_off as assert_no_alloc,
};

/// The path of a marker function that an expansion puts inside the annotated function.
#[cfg(feature = "audit")]
pub fn path_of<T>(_marker: &T) -> &'static str {
    core::any::type_name::<T>()
}
