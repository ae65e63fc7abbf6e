//! Where a thread's line lives, and how a word of it is counted down.
//!
//! The portable form is a `thread_local!`, which an optimising build turns into one instruction a word. A build
//! without optimisation makes some ten calls of it, and that is what `cargo test` runs; so with debug assertions,
//! on x86-64 Linux, the same two operations are a few instructions of assembly. Both hold the same tests.

#![expect(
    clippy::inline_always,
    reason = "a call would cost more than all of the counting, also without optimisation"
)]

pub(super) use form::{line, subtract};

#[cfg(not(all(debug_assertions, target_arch = "x86_64", target_os = "linux", not(miri))))]
mod form {
    use core::cell::UnsafeCell;

    use super::super::line::Line;

    thread_local! {
        static LINE: UnsafeCell<Line> = const { UnsafeCell::new(Line::IDLE) };
    }

    /// The calling thread's line.
    ///
    /// The pointer is valid for reads and writes until the thread ends, and only on this thread.
    #[inline(always)]
    pub(in super::super) fn line() -> *mut Line {
        LINE.with(UnsafeCell::get)
    }

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

#[cfg(all(debug_assertions, target_arch = "x86_64", target_os = "linux", not(miri)))]
mod form {
    use core::arch::{asm, global_asm};

    use super::super::line::Line;

    /// The thread-local's symbol; versions of this crate that meet in one program each have their own.
    macro_rules! symbol {
        () => {
            concat!("__alloc_kit_line_", env!("CARGO_PKG_VERSION"))
        };
    }

    // The words of `Line::IDLE`, which a test compares; what a new thread starts from.
    global_asm!(
        concat!(".hidden \"", symbol!(), "\""),
        concat!(".globl \"", symbol!(), "\""),
        concat!(".type \"", symbol!(), "\", @object"),
        ".pushsection .tdata.alloc_kit, \"awT\", @progbits",
        ".balign 64",
        concat!("\"", symbol!(), "\":"),
        ".quad {unlimited}, {unwatched}, {bytes}, {unlimited}, {unwatched}, {bytes}, {unlimited}, 0",
        ".quad {unlimited}, {unlimited}, 0, 0, 0, 0, 0, 0",
        ".popsection",
        concat!(".size \"", symbol!(), "\", {size}"),
        unlimited = const i64::MAX,
        unwatched = const 1_i64 << 62,
        bytes = const super::super::line::BYTES_BETWEEN_CHECKS,
        size = const size_of::<Line>(),
    );

    /// The calling thread's line.
    ///
    /// The pointer is valid for reads and writes until the thread ends, and only on this thread.
    #[inline(always)]
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
