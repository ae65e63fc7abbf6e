//! [`compact_str`](https://docs.rs/compact_str/0.10): a string of the size of a `String` that has up to 24 bytes in place.
//!
//! For many short strings that are owned: names, codes, words as keys of a map. No allocation and no pointer to follow up to
//! 24 bytes of UTF-8 (12 on a 32-bit machine), and literals of any length are held without a copy.
//!
//! ```
//! use alloc_kit::{CompactString, assert_no_alloc, compact_str::format_compact};
//! # alloc_kit::install!();
//!
//! let (name, id) = assert_no_alloc!((CompactString::new("north-west"), format_compact!("id-{:06}", 42)));
//! let title = assert_no_alloc!(CompactString::const_new("a literal of more than 24 bytes, not copied"));
//! assert_eq!((id.as_str(), name.is_heap_allocated()), ("id-000042", false));
//! assert!(!title.is_heap_allocated());
//! ```
//!
//! # When not
//!
//! - The text can be borrowed: `&str` and `Cow<'_, str>` cost nothing at any length.
//! - Most are longer than 24 bytes: a `String` has no branch at each access and grows by doubling, this by half
//!   (1,000 bytes one by one: 10 allocations, and 8 in a `String`).
//! - One buffer is filled again and again: `String` or `TextBuf`.
//! - Many are equal: intern them, or share an `Arc<str>`.
//! - There is a largest length: [`ArrayString`](crate::ArrayString).
//!
//! # Sharp edges
//!
//! - `clone_from` of a value that is in place or a literal frees the target's buffer, so a loop that keeps a `CompactString` for it
//!   allocates again for each long value after a short one. `clear` and `push_str` keep the buffer:
//!
//! ```
//! use alloc_kit::CompactString;
//!
//! let (short, mut kept, mut lost) = ("short", CompactString::with_capacity(100), CompactString::with_capacity(100));
//! kept.clear();
//! kept.push_str(short);
//! assert_eq!(kept.capacity(), 100);
//! lost.clone_from(&CompactString::new(short));
//! assert_eq!(lost.capacity(), 24);
//! ```
//!
//! - On the heap it stays there when it gets short, until `shrink_to_fit`. (A `clone` of it is in place if it fits.)
//! - `from(String)` takes over one that is longer than 24 bytes, and copies and frees a shorter one. `into_string` allocates
//!   for what is in place.
//! - `as_mut_str`, `push` and `reserve` on a literal copy it first.
//! - In debug builds, a request above 2<sup>56</sup> bytes panics, also in `try_reserve`.
//!
//! # Cost
//!
//! 24 bytes, `Option` of it as well. On the heap at least 32. Each access asks where the text is, without a jump.
//!
//! # Memory
//!
//! No bound of its own: [`Reuse::retained_bytes`](crate::Reuse::retained_bytes) is its capacity on the heap, and 0 in place.
//! When memory runs out it panics, where a `String` ends the process; `try_new`, `try_with_capacity`, `try_reserve` and
//! `try_to_compact_string` return an error.
//!
//! # Thread safety
//!
//! `Send` and `Sync`; nothing is shared.

#[doc(no_inline)]
pub use ::compact_str::*;
