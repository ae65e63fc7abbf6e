//! TODO-DOCS

#[doc(no_inline)]
pub use ::smallvec::*;
