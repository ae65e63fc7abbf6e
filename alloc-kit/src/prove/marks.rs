//! Records: entries of the section `.debug_alloc_kit`, which is not loaded, each of three words: what it is, the address of the
//! instruction that follows, and whose it is.
//!
//! The instructions are the program's, wherever they get inlined or copied to: the record goes with them. Where they are dropped its
//! address is 0. The name begins with `.debug` since GNU ld drops other sections that are not loaded.

#![allow(unsafe_code, reason = "records are written by assembly")]
#![expect(clippy::inline_always, reason = "a mark is where it was written, also without optimisation")]

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use core::arch::asm;

use super::MAGIC;

/// What a record says.
const FUNCTION: u64 = kind(1);
const BEGIN: u64 = kind(2);
const END: u64 = kind(3);
const ALLOW: u64 = kind(4);
const ALLOW_END: u64 = kind(5);
const ALLOCATES: u64 = kind(6);
const FREES: u64 = kind(7);

const fn kind(kind: u64) -> u64 {
    ((MAGIC as u64) << 32) | kind
}

/// Writes a record of the place, with an instruction of its own or without, and what the assembly leaves alone.
macro_rules! record {
    ($kind:expr, $id:expr, $code:literal, $($leaves:ident)*) => {
        // SAFETY:
        // - the instruction, if there is one, does nothing; the rest goes to another section, which is not loaded;
        // - the stack, the flags and all registers stay as they are, and memory, too.
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        unsafe {
            asm!(
                concat!("77770:", $code),
                ".pushsection .debug_alloc_kit, \"\", @progbits",
                ".quad {kind}",
                ".quad 77770b",
                ".quad {id}",
                ".popsection",
                kind = const $kind,
                id = const $id,
                options(nostack, preserves_flags $(, $leaves)*)
            );
        }
    };
}

/// The function around is to be judged. No code.
#[inline(always)]
pub fn function<const ID: u64>() {
    record!(FUNCTION, ID, "", nomem);
}

// Of the four that follow none says `nomem`: what touches memory, as an allocator does, stays on its side of them.

/// From here on it is judged.
#[inline(always)]
pub(super) fn begin<const ID: u64>() {
    record!(BEGIN, ID, " nop",);
}

/// Up to here it was judged.
#[inline(always)]
pub(super) fn end<const ID: u64>() {
    record!(END, ID, " nop",);
}

/// From here on it may allocate.
#[inline(always)]
pub(super) fn allow<const ID: u64>() {
    record!(ALLOW, ID, " nop",);
}

/// Up to here it may.
#[inline(always)]
pub(super) fn allow_end<const ID: u64>() {
    record!(ALLOW_END, ID, " nop",);
}

/// An allocator is at work, wherever it was inlined.
#[inline(always)]
pub(crate) fn allocates() {
    record!(ALLOCATES, 0_u64, " nop", nomem);
}

/// Likewise; what it does is to free.
#[inline(always)]
pub(crate) fn frees() {
    record!(FREES, 0_u64, " nop", nomem);
}
