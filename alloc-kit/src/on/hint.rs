//! What would help, where the function of std that the user's line called leaves no doubt.

use super::resolve::{Frame, Owner, without_generics};
use super::trap::Event;

/// A function's own name, a part of its whole path, and what to do instead of calling it.
const HINTS: &[(&str, &str, &str)] = &[
    ("format", "alloc::fmt", "`write!` into a String that is cleared and kept builds no new one"),
    ("to_string", "", "borrow it as `&str`, or `write!` into a String that is cleared and kept"),
    ("to_owned", "str", "borrow it as `&str`, or `push_str` into a String that is cleared and kept"),
    ("to_owned", "", "borrow it, or `clone_from` it into a value that is kept"),
    ("to_vec", "", "borrow the slice, or `extend_from_slice` a Vec that is cleared and kept"),
    ("from", "From<&str>", "borrow it as `&str`, or `push_str` into a String that is cleared and kept"),
    ("clone", "", "borrow it, or `a.clone_from(&b)`, which reuses what `a` holds"),
    ("collect", "", "go on with the iterator, or `extend` a collection that is cleared and kept"),
    ("sort", "", "`sort_unstable` never allocates; a stable sort does, above some 4 KiB"),
    ("sort_by", "", "`sort_unstable_by` never allocates; a stable sort does, above some 4 KiB"),
    ("sort_by_key", "", "`sort_unstable_by_key` never allocates; a stable sort does, above some 4 KiB"),
    ("push", "", MAKE_ROOM),
    ("push_str", "", MAKE_ROOM),
    ("extend", "", MAKE_ROOM),
    ("extend_from_slice", "", MAKE_ROOM),
    ("insert", "hash", MAKE_ROOM),
    ("reserve", "", MAKE_ROOM),
];

const MAKE_ROOM: &str = "make room before the region (`with_capacity`, `reserve`), or `clear` it and keep it";

/// The help for an event: by what the user's line called, if that is std and not a dependency.
pub(super) fn hint(event: Event, inside: &[Frame]) -> Option<&'static str> {
    if event == Event::Deallocation || inside.iter().any(|frame| frame.owner == Owner::Dependency) {
        return None;
    }
    // The outermost is what the line called; it may be a wrapper, so the next may say it too.
    inside.iter().rev().take(2).find_map(|frame| {
        let path = without_generics(&frame.function);
        // Of `collect::<Vec<_>>` the `::` is left.
        let called = path.trim_end_matches("::").rsplit("::").next()?;
        let known = |(name, part, _): &&(&str, &str, &str)| called == *name && frame.function.contains(part);
        HINTS.iter().find(known).map(|(.., help)| *help)
    })
}
