//! Starts one of the programs that are compared.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;

/// A command for a program with its surroundings fixed. It never gets `--bench`, which would turn verdicts off.
pub(crate) fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::piped());
    command.env("HOTPATH_METRICS_SERVER_OFF", "1").env("HOTPATH_ALLOC_METRIC", "count");
    command
}

/// Runs a program to its end; what it printed.
pub(crate) fn output(program: &Path, arguments: &[&str]) -> Result<String> {
    let name = name(program);
    let output =
        command(program, arguments).output().map_err(|error| format!("`{name}` does not start: {error}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{name} {}` failed ({}):\n{words}", arguments.join(" "), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What a program is called in a message.
pub(crate) fn name(program: &Path) -> String {
    program.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
