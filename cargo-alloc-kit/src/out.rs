//! Where a result is written.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::{MessageFormat, Output};
use crate::exit::Failure;
use crate::run_file::write_whole;

/// Whether it is standard output that is named.
pub(crate) fn is_stdout(out: Option<&Path>) -> bool {
    out.is_some_and(|out| out.as_os_str() == "-")
}

/// That results of two kinds are not written to one place.
pub(crate) fn refuse_json(out: Option<&Path>, output: &Output) -> Result<(), Failure> {
    if is_stdout(out) && output.message_format == MessageFormat::Json {
        return Err(Failure::unusable("`--out -` and `--message-format json` both write to standard output"));
    }
    Ok(())
}

/// What is made of files may not take the place of one of them.
pub(crate) fn refuse_inputs<'a>(
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
pub(crate) fn write(path: &Path, text: &[u8]) -> Result<(), Failure> {
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

/// That the name of a file does not say what is to be written.
pub(crate) fn unknown_ending(path: &Path, endings: &str) -> Failure {
    Failure::unusable(format!("the ending of `{}` says no format; these do: {endings}", path.display()))
        .help("`--format` says what to write whatever the name")
}
