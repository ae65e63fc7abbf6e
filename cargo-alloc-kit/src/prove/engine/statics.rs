//! Function pointers in statics: what one can hold, if every instruction that writes to it is seen.

use std::collections::HashMap;

use super::super::image::Image;

#[derive(Debug, Default)]
pub(super) struct Statics {
    known: HashMap<u64, Option<Vec<u64>>>,
}

impl Statics {
    /// All functions that the eight bytes there can point to. `None`: it may be anything.
    pub(super) fn values(&mut self, image: &Image, at: u64) -> Option<Vec<u64>> {
        let _ = image;
        self.known.get(&at).cloned().flatten()
    }
}
