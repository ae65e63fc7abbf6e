//! What a function's name in a profile says: the crate that it is of, and whether it is the function at a line of the source.

use std::sync::Arc;

use crate::audit::finding::Function;
use crate::audit::profile::Frame;
use crate::audit::scan::Scanned;

/// The crates that a symbol of Rust can be of: `app` of `app::parse::line`, `app` and `core` of `<app::Line as core::fmt::Display>::fmt`.
/// None where it has no path.
pub(super) fn crates(symbol: &str) -> Vec<&str> {
    let symbol = symbol.trim_start_matches('_');
    let Some(inner) = symbol.strip_prefix('<') else { return root(symbol).into_iter().collect() };
    let end = closing(inner);
    let inner = &inner[..end];
    let mut parts = vec![inner];
    if let Some(at) = top_level(inner, " as ") {
        parts = vec![&inner[..at], &inner[at + 4..]];
    }
    parts.into_iter().filter_map(root).collect()
}

/// Whether a frame is of Rust's own library, or of the allocator: by its symbol, or by where its source was.
pub(super) fn is_std(frame: &Frame) -> bool {
    let roots = crates(&frame.function);
    if !roots.is_empty() {
        return roots.iter().any(|root| matches!(*root, "alloc" | "core" | "std" | "hashbrown"));
    }
    // Without a source nothing can be said of it.
    let Some(file) = &frame.file else { return true };
    file.split(['/', '\\'])
        .any(|part| matches!(part, "rustc" | "rustlib" | "library" | "alloc" | "core" | "std"))
}

/// The first part of a path.
fn root(path: &str) -> Option<&str> {
    let path = path.trim_start_matches(['&', '*', '[', '(']);
    let path = ["mut ", "const ", "dyn ", "impl "]
        .iter()
        .fold(path, |path, word| path.strip_prefix(word).unwrap_or(path));
    let path = path.trim_start_matches('<');
    let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(path.len());
    // `app[1f2e]::parse`, as newer symbols have it.
    let behind = match path[end..].strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, behind)) => behind,
        None => &path[end..],
    };
    (end > 0 && behind.starts_with("::")).then(|| &path[..end])
}

/// Where the bracket closes that is open at the start.
fn closing(text: &str) -> usize {
    let mut open = 1;
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'<' => open += 1,
            // Not that of `->`.
            b'>' if before != b'-' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at;
        }
        before = byte;
    }
    text.len()
}

/// Where a word is that stands in no brackets.
fn top_level(text: &str, word: &str) -> Option<usize> {
    let mut open = 0_i32;
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'<' => open += 1,
            b'>' if before != b'-' => open -= 1,
            _ => {}
        }
        if open == 0 && text.as_bytes()[at..].starts_with(word.as_bytes()) {
            return Some(at);
        }
        before = byte;
    }
    None
}

/// The name itself: `line` of `app::parse::line<u8>`, and of a closure in it. None where nothing has a name.
pub(super) fn name(symbol: &str) -> Option<&str> {
    let mut rest = symbol;
    loop {
        rest = rest.trim_end();
        if rest.ends_with('>') && !rest.ends_with("->") {
            let at = opening(rest)?;
            // Python's `<lambda>`, `<module>`, `<listcomp>`.
            if at == 0 {
                return None;
            }
            rest = rest[..at].strip_suffix("::").unwrap_or(&rest[..at]);
            continue;
        }
        let (before, last) = match rest.rfind([':', '.', ' ']) {
            Some(at) => (rest[..at].trim_end_matches([':', '.', ' ']), &rest[at + 1..]),
            None => ("", rest),
        };
        if last.is_empty() {
            return None;
        }
        if !last.starts_with(['{', '(', '<']) {
            return Some(last);
        }
        rest = before;
    }
}

/// Where the bracket opens that closes at the end.
fn opening(text: &str) -> Option<usize> {
    let mut open = 0_i32;
    let bytes = text.as_bytes();
    for at in (0..bytes.len()).rev() {
        match bytes[at] {
            b'>' if at == 0 || bytes[at - 1] != b'-' => open += 1,
            b'<' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}

/// The innermost function at a line that a symbol can be of: for a closure the innermost one, or else one of its name.
pub(super) fn function_at<'s>(scanned: &'s Scanned, line: u32, symbol: &str) -> Option<&'s Arc<Function>> {
    if is_closure(symbol) {
        return around(scanned, line).min_by_key(|function| length(function));
    }
    let name = name(symbol).unwrap_or_default();
    let of_name = around(scanned, line).filter(|function| function.name == name);
    of_name.min_by_key(|function| length(function)).or_else(|| {
        let around = around(scanned, line).filter(|function| !function.name.is_empty());
        let ran = around.filter(|of| symbol != "<module>" && !is_made_at(of, line, name));
        ran.min_by_key(|function| length(function))
    })
}

/// The innermost function with a name that a frame of Python is in. What makes a function, at its first line, is not in it: a
/// function that was only made did not run.
pub(super) fn ran_at<'s>(scanned: &'s Scanned, line: u32, symbol: &str) -> Option<&'s Arc<Function>> {
    if is_closure(symbol) {
        return named_at(scanned, line);
    }
    function_at(scanned, line, symbol).filter(|function| !function.name.is_empty())
}

/// The innermost function with a name at a line.
pub(super) fn named_at(scanned: &Scanned, line: u32) -> Option<&Arc<Function>> {
    let named = around(scanned, line).filter(|function| !function.name.is_empty());
    named.min_by_key(|function| length(function))
}

/// Whether it is of a function without a name, in whatever function.
pub(super) fn is_closure(symbol: &str) -> bool {
    symbol.ends_with('}') || symbol.ends_with("<lambda>")
}

/// Whether what has this name makes a function there, and does not run it. In Python that is what is around it, at the first line, and
/// the body of its class also at those of its parameters.
fn is_made_at(function: &Function, line: u32, name: &str) -> bool {
    let is_class = function.class.as_deref() == Some(name);
    is_class || (function.span.line == line && function.span.end_line > line)
}

fn length(function: &Function) -> u32 {
    function.span.end_line - function.span.line
}

fn around(scanned: &Scanned, line: u32) -> impl Iterator<Item = &Arc<Function>> {
    scanned
        .functions
        .iter()
        .filter(move |function| function.span.line <= line && line <= function.span.end_line)
}

/// Whether a function of that name is at a line. Nothing where neither can be said: no function, or no name.
pub(super) fn fits(scanned: &Scanned, line: u32, symbol: &str) -> Option<bool> {
    if line > scanned.lines {
        return Some(false);
    }
    let name = name(symbol)?;
    let functions: Vec<_> = around(scanned, line).filter(|function| !function.name.is_empty()).collect();
    if functions.iter().any(|function| function.name == name) {
        return Some(true);
    }
    (!functions.iter().all(|function| is_made_at(function, line, name))).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_of_symbols() {
        let cases: [(&str, &[&str]); 11] = [
            ("app::parse::line", &["app"]),
            ("alloc::vec::Vec<app::T>::push", &["alloc"]),
            ("<app::Line as core::fmt::Display>::fmt", &["app", "core"]),
            ("_<alloc::vec::Vec<app::T> as core::iter::Extend<app::T>>::extend", &["alloc", "core"]),
            ("<&mut app::Line as app::Read>::read", &["app", "app"]),
            ("<T as app::Trait>::call", &["app"]),
            ("<dyn core::ops::Fn(u8) -> app::T as app::Trait>::call", &["core", "app"]),
            ("app[1f2e3d]::parse", &["app"]),
            ("push<u8, alloc::alloc::Global>", &[]),
            ("<app::Größe as app::Maß>::fmt", &["app", "app"]),
            ("{closure#0}", &[]),
        ];
        for (symbol, expected) in cases {
            assert_eq!(crates(symbol), expected, "{symbol}");
        }
    }

    #[test]
    fn what_is_of_std() {
        let frame = |function: &str, file: Option<&str>| Frame {
            function: function.to_owned(),
            file: file.map(str::to_owned),
            ..Frame::default()
        };
        for (function, file) in [
            ("alloc::vec::Vec<T,A>::push", None),
            ("<dep::T as core::clone::Clone>::clone", None),
            ("to_vec<u8>", Some("/rustc/0123/library/alloc/src/slice.rs")),
            ("malloc", None),
        ] {
            assert!(is_std(&frame(function, file)), "{function}");
        }
        for (function, file) in [
            ("dep::Counter<T>::mode", None),
            ("mode<u8>", Some("/home/u/registry/src/index/dep-1.0.0/src/lib.rs")),
        ] {
            assert!(!is_std(&frame(function, file)), "{function}");
        }
    }

    #[test]
    fn names_of_symbols() {
        let cases = [
            ("app::parse::line", Some("line")),
            ("app::parse::line::{{closure}}", Some("line")),
            ("app::parse::line::{closure#0}::{closure#1}", Some("line")),
            ("total", Some("total")),
            ("push<u8, alloc::alloc::Global>", Some("push")),
            ("<app::Line as core::fmt::Display>::fmt", Some("fmt")),
            ("<alloc::RawVecInner<_>>::reserve::do_it::<fn() -> u8>", Some("do_it")),
            ("Class.method", Some("method")),
            ("{closure#0}", None),
            ("<lambda>", None),
            ("<module>", None),
            ("outer.<locals>.inner", Some("inner")),
            ("(anonymous)", None),
            ("", None),
        ];
        for (symbol, expected) in cases {
            assert_eq!(name(symbol), expected, "{symbol}");
        }
    }
}
