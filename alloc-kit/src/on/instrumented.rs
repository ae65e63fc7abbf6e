//! Whether the program was built with instrumentation that allocates by itself.

#![allow(unsafe_code, reason = "the linker's symbols")]

/// Whether it was built with `-C instrument-coverage`.
///
/// The profiler's runtime is in such a program under a fixed name. Elsewhere than on Linux it can't be asked for
/// without being required, so there what cargo-llvm-cov sets has to do.
pub(super) fn for_coverage() -> bool {
    cfg!(coverage) || runtime::is_linked()
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
mod runtime {
    use core::arch::asm;

    pub(super) fn is_linked() -> bool {
        let address: usize;
        #[cfg(target_arch = "x86_64")]
        // SAFETY: reads an entry of the global offset table, which is zero for a weak symbol that nobody defines.
        unsafe {
            asm!(
                ".weak __llvm_profile_runtime",
                "mov {address}, qword ptr [rip + __llvm_profile_runtime@GOTPCREL]",
                address = out(reg) address,
                options(pure, readonly, nostack, preserves_flags),
            );
        }
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        unsafe {
            asm!(
                ".weak __llvm_profile_runtime",
                "adrp {address}, :got:__llvm_profile_runtime",
                "ldr {address}, [{address}, :got_lo12:__llvm_profile_runtime]",
                address = out(reg) address,
                options(pure, readonly, nostack, preserves_flags),
            );
        }
        address != 0
    }
}

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri))))]
mod runtime {
    pub(super) fn is_linked() -> bool {
        std::env::var_os("LLVM_PROFILE_FILE").is_some()
    }
}
