//! What the benches' drivers have in common. Each is a program of its own with `crate::Result`, and the programs that
//! it compares are in a package of their own, outside the workspace.

#![allow(dead_code, reason = "no bench uses all of it")]

pub(crate) mod callgrind;
pub(crate) mod cargo;
pub(crate) mod cells;
pub(crate) mod machine;
pub(crate) mod options;
pub(crate) mod program;
pub(crate) mod progress;
pub(crate) mod statistics;
