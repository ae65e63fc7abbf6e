//! What the names of functions say: which allocate, which only panic, and which of the C library are known to do neither.
//!
//! `allocators.rs` has those that allocate and free, `c.rs` the C library's, `keeps.rs` those of it that keep no pointer, `rust.rs` those of
//! Rust's own crates.

mod allocators;
mod c;
mod keeps;
mod rust;
#[cfg(test)]
mod tests;

pub(crate) use keeps::keeps_nothing;

use super::image::{Form, Image};

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
    /// An import that calls the function that it is given (`bsearch`, `pthread_once`, ..): whether that allocates is not known.
    CallsBack,
    /// An import that may allocate (`printf`, `pthread_create`, `qsort`, ..): the reason.
    MayAllocate(&'static str),
}

/// What is known of an imported function, by its name without a version. `None`: nothing.
pub(crate) fn import(name: &str) -> Option<Known> {
    // What the image itself is asked of says so behind the name: `free (exported by this library)`.
    if name.contains(' ') {
        return None;
    }
    allocators::known(name).or_else(|| c::known(name)).or_else(|| rust::known(name))
}

/// The same of an import of an image: `__tls_get_addr` allocates in libraries that are loaded late, and not in programs, whose
/// thread-locals (and those of what is loaded with them) the loader has made with the thread.
pub(crate) fn import_of(image: &Image, import: u32) -> Option<Known> {
    let name = image.imports.get(import as usize)?;
    if name == "__tls_get_addr" && image.form != Form::SharedLibrary {
        return Some(Known::Harmless);
    }
    self::import(name)
}

/// What is known of a function of the program by its name, mangled as it is in the file. `None`: its code says what it does. That of a
/// name of C's is believed if it says that it allocates; else it may be anyone's (`named_as_in_c`).
pub(crate) fn function(mangled: &str) -> Option<Known> {
    allocators::known(plain(mangled))
        .filter(|known| *known == Known::Allocates)
        .or_else(|| rust::known(plain(mangled)))
}

/// What a function of the program would be, were it the one of a C library's, or of an allocator's, that its name says.
pub(crate) fn named_as_in_c(mangled: &str) -> Option<Known> {
    let name = plain(mangled);
    let panics = c::PANICS.contains(&name).then_some(Known::Panics);
    panics.or_else(|| allocators::known(name).filter(|known| *known == Known::Frees))
}

/// Whether it is the name of what frees in glibc or musl.
pub(crate) fn frees_in_c(mangled: &str) -> bool {
    allocators::FREES_IN_C.contains(&plain(mangled))
}

/// Whether a name is mangled as Rust's are.
pub(crate) fn is_of_rust(mangled: &str) -> bool {
    mangled.starts_with("_R") || rustc_demangle::try_demangle(mangled).is_ok()
}

/// Without a version.
fn plain(mangled: &str) -> &str {
    mangled.split('@').next().unwrap_or_default()
}

/// Of what only panics, by its name as it is in the file: whether it may unwind, rather than end the program.
pub(super) fn unwinds(mangled: &str) -> bool {
    const UNWIND: [&str; 8] = [
        "__cxa_throw",
        "__cxa_rethrow",
        "_Unwind_Resume",
        "_Unwind_RaiseException",
        "_Unwind_Resume_or_Rethrow",
        "_Unwind_ForcedUnwind",
        "rust_begin_unwind",
        "__rust_start_panic",
    ];
    let name = plain(mangled);
    if c::PANICS.contains(&name) {
        return UNWIND.contains(&name);
    }
    let path = demangled(mangled);
    let last = path.strip_suffix("::runtime").unwrap_or(&path).rsplit("::").next().unwrap_or_default();
    let ends = ["abort", "abort_internal", "panic_cannot_unwind", "panic_in_cleanup"].contains(&last)
        || last.starts_with("panic_nounwind")
        || last.starts_with("__rust_drop_panic")
        || last.starts_with("__rust_foreign_exception");
    !ends
}

/// As the user sees it: demangled, without the hash.
pub(crate) fn demangled(mangled: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(mangled))
}

/// Whether it is of `core`'s formatting or its numbers' digits.
pub(super) fn is_formatting(mangled: &str) -> bool {
    let name = demangled(mangled);
    ["core::fmt::", "<core::fmt::", "core::num::"].iter().any(|path| name.starts_with(path))
}

/// Whether it turns numbers into digits, and does nothing else.
pub(super) fn makes_digits(mangled: &str) -> bool {
    let name = demangled(mangled);
    ["core::num::flt2dec::strategy::", "core::num::bignum::", "<core::num::bignum::"]
        .iter()
        .any(|path| name.starts_with(path))
}

/// Whether it is `core::fmt::write`, which goes by a template.
pub(super) fn formats(mangled: &str) -> bool {
    demangled(mangled) == "core::fmt::write"
}
