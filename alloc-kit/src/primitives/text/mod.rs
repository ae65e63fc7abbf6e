//! Text that is formatted without an allocation: in a buffer, on the stack, or not at all since it is a literal.

mod buffer;
mod cow;
mod inline;
mod with;

pub use buffer::TextBuf;
pub use cow::cow_of;
pub(super) use inline::Inline;
pub use with::{try_with_fmt, with_fmt};
