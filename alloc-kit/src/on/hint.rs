//! What would help, where the function of std that the user's line called leaves no doubt.

use super::resolve::{Frame, Owner, without_generics};
use super::trap::Event;

/// A function's own name, a part of its whole path, and what to do instead of calling it.
const HINTS: &[(&str, &str, &str)] = &[
    (
        "format",
        "alloc::fmt",
        "`write!` into a String that is cleared and kept, or `with_fmt` for a text of a moment",
    ),
    ("to_string", "", TEXT),
    ("to_owned", "str", TEXT),
    ("from", "From<&str>", TEXT),
    ("to_owned", "", "borrow it, or `clone_from` it into a value that is kept"),
    ("to_vec", "", "borrow the slice, or `extend_from_slice` a Vec that is cleared and kept"),
    ("clone", "", CLONE),
    ("collect", "", "go on with the iterator, or `refill` a collection that is kept (`alloc_kit::Reuse`)"),
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

const TEXT: &str = "borrow it as `&str`, or write it into a String that is cleared and kept; `upsert` looks up a key without a copy";
const CLONE: &str = "borrow it, or `a.clone_from(&b)`, which reuses what `a` holds (of your own types, with `derive(CloneFrom)`)";
const MAKE_ROOM: &str = "make room before the region (`with_capacity`, `reserve`), or `clear` it and keep it";
/// The room is there, and it is the elements that allocate.
const ELEMENTS: &str =
    "the elements are what allocates: `Slots` keeps their buffers when it is cleared (`add`, `push_clone`)";
/// What fills a collection, and what makes an element of its own memory.
const FILLS: [&str; 3] = ["extend", "extend_from_slice", "collect"];
const MAKES: [&str; 5] = ["clone", "to_owned", "to_string", "to_uppercase", "to_lowercase"];

/// The help for an event: by what the user's line called, if that is std and not a dependency.
pub(super) fn hint(event: Event, inside: &[Frame]) -> Option<&'static str> {
    if event == Event::Deallocation || inside.iter().any(|frame| frame.owner == Owner::Dependency) {
        return None;
    }
    let outwards = || inside.iter().rev();
    let fills = outwards().take(2).any(|frame| FILLS.contains(&called(frame).as_str()));
    if fills && outwards().skip(1).any(|frame| MAKES.contains(&called(frame).as_str())) {
        return Some(ELEMENTS);
    }
    // The outermost is what the line called; it may be a wrapper, so the next may say it too.
    outwards().take(2).find_map(|frame| {
        let called = called(frame);
        let known = |(name, part, _): &&(&str, &str, &str)| called == *name && frame.function.contains(part);
        HINTS.iter().find(known).map(|(.., help)| *help)
    })
}

/// A function's own name.
fn called(frame: &Frame) -> String {
    let path = without_generics(&frame.function);
    // Of `collect::<Vec<_>>` the `::` is left.
    path.trim_end_matches("::").rsplit("::").next().unwrap_or_default().to_owned()
}
