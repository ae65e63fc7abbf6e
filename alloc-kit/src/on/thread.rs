//! Where a thread's line lives, and how a word of it is counted down. Each in two forms, which hold the same tests.
//!
//! The portable forms are a `thread_local!` and a subtraction. In a program that optimises and has the allocator's
//! static itself, each becomes an instruction. There are two cases where that is not so, and where, on x86-64 Linux,
//! the same is written in assembly:
//!
//! - With `enforce` the static is in this library, which might be linked into a shared object: a thread-local would
//!   be asked for by a call. The assembly takes the initial-exec form, two instructions.
//! - With debug assertions, that is in `cargo test`, a build does not optimise: a thread-local is some ten calls, and
//!   every dereference is checked.
//!
//! What changes a word elsewhere than in the hot path is an instruction on every x86-64: a signal comes before or after
//! it, and what its handler counts is not lost. Elsewhere the compiler decides.

#![allow(unsafe_code, reason = "thread-local storage by assembly, and words by raw pointers")]
#![expect(
    clippy::inline_always,
    reason = "a call would cost more than all of the counting, also without optimisation"
)]

pub(super) use address::line;
pub(super) use shift::{shift, shift_version};
pub(super) use word::subtract;

#[cfg(not(all(
    any(debug_assertions, feature = "enforce"),
    target_arch = "x86_64",
    target_os = "linux",
    not(miri)
)))]
mod address {
    use core::cell::UnsafeCell;

    use super::super::line::Line;

    thread_local! {
        static LINE: UnsafeCell<Line> = const { UnsafeCell::new(Line::NEW) };
    }

    /// The calling thread's line.
    ///
    /// The pointer is valid for reads and writes until the thread ends, and only on this thread.
    #[inline(always)]
    pub(in super::super) fn line() -> *mut Line {
        LINE.with(UnsafeCell::get)
    }
}

#[cfg(all(
    any(debug_assertions, feature = "enforce"),
    target_arch = "x86_64",
    target_os = "linux",
    not(miri)
))]
mod address {
    use core::arch::{asm, global_asm};

    use super::super::line::{Line, UNLIMITED, UNWATCHED};

    /// The thread-local's symbol; versions of this crate that meet in one program each have their own.
    macro_rules! symbol {
        () => {
            concat!("__alloc_kit_line_", env!("CARGO_PKG_VERSION"))
        };
    }

    // The words of `Line::NEW`, which a test compares; what a new thread starts from.
    global_asm!(
        concat!(".hidden \"", symbol!(), "\""),
        concat!(".globl \"", symbol!(), "\""),
        concat!(".type \"", symbol!(), "\", @object"),
        ".pushsection .tdata.alloc_kit, \"awT\", @progbits",
        ".balign 64",
        concat!("\"", symbol!(), "\":"),
        ".quad {unlimited}, {unwatched}, 0, {unlimited}, {unwatched}, 0, 0, 0",
        ".quad 0, {unlimited}",
        concat!(".zero {size} - (. - \"", symbol!(), "\")"),
        ".popsection",
        concat!(".size \"", symbol!(), "\", {size}"),
        unlimited = const UNLIMITED,
        unwatched = const UNWATCHED,
        size = const size_of::<Line>(),
    );

    /// The calling thread's line.
    ///
    /// The pointer is valid for reads and writes until the thread ends, and only on this thread.
    // NOTE: a call where the hook is compiled in the user's crate: a Rust dylib does not export the symbol.
    #[cfg_attr(feature = "enforce", inline(always))]
    #[cfg_attr(not(feature = "enforce"), inline(never))]
    pub(in super::super) fn line() -> *mut Line {
        let line;
        // SAFETY: the initial-exec form of a thread-local's address, as the x86-64 ABI has it; it reads nothing
        // that changes, and touches neither the stack nor, but for the flags, anything else.
        unsafe {
            asm!(
                "mov {line}, qword ptr fs:[0]",
                concat!("add {line}, qword ptr [rip + \"", symbol!(), "\"@gottpoff]"),
                line = out(reg) line,
                options(pure, nomem, nostack),
            );
        }
        line
    }
}

#[cfg(not(all(debug_assertions, target_arch = "x86_64", not(miri))))]
mod word {
    /// Subtracts from a word, wrapping, and says whether it is below zero then.
    ///
    /// # Safety
    ///
    /// The word is valid for reads and writes, and no reference to it is held.
    #[inline(always)]
    pub(in super::super) unsafe fn subtract(word: *mut i64, by: i64) -> bool {
        // SAFETY: the caller's promise.
        let left = unsafe { *word }.wrapping_sub(by);
        // SAFETY: as above.
        unsafe { *word = left };
        left < 0
    }
}

#[cfg(all(debug_assertions, target_arch = "x86_64", not(miri)))]
mod word {
    use core::arch::asm;

    /// Subtracts from a word, wrapping, and says whether it is below zero then.
    ///
    /// # Safety
    ///
    /// The word is valid for reads and writes, and no reference to it is held.
    #[inline(always)]
    pub(in super::super) unsafe fn subtract(word: *mut i64, by: i64) -> bool {
        let below_zero: u8;
        // SAFETY: the caller's promise; nothing else is touched but the flags.
        unsafe {
            asm!(
                "sub qword ptr [{word}], {by}",
                "sets {below_zero}",
                word = in(reg) word,
                by = in(reg) by,
                below_zero = out(reg_byte) below_zero,
                options(nostack),
            );
        }
        below_zero != 0
    }
}

#[cfg(not(all(target_arch = "x86_64", not(miri))))]
mod shift {
    use core::sync::atomic::{AtomicU32, Ordering};

    /// Adds to a word, wrapping.
    #[inline(always)]
    pub(in super::super) fn shift(word: &mut i64, by: i64) {
        *word = word.wrapping_add(by);
    }

    /// Adds to a version, after and before all that is written around it.
    ///
    /// # Safety
    ///
    /// The version is valid for reads and writes, aligned, and only this thread changes it.
    #[inline(always)]
    pub(in super::super) unsafe fn shift_version(version: *mut u32, by: u32) {
        // SAFETY: the caller's promise.
        let version = unsafe { AtomicU32::from_ptr(version) };
        version.store(version.load(Ordering::Relaxed).wrapping_add(by), Ordering::Release);
    }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod shift {
    use core::arch::asm;

    /// Adds to a word, wrapping, by one instruction: a signal handler's own counting gets between no load and store.
    #[inline(always)]
    pub(in super::super) fn shift(word: &mut i64, by: i64) {
        // SAFETY: the word is valid for reads and writes; nothing else is touched but the flags.
        unsafe {
            asm!(
                "add qword ptr [{word}], {by}",
                word = in(reg) &raw mut *word,
                by = in(reg) by,
                options(nostack),
            );
        }
    }

    /// Adds to a version, after and before all that is written around it: the processor keeps the order of writes, and
    /// the compiler that of assembly.
    ///
    /// # Safety
    ///
    /// The version is valid for reads and writes, aligned, and only this thread changes it.
    #[inline(always)]
    pub(in super::super) unsafe fn shift_version(version: *mut u32, by: u32) {
        // SAFETY: the caller's promise; nothing else is touched but the flags.
        unsafe {
            asm!(
                "add dword ptr [{version}], {by:e}",
                version = in(reg) version,
                by = in(reg) by,
                options(nostack),
            );
        }
    }
}
