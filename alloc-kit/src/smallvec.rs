//! [`smallvec`](https://docs.rs/smallvec/1): a vector whose first `N` elements are in place, and on the heap from the one after.
//!
//! For lists that are nearly always short: the fields of a line, the arguments of a call, children of a node. With
//! [`alloc_kit::SmallVec<T, N>`](crate::SmallVec) for what the crate writes as `SmallVec<[T; N]>`; `SizeProfile` advises the `N`.
//!
//! ```
//! use alloc_kit::{SmallVec, assert_no_alloc, smallvec::smallvec};
//! # alloc_kit::install!();
//!
//! let fields: SmallVec<&str, 8> = assert_no_alloc!("alpha,beta".split(',').collect());
//! assert!(!fields.spilled());
//! let long: SmallVec<u8, 2> = smallvec![1, 2, 3];
//! assert!(long.spilled());
//! ```
//!
//! # When not
//!
//! - The list outlives the call, or there are many: a `Vec` that is kept and cleared allocates as little and moves as three words.
//!   For `Vec<&'a T>` of ever new lifetimes there is `Recycler`, for what many threads take `Pool`.
//! - There is a largest length, and more is an error: [`arrayvec`](crate::arrayvec) has no branch for the heap.
//! - The element or `N` is large: every move copies all of it, used or not. Beyond some 128 bytes measure it, also the build:
//!   one large buffer in a much used type made rustc up to 10 % slower
//!   ([rust#50762](https://github.com/rust-lang/rust/pull/50762)).
//! - Most are longer than `N`: they allocate as a `Vec` does, and each access asks where they are.
//! - The allocator is a fast one, and they are moved much: the best `N` for lists of 3 to 16 numbers, 16, is 1.16 times as quick as `Vec`
//!   with the system's allocator, and with mimalloc `Vec` takes 0.80 of its time
//!   (`cargo bench -p alloc-kit-benches --bench wins -- --only tags`).
//!
//! More is under [when reuse does not pay](crate::_no_gain).
//!
//! # Cost
//!
//! In bytes on a 64-bit machine: the larger of 16 and `N * size_of::<T>()`, and 8 more. So up to 16 bytes in place are as
//! large as a `Vec`, 24: 16 `u8`, 4 `u32`, one `&str`; `SmallVec<&str, 8>` is 136. `Option` of it is 8 bytes larger, of `Vec` it is not.
//! Each access asks whether it has spilled. Beyond `N` it grows by powers of two, as one allocation each.
//!
//! # Sharp edges
//!
//! - Once spilled it stays so: `clear`, `pop` and `truncate` keep the buffer, and a short list is read from the heap.
//!   `shrink_to_fit` moves it back in place and frees. (A `clone` of it is in place if it fits.)
//! - `from_vec` copies a `Vec` that fits in place and frees it; a longer one is taken over. `into_vec` allocates for what is in
//!   place. `into_iter().collect::<Vec<_>>()` copies, where a `Vec` reuses itself.
//! - It is invariant over `T`: a `SmallVec<&'static str, 8>` is no `SmallVec<&'a str, 8>`, which a `Vec` would be. Give a function
//!   `&[T]`, or make one of the slice: `SmallVec::from_slice(&list)`.
//! - `smallvec![..; n]` and `from_elem` clone; `from_slice` and `extend_from_slice` copy, for `Copy` types.
//! - It is 1.x: 2.0, which is `SmallVec<T, N>` by itself, is in beta and another type.
//!
//! # Memory
//!
//! No bound of its own: [`Reuse::retained_bytes`](crate::Reuse::retained_bytes) is its capacity if it has spilled, and 0 in place.
//! When memory runs out, what grows ends the process, as a `Vec` does; `try_reserve` and `try_grow` return an error.
//!
//! # Thread safety
//!
//! `Send` and `Sync` as `T` is; `&mut self` changes it, nothing is shared.

#[doc(no_inline)]
pub use ::smallvec::*;
