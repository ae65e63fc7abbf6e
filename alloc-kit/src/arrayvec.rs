//! [`arrayvec`](https://docs.rs/arrayvec/0.7): a vector and a string of at most `N` elements or bytes, in place, and never on the heap.
//!
//! For what has a largest size by its nature (an octet string of 16 bytes, the digits of a `u64`, a move list of at most 218), for
//! interrupts and real-time code that may not allocate at all, and in statics: `new_const` is `const`.
//!
//! ```
//! use std::fmt::Write;
//!
//! use alloc_kit::{ArrayString, ArrayVec, assert_no_alloc};
//! # alloc_kit::install!();
//!
//! let mut moves: ArrayVec<u16, 218> = ArrayVec::new();
//! let mut text: ArrayString<20> = ArrayString::new();
//! assert_no_alloc!({
//!     moves.push(0x1c2d);
//!     write!(text, "{}", u64::MAX).expect("20 digits at most");
//! });
//! assert_eq!(text.as_str(), "18446744073709551615");
//! ```
//!
//! # When not
//!
//! - The length comes from input: what does not fit is an error or a panic, never a slower path. Take
//!   [`smallvec`](crate::smallvec), and for text [`compact_str`](crate::compact_str) or `with_fmt`.
//! - It is moved about much or `N` is large: a move copies all of it.
//!
//! # Full
//!
//! `push`, `insert`, `push_str`, `extend` and `collect` panic when it is full; what `extend` gave until then stays in. There is no
//! `try_extend` ([arrayvec#163](https://github.com/bluss/arrayvec/issues/163)). Instead:
//!
//! ```
//! use alloc_kit::ArrayVec;
//!
//! let mut list: ArrayVec<u8, 4> = [1].into_iter().collect();
//! // One at a time: what did not fit comes back in the error.
//! assert_eq!(list.try_push(2).map_err(|full| full.element()), Ok(()));
//! // A slice: all or nothing.
//! assert!(list.try_extend_from_slice(&[3, 4, 5]).is_err());
//! // An iterator: what fits, and then look whether something is left.
//! let (mut items, room) = (3..=5, list.remaining_capacity());
//! list.extend(items.by_ref().take(room));
//! assert_eq!((list.as_slice(), items.next()), (&[1, 2, 3, 4][..], Some(5)));
//! ```
//!
//! # Sharp edges
//!
//! - `write!` into an `ArrayString` is not all or nothing: the parts that fit before the error stay, so remember the length
//!   and `truncate` to it.
//! - `ArrayString` is `Copy`, so all of it is copied by a slip; `ArrayVec` is not.
//! - `N` is at most `u32::MAX`.
//!
//! # Cost
//!
//! `N * size_of::<T>()` bytes and a length of 4, rounded up to the alignment: `ArrayVec<u32, 4>` is 20, `ArrayVec<u64, 4>` is 40,
//! `ArrayString<60>` is 64. No branch for a heap; a check for room at each `push`. `clone_from` reuses what the elements own.
//!
//! # Memory
//!
//! Never allocates by itself, so nothing of it can run out, and [`Reuse::retained_bytes`](crate::Reuse::retained_bytes) is 0. What
//! the elements own is theirs. A large one may be too much for a thread's stack: box it.
//!
//! # Thread safety
//!
//! `Send` and `Sync` as `T` is; `&mut self` changes it, nothing is shared.

#[doc(no_inline)]
pub use ::arrayvec::*;
