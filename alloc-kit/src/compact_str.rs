//! TODO-DOCS

#[doc(no_inline)]
pub use ::compact_str::*;
