//! ruff, for Python: no configuration of the user's is heeded but the version of Python that it targets.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::{Fault, Found, Said, Task, tool};
use crate::audit::finding::Span;

#[derive(Deserialize)]
struct Diagnostic {
    code: Option<String>,
    filename: PathBuf,
    location: Location,
    end_location: Location,
    message: String,
}

#[derive(Deserialize)]
struct Location {
    row: u32,
    column: u32,
}

pub(super) fn run(task: &Task<'_>) -> Result<Said, Fault> {
    let program = tool::find(task.paths, &[".venv/bin", "venv/bin", ".venv/Scripts", "venv/Scripts"], "ruff")
        .ok_or(Fault::Missing("`pip install ruff`"))?;
    let version = tool::version("ruff", &program)?;
    let codes = task.codes.keys().map(String::as_str).collect::<Vec<_>>().join(",");
    let target = task.paths.first().and_then(|path| target_version(path));
    let command = || {
        let mut command = Command::new(&program);
        command.args(["check", "--isolated", "--preview", "--ignore-noqa", "--no-cache", "--exit-zero"]);
        command.args(["--quiet", "--output-format", "json", "--select", &codes]);
        command.args(target.iter().flat_map(|version| ["--target-version", version]));
        command
    };
    let mut found = Vec::new();
    tool::run_on(task.files, &command, &mut |output| {
        if output.code != Some(0) {
            return Err(tool::failed(&output, "failed"));
        }
        found.extend(tool::json::<Vec<Diagnostic>>(&output)?.into_iter().filter_map(Diagnostic::found));
        Ok(())
    })?;
    Ok(Said { found, ..Said::new(version) })
}

impl Diagnostic {
    fn found(self) -> Option<Found> {
        let span = Span {
            line: self.location.row,
            column: self.location.column,
            end_line: self.end_location.row,
            end_column: self.end_location.column,
        };
        Some(Found {
            file: self.filename,
            code: self.code?,
            message: self.message,
            span,
            only_in_loops: false,
        })
    }
}

/// `py311`, of the `requires-python` or ruff's own `target-version` of the nearest configuration.
fn target_version(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    let read = |folder: &Path, name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        text.parse::<toml_edit::DocumentMut>().ok()
    };
    path.ancestors().find_map(|folder| {
        let own = ["ruff.toml", ".ruff.toml"].into_iter().find_map(|name| read(folder, name));
        if let Some(version) = own.as_ref().and_then(|file| file.get("target-version")?.as_str()) {
            return Some(version.to_owned());
        }
        let project = read(folder, "pyproject.toml")?;
        let of_ruff = || project.get("tool")?.get("ruff")?.get("target-version")?.as_str();
        if let Some(version) = of_ruff() {
            return Some(version.to_owned());
        }
        least_version(project.get("project")?.get("requires-python")?.as_str()?)
    })
}

/// `>=3.9,<4` is `py39`.
fn least_version(requires: &str) -> Option<String> {
    let least = requires.split(',').find_map(|part| part.trim().strip_prefix(">="))?;
    let mut numbers = least.trim().split('.');
    let (major, minor) = (numbers.next()?, numbers.next()?);
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    (is_number(major) && is_number(minor)).then(|| format!("py{major}{minor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As ruff 0.14 writes it; what did not parse has no code, or one of its own.
    #[test]
    fn its_json_is_read() {
        let json = r#"[
            {"cell":null,"code":"PERF401","end_location":{"column":32,"row":5},"filename":"/s/a.py","fix":null,"location":{"column":13,"row":4},
             "message":"Use a list comprehension to create a transformed list","noqa_row":5,"url":"u"},
            {"cell":null,"code":null,"end_location":{"column":1,"row":2},"filename":"/s/b.py","fix":null,"location":{"column":6,"row":1},
             "message":"SyntaxError: Expected an expression","noqa_row":null,"url":null}]"#;
        let all: Vec<Diagnostic> = serde_json::from_str(json).expect("its JSON");
        let found: Vec<Found> = all.into_iter().filter_map(Diagnostic::found).collect();
        let [found] = &found[..] else { panic!("one of both: {found:?}") };
        assert_eq!((found.code.as_str(), found.file.as_path()), ("PERF401", Path::new("/s/a.py")));
        assert_eq!(found.span, Span { line: 4, column: 13, end_line: 5, end_column: 32 });
        assert!(!found.only_in_loops);
    }

    #[test]
    fn the_least_version_is_what_is_required() {
        assert_eq!(least_version(">=3.9"), Some("py39".to_owned()));
        assert_eq!(least_version("<4, >= 3.11.2"), Some("py311".to_owned()));
        assert_eq!(least_version("~=3.9"), None);
        assert_eq!(least_version(">=3"), None);
    }
}
