//! Allocators by the names of their functions: the C library's, C++'s, and those that take their place.

use super::Known;

const ALLOCATES: &[&str] = &[
    // The C library's, and what its own code calls them.
    "malloc",
    "calloc",
    "realloc",
    "reallocarray",
    "memalign",
    "aligned_alloc",
    "posix_memalign",
    "valloc",
    "pvalloc",
    "__libc_malloc",
    "__libc_calloc",
    "__libc_realloc",
    "__libc_reallocarray",
    "__libc_memalign",
    "__libc_valloc",
    "__libc_pvalloc",
    "__posix_memalign",
    "_int_malloc",
    "_int_realloc",
    "_int_memalign",
    "__malloc",
    "__calloc",
    "__realloc",
    "__libc_malloc_impl",
    "__simple_malloc",
    "__malloc_alloc_meta",
    "__malloc_allzerop",
    "__expand_heap",
    // C++: exceptions are objects too. `operator new` is told by its beginning.
    "__cxa_allocate_exception",
    "__cxa_allocate_dependent_exception",
    // snmalloc, rpmalloc, dlmalloc, and jemalloc's without a prefix.
    "sn_malloc",
    "sn_calloc",
    "sn_realloc",
    "sn_memalign",
    "sn_aligned_alloc",
    "sn_rust_alloc",
    "sn_rust_alloc_zeroed",
    "sn_rust_realloc",
    "rpmalloc",
    "rpcalloc",
    "rprealloc",
    "rpaligned_alloc",
    "rpaligned_realloc",
    "rpmemalign",
    "rpposix_memalign",
    "dlmalloc",
    "dlcalloc",
    "dlrealloc",
    "dlmemalign",
    "mallocx",
    "rallocx",
    "xallocx",
    // What Rust's compiler makes of a global allocator, before it mangled these names.
    "__rust_alloc",
    "__rust_alloc_zeroed",
    "__rust_realloc",
    "__rdl_alloc",
    "__rdl_alloc_zeroed",
    "__rdl_realloc",
    "__rg_alloc",
    "__rg_alloc_zeroed",
    "__rg_realloc",
];

const FREES: &[&str] = &[
    "free",
    "cfree",
    "free_sized",
    "free_aligned_sized",
    "__libc_free",
    "__libc_cfree",
    "__free",
    "_int_free",
    "__libc_free_impl",
    "__cxa_free_exception",
    "__cxa_free_dependent_exception",
    "dallocx",
    "sdallocx",
    "__rust_dealloc",
    "__rdl_dealloc",
    "__rg_dealloc",
    "sn_free",
    "sn_rust_dealloc",
    "rpfree",
    "dlfree",
];

/// Those of them that glibc or musl has, without what has come lately and other programs may have.
pub(super) const FREES_IN_C: &[&str] =
    &["free", "cfree", "__libc_free", "__libc_cfree", "__free", "_int_free", "__libc_free_impl"];

/// The prefixes of allocators that are linked beside the C library's: jemalloc, mimalloc, tcmalloc.
const PREFIXES: &[&str] = &[
    "_rjem_je_",
    "_rjem_",
    "jemalloc_",
    "je_",
    "_mi_heap_",
    "_mi_",
    "mi_heap_",
    "mi_",
    "tcmalloc_",
    "tc_",
    "scudo_",
];

/// What follows them, or begins it: what is taken for an allocation by mistake is a false alarm.
const PREFIXED_ALLOCATES: &[&str] = &[
    "malloc",
    "mallocx",
    "zalloc",
    "calloc",
    "realloc",
    "rezalloc",
    "recalloc",
    "rallocx",
    "xallocx",
    "memalign",
    "aligned_alloc",
    "aligned_recalloc",
    "aligned_offset_recalloc",
    "posix_memalign",
    "valloc",
    "pvalloc",
    "new",
    "strdup",
    "strndup",
    "mbsdup",
    "wcsdup",
    "realpath",
];
/// What begins as those do, and is none: it asks, or sets.
const PREFIXED_NEITHER: &[&str] = &[
    "malloc_usable",
    "malloc_stats",
    "malloc_good",
    "malloc_size",
    "malloc_message",
    "malloc_conf",
    "malloc_extension",
];
/// What follows them, whole: what is taken for one that frees is not looked into.
const PREFIXED_FREES: &[&str] = &[
    "free",
    "cfree",
    "free_size",
    "free_sized",
    "free_size_aligned",
    "free_aligned",
    "free_aligned_sized",
    "dallocx",
    "sdallocx",
    "delete",
    "deletearray",
    "delete_nothrow",
    "delete_sized",
    "delete_aligned",
];

pub(super) fn known(name: &str) -> Option<Known> {
    if ALLOCATES.contains(&name) {
        return Some(Known::Allocates);
    }
    if FREES.contains(&name) {
        return Some(Known::Frees);
    }
    // `operator new`, `operator new[]`, with an alignment or `nothrow`. That of a class is mangled as its member.
    if name.starts_with("_Znw") || name.starts_with("_Zna") {
        // The placement form gives back the address that it is given.
        return (!matches!(name, "_ZnwmPv" | "_ZnamPv")).then_some(Known::Allocates);
    }
    if name.starts_with("_Zdl") || name.starts_with("_Zda") {
        return (!matches!(name, "_ZdlPvS_" | "_ZdaPvS_")).then_some(Known::Frees);
    }
    PREFIXES.iter().filter_map(|prefix| name.strip_prefix(prefix)).find_map(prefixed)
}

fn prefixed(rest: &str) -> Option<Known> {
    let begins = |all: &[&str]| all.iter().any(|known| rest.starts_with(known));
    if begins(PREFIXED_NEITHER) {
        None
    } else if begins(PREFIXED_ALLOCATES) {
        Some(Known::Allocates)
    } else if PREFIXED_FREES.contains(&rest) {
        Some(Known::Frees)
    } else {
        None
    }
}
