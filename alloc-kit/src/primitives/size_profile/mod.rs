//! The lengths at a call site: counted in `on` mode, and nothing at all in `off` mode.
//!
//! Both have the same names. What was counted becomes an `advice`, which knows by its `layout` what each choice costs, and
//! is `shown`.

#[cfg(feature = "audit")]
mod advice;
#[cfg(feature = "audit")]
mod layout;
#[cfg(not(feature = "audit"))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
mod off;
#[cfg(feature = "audit")]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
mod on;
#[cfg(feature = "audit")]
mod shown;

#[cfg(feature = "audit")]
pub use advice::{SizeAdvice, SizeChoice};
#[cfg(not(feature = "audit"))]
pub use off::SizeProfile;
#[cfg(feature = "audit")]
pub use on::SizeProfile;

/// The largest struct that is advised, in bytes, unless it is told.
#[cfg(feature = "audit")]
const STRUCT_BYTES: usize = 256;
