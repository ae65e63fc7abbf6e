//! What the names of functions say: which allocate, which only panic, and which of the C library are known to do neither.

/// What is known of a function by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It allocates: `__rust_alloc`, `malloc`, `strdup`, ..
    Allocates,
    /// It frees, and does not allocate.
    Frees,
    /// It starts a panic or ends the program for a failure: `core::panicking::*`, `handle_alloc_error`, `abort`, .. What only comes here
    /// is cut. (`exit` is not such a one.)
    Panics,
    /// An import that neither allocates nor frees nor calls back, and writes only where its arguments point: memcpy, write, ..
    Harmless,
    /// As that, and copies memory: first argument from second, as many bytes as the third says.
    Copies,
    /// An import that may allocate, or call what may (`printf`, `pthread_create`, `qsort`, ..): the reason.
    MayAllocate(&'static str),
}

/// What is known of an imported function, by its name without a version. `None`: nothing.
pub(crate) fn import(_name: &str) -> Option<Known> {
    todo!()
}

/// What is known of a function of the program by its name, mangled as it is in the file. `None`: its code says what it does.
pub(crate) fn function(_mangled: &str) -> Option<Known> {
    todo!()
}

/// As the user sees it: demangled, without the hash.
pub(crate) fn demangled(mangled: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(mangled))
}

/// Whether it is `core::fmt::write`, which goes by a template.
pub(super) fn formats(mangled: &str) -> bool {
    demangled(mangled) == "core::fmt::write"
}
