//! What the benches' drivers have in common. Each is a program of its own with `crate::Result`, and the programs that
//! it compares are in a package of their own, outside the workspace.

pub(crate) mod callgrind;
pub(crate) mod cargo;
pub(crate) mod cells;
pub(crate) mod machine;
pub(crate) mod program;
pub(crate) mod statistics;
