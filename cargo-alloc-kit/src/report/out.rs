//! Where a report is written.

use std::fs;
use std::path::{Path, PathBuf};

use crate::exit::Failure;
use crate::run_file::write_whole;

/// A report may not take the place of what it is made of.
pub(super) fn refuse_inputs<'a>(
    out: Option<&Path>,
    mut inputs: impl Iterator<Item = &'a PathBuf>,
) -> Result<(), Failure> {
    // One that does not exist is none of them.
    let Some(out) = out.and_then(|out| out.canonicalize().ok()) else { return Ok(()) };
    match inputs.find(|input| input.canonicalize().is_ok_and(|input| input == out)) {
        Some(input) => {
            Err(Failure::unusable(format!("`--out {}` would overwrite what is to be read", input.display())))
        }
        None => Ok(()),
    }
}

/// Writes a file as a whole or not at all; what is no file, such as a pipe, gets it as it is. A link stays one.
pub(super) fn write(path: &Path, text: &[u8]) -> Result<(), Failure> {
    let failure = |error| Failure::unusable(format!("cannot write {}: {error}", path.display()));
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            Err(Failure::unusable(format!("cannot write {}: it is a folder", path.display())))
        }
        Ok(metadata) if metadata.is_file() => write_whole(&path.canonicalize().map_err(failure)?, text),
        Ok(_) => fs::write(path, text).map_err(failure),
        Err(_) => write_whole(path, text),
    }
}
