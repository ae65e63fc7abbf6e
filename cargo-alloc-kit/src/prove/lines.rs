//! Lines of the source for addresses, with the functions that were inlined there.

use super::image::Image;

/// A function that an address is in, and the line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Demangled, without its hash.
    pub(crate) function: String,
    pub(crate) file: Option<String>,
    pub(crate) line: u32,
}

/// What a program says of its lines, if it does.
#[derive(Debug)]
pub(crate) struct Lines;

#[expect(clippy::unused_self, reason = "the interface, before it is filled in")]
impl Lines {
    pub(crate) fn of(_image: &Image) -> Self {
        Self
    }

    /// The innermost first; none where nothing is known.
    pub(crate) fn at(&self, _address: u64) -> Vec<Frame> {
        Vec::new()
    }
}
