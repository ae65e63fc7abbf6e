//! What the benches' drivers have in common. Each is a program of its own that imports `Result` at its root, and the programs that
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

use std::process::ExitCode;

/// Or what went wrong, in words for whoever started the bench.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// How a driver ends.
pub(crate) fn end(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
