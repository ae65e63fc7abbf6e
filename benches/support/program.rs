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

/// Runs a program to its end; what it printed for the driver, line by line, in words: after `prefix`, between tabs.
pub(crate) fn answers(program: &Path, prefix: &str, arguments: &[&str]) -> Result<Vec<Vec<String>>> {
    let output = output(program, arguments)?;
    let lines = output.lines().filter_map(|line| line.strip_prefix(prefix));
    let answers: Vec<Vec<String>> =
        lines.map(|line| line.split('\t').map(|word| word.trim().to_owned()).collect()).collect();
    if answers.is_empty() {
        return Err(format!("`{} {}` gave no answer:\n{output}", name(program), arguments.join(" ")));
    }
    Ok(answers)
}

/// The numbers for each name, of answers that are a name and numbers.
pub(crate) fn numbers<'a>(
    names: impl Iterator<Item = &'a str>,
    answers: &[Vec<String>],
) -> Result<Vec<Vec<f64>>> {
    let of_name = |name: &str| {
        let answer = answers.iter().find(|answer| answer.first().is_some_and(|first| first == name))?;
        answer[1..].iter().map(|word| word.parse().ok()).collect::<Option<Vec<f64>>>()
    };
    names.map(|name| of_name(name).ok_or_else(|| format!("no figures for {name}: {answers:?}"))).collect()
}

/// What a program is called in a message.
pub(crate) fn name(program: &Path) -> String {
    program.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
