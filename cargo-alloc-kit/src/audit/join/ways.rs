//! What a line did when it allocated, by the frames between it and the allocator: whether what grows there grew, or whether something
//! was made that is put into it. `v.push(format!(..))` does both.

use super::symbols;
use crate::audit::language::Language;
use crate::audit::profile::Frame;

/// What valgrind calls what is inlined from another unit of the compiler's.
pub(super) const UNNAMED: &str = "UnknownInlinedFun";

/// What an allocation of a line was for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// The frames do not say.
    #[default]
    Unknown,
    /// What the line calls a method on got larger: a vector or a text, or a table.
    Grew,
    GrewTable,
    /// Something else was made.
    Made,
    /// Python's frame of its own for a comprehension, which it has up to 3.11.
    Comprehension,
}

/// The methods that a line grows something by, as frames and symbols have them.
const GROWS: [&str; 26] = [
    "add",
    "add_assign",
    "append",
    "append_elements",
    "entry",
    "extend",
    "extend_desugared",
    "extend_from_slice",
    "extend_one",
    "extend_trusted",
    "insert",
    "insert_entry",
    "or_default",
    "or_insert",
    "or_insert_with",
    "push",
    "push_back",
    "push_front",
    "push_mut",
    "push_str",
    "resize",
    "rustc_entry",
    "spec_extend",
    "write_char",
    "write_fmt",
    "write_str",
];

/// What is called only to grow.
const GROWTH: [&str; 15] = [
    "do_reserve_and_handle",
    "finish_grow",
    "grow",
    "grow_amortized",
    "grow_exact",
    "grow_one",
    "reserve",
    "reserve_entries",
    "reserve_exact",
    "reserve_for_push",
    "reserve_rehash",
    "reserve_rehash_inner",
    "resize_inner",
    "try_grow",
    "try_reserve",
];

/// What makes something new, which may grow while it is made.
const MAKES: [&str; 18] = [
    "clone",
    "collect",
    "concat",
    "format",
    "format_inner",
    "from",
    "from_iter",
    "from_utf8_lossy",
    "into",
    "join",
    "repeat",
    "replace",
    "spec_to_string",
    "to_lowercase",
    "to_owned",
    "to_string",
    "to_uppercase",
    "to_vec",
];

/// The allocator itself, which says nothing of who called it.
const ALLOCATOR: [&str; 12] = [
    "__rdl_alloc",
    "__rust_alloc",
    "__rust_realloc",
    "alloc",
    "alloc_impl",
    "alloc_impl_runtime",
    "alloc_zeroed",
    "allocate",
    "calloc",
    "malloc",
    "posix_memalign",
    "realloc",
];

/// `within` are the frames further in than the line's, the outermost first.
pub(super) fn of<'f>(language: Language, own: &Frame, within: impl Iterator<Item = &'f Frame>) -> Way {
    match language {
        Language::Python if is_comprehension(&own.function) => Way::Comprehension,
        Language::Rust => {
            of_rust(within.filter(|frame| frame.function != UNNAMED).map(|frame| frame.function.as_str()))
        }
        Language::Python | Language::JavaScript => Way::Unknown,
    }
}

fn of_rust<'f>(within: impl Iterator<Item = &'f str>) -> Way {
    let mut is_first = true;
    let mut is_table = false;
    for symbol in within {
        let name = symbols::name(symbol).unwrap_or_default();
        is_table |= symbol.contains("hashbrown") || symbol.contains("HashMap") || symbol.contains("HashSet");
        let is_growth = GROWTH.contains(&name);
        if is_first {
            if ALLOCATOR.contains(&name) {
                return Way::Unknown;
            }
            if !is_growth && !GROWS.contains(&name) {
                return Way::Made;
            }
            is_first = false;
        }
        if is_growth {
            let is_table = is_table || name.starts_with("reserve_rehash");
            return if is_table { Way::GrewTable } else { Way::Grew };
        }
        if MAKES.contains(&name) {
            return Way::Made;
        }
    }
    // What has no frames is not known; what called `push` and did not grow made something on the way.
    if is_first { Way::Unknown } else { Way::Made }
}

fn is_comprehension(symbol: &str) -> bool {
    ["<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"].iter().any(|name| symbol.ends_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As valgrind has them of a release build, and as the dhat crate has them.
    #[test]
    fn what_grows_is_told_from_what_is_put_in() {
        let cases: [(&[&str], Way); 11] = [
            (
                &[
                    "push<u8, Global>",
                    "push_mut<u8, Global>",
                    "<alloc::raw_vec::RawVec<u8>>::grow_one",
                    "alloc",
                    "malloc",
                ],
                Way::Grew,
            ),
            (&["alloc::vec::Vec<T,A>::push", "alloc::raw_vec::RawVec<T,A>::grow_one", "malloc"], Way::Grew),
            (&["grow_one<Global>", "finish_grow", "malloc"], Way::Grew),
            (
                &["format", "{closure#0}", "alloc::fmt::format::format_inner", "with_capacity", "malloc"],
                Way::Made,
            ),
            // A text that grows while it is made.
            (
                &["format", "alloc::fmt::format::format_inner", "push_str", "reserve<u8>", "finish_grow"],
                Way::Made,
            ),
            (&["extend<u8>", "spec_extend", "to_string<u8>", "push_str", "reserve", "malloc"], Way::Made),
            (&["extend<u8>", "spec_extend", "to_vec", "with_capacity_in", "malloc"], Way::Made),
            (&["new<u8>", "exchange_malloc", "malloc"], Way::Made),
            (
                &["insert<u8, u8>", "hashbrown::map::HashMap<K,V>::insert", "reserve_rehash", "malloc"],
                Way::GrewTable,
            ),
            (&["malloc"], Way::Unknown),
            (&[], Way::Unknown),
        ];
        for (within, way) in cases {
            assert_eq!(of_rust(within.iter().copied()), way, "{within:?}");
        }
    }

    #[test]
    fn comprehensions_have_frames_of_their_own() {
        let frame = |function: &str| Frame { function: function.to_owned(), ..Frame::default() };
        let of = |language, function: &str| of(language, &frame(function), std::iter::empty());
        assert_eq!(of(Language::Python, "f.<locals>.<listcomp>"), Way::Comprehension);
        assert_eq!(of(Language::Python, "f"), Way::Unknown);
        assert_eq!(of(Language::JavaScript, "<listcomp>"), Way::Unknown);
    }
}
