//! Functions of Rust's own crates, mangled in the legacy way or as v0.
//!
//! A crate is told by where its name stands in the mangled one, at the root: a `core::panicking` of the user's is a module of another
//! crate. Only functions that never return are among those that panic: `std::panicking::catch_unwind` is not.

use super::Known;

/// The crate and what follows, `panicking::panic`.
#[derive(Debug, PartialEq, Eq)]
struct Path {
    root: String,
    rest: Vec<String>,
}

pub(super) fn known(mangled: &str) -> Option<Known> {
    let path = path(mangled)?;
    let rest: Vec<&str> = path.rest.iter().map(String::as_str).collect();
    match path.root.as_str() {
        "__rustc" => made_by_compiler(rest.as_slice()),
        "core" | "std" | "alloc" => panics(&path.root, &rest).then_some(Known::Panics),
        _ => None,
    }
}

/// The compiler's own functions between std and the program: `__rustc::__rust_alloc`.
fn made_by_compiler(rest: &[&str]) -> Option<Known> {
    let &[name] = rest else { return None };
    match name {
        "__rust_alloc"
        | "__rust_alloc_zeroed"
        | "__rust_realloc"
        | "__rdl_alloc"
        | "__rdl_alloc_zeroed"
        | "__rdl_realloc"
        | "__rg_alloc"
        | "__rg_alloc_zeroed"
        | "__rg_realloc" => Some(Known::Allocates),
        "__rust_dealloc" | "__rdl_dealloc" | "__rg_dealloc" => Some(Known::Frees),
        "__rust_alloc_error_handler"
        | "__rdl_alloc_error_handler"
        | "__rg_oom"
        | "__rdl_oom"
        | "rust_begin_unwind"
        | "rust_panic"
        | "__rust_start_panic"
        | "__rust_drop_panic"
        | "__rust_foreign_exception" => Some(Known::Panics),
        // It does nothing, and says that there is an allocator.
        _ if name.starts_with("__rust_no_alloc_shim_is_unstable") => Some(Known::Harmless),
        _ => None,
    }
}

fn panics(root: &str, rest: &[&str]) -> bool {
    // A closure inside of such a function may return.
    if rest.last().is_some_and(|last| last.contains(['{', '$', '<'])) {
        return false;
    }
    // What a constant may do is apart from what runs.
    let rest = rest.strip_suffix(&["runtime"]).or(rest.strip_suffix(&["rt_error"])).unwrap_or(rest);
    let Some((&last, modules)) = rest.split_last() else { return false };
    match (root, modules) {
        ("core", ["panicking", ..]) => true,
        // `core::panic::const_panic!` makes a function of this name, wherever it stands.
        ("core", [_, ..]) if last == "do_panic" => true,
        ("core", ["intrinsics"]) | ("std", ["process"]) => last == "abort",
        ("core", ["cell", ..]) => matches!(last, "panic_already_borrowed" | "panic_already_mutably_borrowed"),
        ("core", ["option" | "result"]) => matches!(last, "unwrap_failed" | "expect_failed"),
        ("core", ["str", ..]) => {
            matches!(last, "slice_error_fail" | "slice_error_fail_rt" | "slice_error_fail_ct")
        }
        ("core", ["num", ..]) => matches!(
            last,
            "from_ascii_radix_panic" | "from_str_radix_panic" | "panic_for_nonpositive_argument"
        ),
        ("core", ["slice", ..]) => {
            matches!(last, "panic_on_ord_violation" | "len_mismatch_fail")
                || last.starts_with("slice_") && last.ends_with("_fail")
        }
        ("std", ["panicking"]) => matches!(
            last,
            "begin_panic"
                | "begin_panic_fmt"
                | "begin_panic_handler"
                | "panic_handler"
                | "panic_with_hook"
                | "rust_panic_with_hook"
                | "rust_panic_without_hook"
                | "resume_unwind"
        ),
        ("std", ["panic"]) => matches!(last, "resume_unwind" | "panic_any"),
        ("std", ["alloc"]) => last == "rust_oom",
        ("std", ["thread", "local"]) => last == "panic_access_error",
        ("std", ["sys", ..]) => last == "abort_internal",
        ("alloc", ["alloc"]) => last == "handle_alloc_error",
        ("alloc", ["raw_vec"]) => matches!(last, "handle_error" | "capacity_overflow"),
        // Inside of `Vec::remove` and its like.
        ("alloc", _) => last == "assert_failed",
        _ => false,
    }
}

fn path(mangled: &str) -> Option<Path> {
    match mangled.strip_prefix("_R") {
        Some(rest) => v0(mangled, rest),
        None => legacy(mangled.strip_prefix("_ZN")?),
    }
}

/// `4core9panicking5panic17h0123456789abcdefE`
fn legacy(mut rest: &str) -> Option<Path> {
    let mut parts = Vec::with_capacity(6);
    while !rest.starts_with('E') {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let length: usize = rest.get(..digits)?.parse().ok()?;
        let end = digits.checked_add(length)?;
        let part = rest.get(digits..end)?;
        if parts.is_empty() && !is_of_rust(part) {
            return None;
        }
        parts.push(part.to_owned());
        rest = rest.get(end..)?;
    }
    let hash = parts.pop()?;
    let is_hash =
        hash.len() == 17 && hash.starts_with('h') && hash[1..].bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash || parts.is_empty() {
        return None;
    }
    let root = parts.remove(0);
    Some(Path { root, rest: parts })
}

/// A path that begins with a crate; the demangler writes the rest of it.
fn v0(mangled: &str, rest: &str) -> Option<Path> {
    let name = root_of_v0(rest).filter(|name| is_of_rust(name))?;
    let mut shown = format!("{:#}", rustc_demangle::try_demangle(mangled).ok()?);
    // `.llvm.1234`, and pieces of a function (`.cold`), which may not return where the function does not, or the other way.
    if shown.contains(".cold") || shown.contains(".part.") {
        return None;
    }
    // `<[_]>::copy_from_slice::len_mismatch_fail` is a function of an impl; its module is not shown.
    if let Some(at) = shown.strip_prefix('<').and_then(|_| shown.rfind(">::")) {
        shown = format!("{name}::slice::{}", &shown[at + 3..]);
    }
    let plain = match shown.split_once("::<") {
        // What follows the types is a closure inside.
        Some((plain, types)) if types.ends_with('>') => plain,
        Some(_) => return None,
        None => &shown,
    };
    let mut parts = plain.split("::").map(str::to_owned);
    let root = parts.next().filter(|root| root == name)?;
    Some(Path { root, rest: parts.collect() })
}

fn is_of_rust(name: &str) -> bool {
    matches!(name, "core" | "std" | "alloc" | "__rustc")
}

/// `NvNtCs1234_4core9panicking5panic`: the identifier of the crate.
fn root_of_v0(mut rest: &str) -> Option<&str> {
    rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    loop {
        rest = match rest.as_bytes() {
            [b'I', ..] => &rest[1..],
            [b'N', namespace, ..] if namespace.is_ascii_alphabetic() => &rest[2..],
            // An impl of a type, in a module.
            [b'M', ..] => without_disambiguator(&rest[1..])?,
            [b'C', ..] => {
                rest = without_disambiguator(&rest[1..])?;
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                let length: usize = rest.get(..digits)?.parse().ok()?;
                let name = &rest[digits..];
                let name = name.strip_prefix('_').unwrap_or(name);
                return name.get(..length);
            }
            _ => return None,
        };
    }
}

/// `s1234_`
fn without_disambiguator(rest: &str) -> Option<&str> {
    match rest.strip_prefix('s') {
        Some(rest) => rest.split_once('_').map(|(_, rest)| rest),
        None => Some(rest),
    }
}
