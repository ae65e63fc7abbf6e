//! What would help, where the function of std that the user's line called leaves no doubt.

use super::resolve::{Frame, Owner};
use super::trap::Event;

/// Part of the name of a function of std, and what to do instead of calling it; nothing, where nothing is sure.
const HINTS: &[(&str, &str)] = &[
    ("alloc::fmt::format", "`write!` into a String that is cleared and kept builds no new one"),
    ("ToString>::to_string", "borrow it as `&str`, or `write!` into a String that is cleared and kept"),
    (
        "ToOwned for str>::to_owned",
        "borrow it as `&str`, or `push_str` into a String that is cleared and kept",
    ),
    (
        "<str as alloc::borrow::ToOwned>::to_owned",
        "borrow it as `&str`, or `push_str` into a String that is kept",
    ),
    ("ToOwned>::to_owned", "borrow it, or `clone_from` it into a value that is kept"),
    ("From<&str>>::from", "borrow it as `&str`, or `push_str` into a String that is cleared and kept"),
    ("Clone>::clone", "borrow it, or `a.clone_from(&b)`, which reuses what `a` holds"),
    ("::collect", "go on with the iterator, or `extend` a collection that is cleared and kept"),
    ("]>::sort", "`sort_unstable` never allocates; a stable sort does, above some 4 KiB"),
    ("::collections::btree", ""),
    ("::push", "make room before the region (`with_capacity`, `reserve`), or `clear` it and keep it"),
    ("::extend", "make room before the region (`with_capacity`, `reserve`), or `clear` it and keep it"),
    ("::insert", "make room before the region (`with_capacity`, `reserve`), or `clear` it and keep it"),
    ("::reserve", "make room before the region, or `clear` the collection and keep it"),
];

/// The help for an event: by what the user's line called, if that is std and not a dependency.
pub(super) fn hint(event: Event, inside: &[Frame]) -> Option<&'static str> {
    if event == Event::Deallocation || inside.iter().any(|frame| frame.owner == Owner::Dependency) {
        return None;
    }
    // The outermost is what the line called; it may be a wrapper, which is left out of names in other builds.
    let called = inside.iter().rev().take(2);
    let known = |frame: &Frame| HINTS.iter().find(|(name, _)| frame.function.contains(name));
    called.filter_map(known).map(|(_, help)| *help).next().filter(|help| !help.is_empty())
}
