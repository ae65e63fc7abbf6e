//! x

#[doc(no_inline)]
pub use ::dhat::*;
