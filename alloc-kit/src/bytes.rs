//! [`bytes`](https://docs.rs/bytes/1): buffers that are cut up and shared without a copy, counted by reference.
//!
//! For network code: read into a `BytesMut`, cut messages off, hand them to other tasks as `Bytes`; and for what many hold at
//! once and nobody changes, as bodies of a cache. `Buf` and `BufMut` read and write numbers and slices at a cursor.
//!
//! ```
//! use alloc_kit::{BytesMut, alloc_budget, bytes::{Buf, BufMut}};
//! # alloc_kit::install!();
//!
//! // The first split notes in 40 bytes that the buffer is shared.
//! #[alloc_budget(2, bytes = 1064)]
//! fn turns(n: usize) -> BytesMut {
//!     let mut buffer = BytesMut::with_capacity(1024);
//!     for _ in 0..n {
//!         buffer.put_u16(600);
//!         buffer.put_bytes(7, 600);
//!         let mut message = buffer.split().freeze();
//!         assert_eq!((message.get_u16(), message.len()), (600, 600));
//!         drop(message); // or nothing can be reclaimed
//!         assert!(buffer.try_reclaim(602));
//!     }
//!     buffer
//! }
//! assert_eq!(turns(100).capacity(), 1024);
//! ```
//!
//! # When not
//!
//! - One owner, one reader: `Vec<u8>` and `&[u8]` are smaller and need no count.
//! - A few bytes of a large buffer are kept: a slice keeps the whole buffer alive. `Bytes::copy_from_slice` copies what is needed.
//! - The whole buffers are to be used again by any thread: `Pool`.
//! - Text: `Bytes` does not know about UTF-8; `Arc<str>` does.
//!
//! # Sharp edges
//!
//! - A slice of 4 bytes of a buffer of 1 MB retains 1 MB, and `len` does not show it.
//! - `reserve` takes a new buffer as long as anybody holds a part of the old one; `try_reclaim` says whether it needs to, and takes
//!   nothing. `Bytes::try_into_mut` gives the buffer back for writing, if this is the only handle.
//! - `clear` does not take back what `advance` consumed at the front or what was split off: that is for `try_reclaim`, and
//!   [`reset`](crate::Reuse::reset) does both.
//! - `Bytes::from(vec)` takes the buffer over. If it has room to spare, it allocates 24 bytes for the count at once, else at the
//!   first `clone` or `slice`; from there on they are free. `freeze` is likewise.
//! - `get_u16` and the like panic at the end of the buffer, which is the sender's choice: `try_get_u16` does not.
//!   `BufMut` for `&mut [u8]` panics when full; for `BytesMut` and `Vec<u8>` it grows.
//!
//! # Cost
//!
//! `Bytes`, `BytesMut`, and `Option` of them are 32 bytes. A `clone` or `slice` is an atomic increment, a `drop` a decrement, through a
//! table of functions in `Bytes`.
//!
//! # Memory
//!
//! No bound of its own. [`Reuse::retained_bytes`](crate::Reuse::retained_bytes) of a `BytesMut` is its capacity, and knows nothing of what others hold of the same
//! buffer. When memory runs out what grows ends the process, and there is no `try_reserve`: fill a `Vec` by its own `try_reserve`, and make it `Bytes`
//! when it is full.
//!
//! # Thread safety
//!
//! `Bytes` and `BytesMut` are `Send` and `Sync`; the parts of one buffer may be on different threads.

#[doc(no_inline)]
pub use ::bytes::*;
