//! From an image to verdicts.

use std::collections::{BTreeMap, BTreeSet};

use super::image::Image;
use super::records::Records;
use super::verdict::Verdict;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Question {
    /// Paths that only panic are judged as all others.
    pub(crate) include_panics: bool,
    /// Freeing is judged as allocating is.
    pub(crate) forbid_frees: bool,
    /// Functions that are taken to allocate nothing, by their start: the user's trust list.
    pub(crate) trusted: BTreeSet<u64>,
    /// Imports likewise, by their names.
    pub(crate) trusted_imports: BTreeSet<String>,
}

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Root {
    /// The function that starts there.
    Function(u64),
    /// An expression, from its `Kind::Begin` record there to each `Kind::End` of the same id.
    Region { begin: u64, id: u64 },
}

/// What the engine did, for `--verbose` and benches, and what it did not look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effort {
    pub(crate) functions: u64,
    pub(crate) instructions: u64,
    /// In calls that were looked at with what they were given.
    pub(crate) instructions_in_context: u64,
    /// Calls that were not followed because the callee is trusted, by its start.
    pub(crate) trusted_calls: BTreeMap<u64, u64>,
    /// Those of imports, by their names.
    pub(crate) trusted_import_calls: BTreeMap<String, u64>,
}

/// The verdicts of all roots, in their order. The allocator's recognition is not looked at here.
pub(crate) fn judge(
    _image: &Image,
    _records: &Records,
    _roots: &[Root],
    _question: &Question,
) -> (Vec<Verdict>, Effort) {
    todo!()
}
