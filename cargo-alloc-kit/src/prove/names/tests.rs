//! Names, as they are in files of glibc, musl and Rust.

use super::Known::{Allocates, CallsBack, Copies, Frees, Harmless, MayAllocate, Panics};
use super::*;

#[test]
fn functions_of_rust() {
    let cases = [
        // v0: the crate has a hash.
        ("_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc", Some(Allocates)),
        ("_RNvCsfLfy6EI15iL_7___rustc19___rust_alloc_zeroed", Some(Allocates)),
        ("_RNvCsfLfy6EI15iL_7___rustc14___rust_realloc", Some(Allocates)),
        ("_RNvCsfLfy6EI15iL_7___rustc11___rdl_alloc", Some(Allocates)),
        ("_RNvCsfLfy6EI15iL_7___rustc10___rg_alloc", Some(Allocates)),
        ("_RNvCsfLfy6EI15iL_7___rustc14___rust_dealloc", Some(Frees)),
        ("_RNvCsfLfy6EI15iL_7___rustc13___rdl_dealloc", Some(Frees)),
        ("_RNvCsfLfy6EI15iL_7___rustc26___rust_alloc_error_handler", Some(Panics)),
        ("_RNvCsfLfy6EI15iL_7___rustc17rust_begin_unwind", Some(Panics)),
        ("_RNvCsfLfy6EI15iL_7___rustc18___rust_start_panic", Some(Panics)),
        ("_RNvCsfLfy6EI15iL_7___rustc20___rust_panic_cleanup", None),
        ("_RNvCsfLfy6EI15iL_7___rustc35___rust_no_alloc_shim_is_unstable_v2", Some(Harmless)),
        ("_RNvNtCs5gEFkXPp1xd_4core9panicking5panic", Some(Panics)),
        ("_RNvNtCs5gEFkXPp1xd_4core9panicking5panic.llvm.123456", Some(Panics)),
        ("_RNvNtCs5gEFkXPp1xd_4core9panicking5panic.cold", None),
        ("_RNvNtNtCs5gEFkXPp1xd_4core9panicking11panic_const24panic_const_add_overflow", Some(Panics)),
        ("_RNvNtCs5gEFkXPp1xd_4core6option13unwrap_failed", Some(Panics)),
        ("_RNvNtNtCs5gEFkXPp1xd_4core5slice5index16slice_index_fail", Some(Panics)),
        ("_RINvNtCs5gEFkXPp1xd_4core9panicking13assert_failedmmECs1234_4mine", Some(Panics)),
        ("_RINvNvNtCsjrHSEGnQ3l9_3std9panicking12catch_unwind7do_callNCNvCs1_4mine4main0yE", None),
        ("_RNCINvNtCsjrHSEGnQ3l9_3std9panicking11begin_panicmE0Cs1_4mine", None),
        ("_RINvNtCsjrHSEGnQ3l9_3std9panicking11begin_panicmECs1_4mine", Some(Panics)),
        ("_RNvNtCsjrHSEGnQ3l9_3std5alloc8rust_oom", Some(Panics)),
        ("_RNvNtCsjrHSEGnQ3l9_3std7process5abort", Some(Panics)),
        ("_RNvNtCsjrHSEGnQ3l9_3std7process4exit", None),
        ("_RNvNtCs5vNfAtULyAq_5alloc7raw_vec17capacity_overflow", Some(Panics)),
        // A crate of the user's that has such modules, and such functions.
        ("_RNvNtNtCs1234_4mine4core9panicking5panic", None),
        ("_RNvNtCs1234_4mine6option13unwrap_failed", None),
        ("_RNvCs1234_4mine13insert_failed", None),
        ("_RNvCs1234_4mine12___rust_alloc", None),
        // Legacy.
        ("_ZN4core9panicking5panic17h0123456789abcdefE", Some(Panics)),
        ("_ZN4core9panicking13assert_failed17h0123456789abcdefE", Some(Panics)),
        ("_ZN4core9panicking11panic_const24panic_const_add_overflow17h0123456789abcdefE", Some(Panics)),
        ("_ZN4core6result13unwrap_failed17h0123456789abcdefE", Some(Panics)),
        ("_ZN4core4cell22panic_already_borrowed17h0123456789abcdefE", Some(Panics)),
        ("_ZN4core4cell22panic_already_borrowed8do_panic7runtime17h0123456789abcdefE", Some(Panics)),
        ("_ZN4core5slice5index26slice_start_index_len_fail17h0123456789abcdefE", Some(Panics)),
        ("_ZN4core3str16slice_error_fail17h0123456789abcdefE", Some(Panics)),
        ("_ZN4core4char7methods15encode_utf8_raw8do_panic7runtime17h0123456789abcdefE", Some(Panics)),
        ("_ZN5alloc5alloc18handle_alloc_error17h0123456789abcdefE", Some(Panics)),
        ("_ZN5alloc7raw_vec12handle_error17h0123456789abcdefE", Some(Panics)),
        ("_ZN5alloc3vec16Vec$LT$T$C$A$GT$6remove13assert_failed17h0123456789abcdefE", Some(Panics)),
        ("_ZN3std9panicking11begin_panic17h0123456789abcdefE", Some(Panics)),
        ("_ZN3std9panicking12catch_unwind7do_call17h0123456789abcdefE", None),
        ("_ZN3std9panicking11panic_count17is_zero_slow_path17h0123456789abcdefE", None),
        ("_ZN3std3sys12thread_local20abort_on_dtor_unwind17h0123456789abcdefE", None),
        ("_ZN3std7process4exit17h0123456789abcdefE", None),
        ("_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE", None),
        ("_ZN4core9panicking13assert_failed28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE", None),
        ("_ZN9my_crate_4core9panicking5panic17h0123456789abcdefE", None),
        ("_ZN4mine4core9panicking5panic17h0123456789abcdefE", None),
        ("_ZN4mine13insert_failed17h0123456789abcdefE", None),
        // Not as Rust mangles, or cut off.
        ("_ZN4core9panicking5panicE", None),
        ("_ZN4core9panicking5panic17h01", None),
        ("_ZN99core", None),
        ("_ZN", None),
        ("_R", None),
        ("_RNv", None),
        ("_RNvCs", None),
        ("_RNvC99999999999999999999core", None),
        ("", None),
    ];
    for (name, expected) in cases {
        assert_eq!(function(name), expected, "{name}");
        // That nothing is known of a name is not for its being none.
        assert!(name.len() < 30 || demangled(name) != name, "{name}");
        // std may be a library of its own.
        assert_eq!(import(name), expected, "{name}");
    }
}

#[test]
fn functions_of_the_program_that_are_not_rusts() {
    let cases = [
        ("malloc", Some(Allocates)),
        ("malloc@@GLIBC_2.2.5", Some(Allocates)),
        ("__libc_malloc", Some(Allocates)),
        ("_Znwm", Some(Allocates)),
        ("_ZnamSt11align_val_tRKSt9nothrow_t", Some(Allocates)),
        ("_ZnwmPv", None),
        ("_ZN3FoonwEm", None),
        ("_rjem_malloc", Some(Allocates)),
        ("je_malloc_usable_size", None),
        ("mi_malloc_aligned", Some(Allocates)),
        ("_mi_malloc_generic", Some(Allocates)),
        ("mi_heap_zalloc", Some(Allocates)),
        // What goes on behind the name is the user's.
        ("mi_free_and_log", None),
        ("tc_newarray", Some(Allocates)),
        ("tc_deletearray_sized", None),
        ("rpmalloc", Some(Allocates)),
        ("free", None),
        ("abort", None),
        ("exit", None),
        // The code of the program's own says what these do.
        ("memcpy", None),
        ("printf", None),
        ("read", None),
        ("main", None),
    ];
    for (name, expected) in cases {
        assert_eq!(function(name), expected, "{name}");
    }
}

/// What others may be called, too, so that it is not for the name alone.
#[test]
fn functions_of_the_program_that_are_named_as_in_c() {
    let cases = [
        ("_ZdlPvm", Some(Frees)),
        ("_rjem_sdallocx", Some(Frees)),
        ("mi_free", Some(Frees)),
        ("free", Some(Frees)),
        ("abort", Some(Panics)),
        ("__stack_chk_fail", Some(Panics)),
        ("__assert", Some(Panics)),
        ("free_sized", Some(Frees)),
        ("malloc", None),
        ("exit", None),
        ("memcpy", None),
    ];
    for (name, expected) in cases {
        assert_eq!(named_as_in_c(name), expected, "{name}");
        assert!(expected.is_none() || function(name).is_none(), "{name}");
    }
    assert!(frees_in_c("free@@GLIBC_2.2.5") && !frees_in_c("free_sized") && !frees_in_c("mi_free"));
}

#[test]
fn imports_of_the_c_library() {
    let harmless = "memset memcmp strlen write read close clock_gettime gettid syscall pthread_mutex_lock pthread_self sched_yield getenv \
         gettimeofday sem_post poll epoll_wait pthread_key_create sqrt powf __errno_location mmap munmap _exit pthread_getspecific";
    for name in harmless.split_ascii_whitespace() {
        assert_eq!(import(name), Some(Harmless), "{name}");
    }
    for name in ["memcpy", "memmove"] {
        assert_eq!(import(name), Some(Copies), "{name}");
    }
    let may = "getline printf snprintf fopen fwrite pthread_create __cxa_thread_atexit_impl dlopen dlsym qsort getaddrinfo strdup \
         realpath getcwd setlocale regcomp scandir opendir pthread_setspecific fork exit atexit sysconf localtime_r \
         __xpg_strerror_r __tls_get_addr _Unwind_Backtrace setenv sbrk";
    for name in may.split_ascii_whitespace() {
        assert!(matches!(import(name), Some(MayAllocate(_))), "{name}: {:?}", import(name));
    }
    let cases = [
        ("malloc", Some(Allocates)),
        ("posix_memalign", Some(Allocates)),
        ("free", Some(Frees)),
        ("cfree", Some(Frees)),
        ("closedir", Some(Frees)),
        ("bsearch", Some(CallsBack)),
        ("pthread_once", Some(CallsBack)),
        ("dl_iterate_phdr", Some(CallsBack)),
        ("abort", Some(Panics)),
        ("_Unwind_Resume", Some(Panics)),
        ("sqlite3_step", None),
        ("memcpy2", None),
        ("raise", None),
        ("longjmp", None),
        ("read (exported by this library)", None),
        ("free (exported by this library)", None),
        ("_ZdlPvm (exported by this library)", None),
        ("", None),
    ];
    for (name, expected) in cases {
        assert_eq!(import(name), expected, "{name}");
    }
}

#[test]
fn what_keeps_no_pointer() {
    let keeps_nothing = "memset memcmp bcmp strlen strnlen memchr memrchr strchr strcmp read write pread64 clock_gettime close \
         __errno_location sched_yield getrandom readlink powf";
    for name in keeps_nothing.split_ascii_whitespace() {
        assert!(super::keeps_nothing(name), "{name}");
    }
    // They are harmless, and store, hand on or copy what may be a pointer of the caller's, or do who knows what.
    let keeps = "memcpy memmove memccpy mempcpy strcpy strncat wmemcpy swab bcopy strtol strtod strsep strtok_r sigaction signal \
         sigaltstack pthread_mutex_lock pthread_key_create pthread_getspecific pthread_setspecific epoll_ctl epoll_wait readv recvmsg \
         ioctl syscall prctl mmap mremap munmap getenv timer_settime getsockopt getline bsearch free malloc printf abort realpath \
         memset2 unheard_of";
    for name in keeps.split_ascii_whitespace().chain(["", "read (exported by this library)"]) {
        assert!(!super::keeps_nothing(name), "{name}");
    }
    for name in keeps::names() {
        assert_eq!(import(name), Some(Harmless), "{name}");
    }
}

/// One word has one meaning: a name in two lists would be either, by chance.
#[test]
fn no_name_is_in_two_lists() {
    let mut names = c::names();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    let in_both: Vec<_> = names.iter().filter(|name| allocators::known(name).is_some()).collect();
    assert!(in_both.is_empty(), "{in_both:?}");
}

#[test]
fn shown_without_hashes() {
    assert_eq!(demangled("_RNvNtCs5gEFkXPp1xd_4core9panicking5panic"), "core::panicking::panic");
    assert_eq!(demangled("_ZN4core9panicking5panic17h0123456789abcdefE"), "core::panicking::panic");
    assert_eq!(demangled("malloc"), "malloc");
}
