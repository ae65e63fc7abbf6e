//! What alloc-kit's attributes left in a binary that was built with `--cfg alloc_kit_prove`: which functions are to be judged, and
//! which addresses mean something.
//!
//! Section `.debug_alloc_kit`, not loaded: entries of three little-endian words, `kind`, `address`, `id`. An entry whose function
//! the linker dropped has the address 0 (or the linker's mark for that). The inventory is a list of statics, one for each place that
//! was annotated, whether compiled or not.

use std::collections::HashMap;

use super::image::{Image, Refusal};

/// The upper half of `kind`: "AKP" and the version of the format.
pub(crate) const MAGIC: u32 = 0x414b_5001;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Kind {
    /// In a function that is judged, outlined: the function whose symbol has the address inside, from its start on.
    Function = 1,
    /// A judged expression begins: an instruction of its own (`nop`) is at the address.
    Begin = 2,
    /// It ends, on this way out.
    End = 3,
    /// An exception (`allow_alloc!`, `#[alloc_allowed]`) begins, by an instruction of its own.
    Allow = 4,
    /// It ends, on this way out.
    AllowEnd = 5,
    /// The code here allocates: a global allocator that alloc-kit wraps, wherever it was inlined.
    Allocates = 6,
    /// The code here frees.
    Frees = 7,
}

/// One annotated place, or one exception, of the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) module: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// As the report has it: `fn`, `async fn`, `const fn`, `assertion`, ..
    pub(crate) form: String,
    /// Whether it may not free either (`deallocations = 0`).
    pub(crate) forbids_frees: bool,
    /// The reason, if it is an exception.
    pub(crate) allowed: Option<String>,
}

/// All that a binary says of itself.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) sites: Vec<Site>,
    /// Each record whose code is in the binary, by its address.
    pub(crate) at: HashMap<u64, Vec<(Kind, u64)>>,
}

impl Records {
    /// Reads them. A binary without any has none; one whose records can't be read is refused.
    pub(crate) fn read(_image: &Image) -> Result<Self, Refusal> {
        todo!()
    }
}
