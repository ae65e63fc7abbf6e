//! [`bumpalo`](https://docs.rs/bumpalo/3): an arena, from which memory is taken by moving a pointer, and given back all at once.
//!
//! For many small values that die together: the nodes of a syntax tree, what belongs to a request, a frame or a batch.
//! Take [`Arena`](crate::Arena) first, which is a `Bump` that refuses types with a `Drop`, resets itself, and gives
//! memory back. What is here is for its `bump()`, and for what it does not have: the `collections` and `boxed::Box`.
//!
//! ```
//! use alloc_kit::{alloc_budget, bumpalo::{self, Bump}};
//! # alloc_kit::install!();
//!
//! #[alloc_budget(1)]
//! fn lengths(text: &str, arena: &mut Bump) -> usize {
//!     arena.reset();
//!     let mut words = bumpalo::vec![in &*arena];
//!     words.extend(text.split(' ').map(|word| &*arena.alloc_str(word)));
//!     words.iter().map(|word| word.len()).sum()
//! }
//!
//! let mut arena = Bump::new();
//! assert_eq!(lengths("many small values", &mut arena), 15);
//! assert_eq!(lengths("that die together", &mut arena), 15);
//! ```
//!
//! # When not
//!
//! - Values live for different times: nothing is freed before the `reset`, so a long-lived arena only grows.
//! - They own something (`String`, `Vec`, `Rc`, a file): `alloc` runs no `Drop`, so that leaks. Put `alloc_str` and slices in, or
//!   `boxed::Box`, which does drop.
//! - One buffer would do: a kept `Vec` is as cheap and frees by itself.
//! - There are few values, and it is made for them: see [when reuse does not pay](crate::_no_gain).
//!
//! # Sharp edges
//!
//! - No `Drop` is run, neither by `reset` nor by the drop of the arena, but for `boxed::Box` and the elements of `collections`.
//!   (Meilisearch leaked so for a year, [meilisearch#6212](https://github.com/meilisearch/meilisearch/issues/6212).)
//! - `reset` frees all chunks but the last, which is the largest as a rule, about half of all; that one is kept for ever. One large
//!   request, and each arena of a pool holds as much until it is dropped.
//! - There is no upper bound, unless `set_allocation_limit` was called; then what goes over it panics or, as a `try_` form, errs.
//! - What grows in the arena leaves its old memory behind: a `collections::Vec` pushed to n takes twice that. Use `with_capacity_in`.
//! - `bumpalo::vec![in &b; 1, 2,]`, with a comma at its end, names the crate `bumpalo` without a path: it
//!   wants `use alloc_kit::bumpalo;` in scope. `bumpalo::format!` wants at least one argument beside the text.
//!
//! # Cost
//!
//! A `Bump` is 24 bytes, and nothing on the heap until its first value: a chunk of 496 bytes, of which 448 can be used. Each further
//! chunk is twice as large (100,000 `u64` one by one: 11 allocations). A value costs its size, its alignment, and a few instructions.
//! A `collections::Vec` is 32 bytes, `boxed::Box` 8.
//!
//! # Memory
//!
//! `allocated_bytes` is what the chunks hold. It is not [`Reuse`](crate::Reuse), since what it retains is only known once it is
//! reset: `Arena` has the bound. When memory runs out `alloc` panics, and each `try_` form returns an error; before that a
//! chunk that cannot be had is asked for at half the size, down to what is needed.
//!
//! # Thread safety
//!
//! A `Bump` is `Send` and not `Sync`: one for each thread. References into it go where `T` may go, while the arena stays
//! borrowed.

#[doc(no_inline)]
pub use ::bumpalo::*;
