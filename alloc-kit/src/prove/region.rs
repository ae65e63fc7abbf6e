//! Work that stays where it is written: a mark at its begin, and one at each way out of it.
//!
//! The ordinary way out ends it by [`Judging::end`]; every other (`?`, `return`, a panic) by the drop, whose mark is, without
//! optimisation, in the drop glue, which is called.

#![expect(clippy::inline_always, reason = "a mark is where it was written, also without optimisation")]

use core::mem;

use super::marks;

/// An expression that is judged, until it is dropped.
#[must_use = "what follows is judged until this is dropped"]
#[derive(Debug)]
pub struct Judging<const ID: u64>(());

impl<const ID: u64> Judging<ID> {
    /// It begins.
    #[inline(always)]
    pub fn begin() -> Self {
        marks::begin::<ID>();
        Self(())
    }

    /// It ends.
    #[inline(always)]
    pub fn end(self) {
        mem::forget(self);
        marks::end::<ID>();
    }
}

impl<const ID: u64> Drop for Judging<ID> {
    #[inline(always)]
    fn drop(&mut self) {
        marks::end::<ID>();
    }
}

/// An exception, until it is dropped.
#[must_use = "what follows may allocate until this is dropped"]
#[derive(Debug)]
pub struct Allowing<const ID: u64>(());

impl<const ID: u64> Allowing<ID> {
    /// It begins.
    #[inline(always)]
    pub fn begin() -> Self {
        marks::allow::<ID>();
        Self(())
    }

    /// It ends.
    #[inline(always)]
    pub fn end(self) {
        mem::forget(self);
        marks::allow_end::<ID>();
    }
}

impl<const ID: u64> Drop for Allowing<ID> {
    #[inline(always)]
    fn drop(&mut self) {
        marks::allow_end::<ID>();
    }
}
