//! What the callback tells the control thread, as values that own nothing. They become text over there.

use crate::score::{FRAMES_A_SECOND, Key};
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Logged {
    pub(crate) frame: u64,
    pub(crate) key: Key,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Began,
    Ended,
}

impl fmt::Display for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.frame * 1_000 / FRAMES_A_SECOND;
        let what = match self.what {
            What::Began => "begins",
            What::Ended => "is over",
        };
        write!(f, "{:2}.{:03} s  {} {what}", milliseconds / 1_000, milliseconds % 1_000, self.key)
    }
}
