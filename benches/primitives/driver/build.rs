//! Builds the program: with several orders of functions, and with alloc-kit's counting.

use std::path::PathBuf;

use crate::Result;
use crate::program::Program;
use crate::support::cargo;

/// The program in so many orders of functions, or as many as there are.
pub(crate) fn layouts(layouts: u32) -> Result<Vec<Program>> {
    Ok(build("", layouts)?.into_iter().map(|path| Program { path }).collect())
}

/// The program with alloc-kit's counting.
pub(crate) fn counting() -> Result<Program> {
    let path = build("counting", 1)?.pop().expect("one layout");
    Ok(Program { path })
}

fn build(features: &str, layouts: u32) -> Result<Vec<PathBuf>> {
    cargo::layouts("primitives", "primitives", features, layouts)
}
