//! biome, for JavaScript and TypeScript. A code is a name, `noDelete`: the group that it is in changes.

use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

use super::{Fault, Found, Said, Task, tool};
use crate::audit::finding::Span;

/// Its JSON is said to be unstable: what is not needed is not read.
#[derive(Deserialize)]
struct Report {
    diagnostics: Vec<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    /// `lint/performance/noDelete`
    category: Option<String>,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Location {
    path: PathBuf,
    start: Position,
    end: Position,
}

#[derive(Deserialize)]
struct Position {
    line: u32,
    column: u32,
}

pub(super) fn run(task: &Task<'_>) -> Result<Said, Fault> {
    let program = tool::find(task.paths, &["node_modules/.bin"], "biome")
        .ok_or(Fault::Missing("`npm install --save-dev @biomejs/biome`"))?;
    let version = tool::version("biome", &program)?;
    let config = tempfile::tempdir();
    let config = config.and_then(|folder| {
        std::fs::write(
            folder.path().join("biome.json"),
            "{ \"root\": true, \"files\": { \"maxSize\": 4194304 } }",
        )
        .map(|()| folder)
    });
    let config =
        config.map_err(|error| Fault::Failed(format!("could not be given a configuration ({error})")))?;
    let command = || {
        let mut command = Command::new(&program);
        command.args(["lint", "--reporter=json", "--max-diagnostics=none", "--no-errors-on-unmatched"]);
        command.arg(format!("--config-path={}", config.path().display()));
        command.args(task.codes.keys().map(|code| format!("--only={code}")));
        command
    };
    let mut found = Vec::new();
    tool::run_on(task.files, &command, &mut |output| {
        // 1 is that it found something, or that a file did not parse.
        if !matches!(output.code, Some(0 | 1)) {
            return Err(tool::failed(&output, "failed"));
        }
        let report: Report = tool::json(&output)?;
        found.extend(report.diagnostics.into_iter().filter_map(Diagnostic::found));
        Ok(())
    })?;
    Ok(Said { found, ..Said::new(version) })
}

impl Diagnostic {
    fn found(self) -> Option<Found> {
        let Location { path, start, end } = self.location?;
        let code = self.category?.strip_prefix("lint/")?.rsplit('/').next()?.to_owned();
        let span =
            Span { line: start.line, column: start.column, end_line: end.line, end_column: end.column };
        Some(Found { file: path, code, message: self.message, span, only_in_loops: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As biome 2.6 writes it; what did not parse is of no rule.
    #[test]
    fn its_json_is_read() {
        let json = r#"{"summary": {"errors": 1}, "diagnostics": [
            {"severity": "warning", "message": "Avoid delete", "category": "lint/performance/noDelete",
             "location": {"path": "s/a.ts", "start": {"line": 2, "column": 3}, "end": {"line": 2, "column": 13}}, "advices": []},
            {"severity": "error", "message": "Illegal", "category": "parse",
             "location": {"path": "s/b.js", "start": {"line": 1, "column": 1}, "end": {"line": 5, "column": 2}}, "advices": []}],
            "command": "lint"}"#;
        let report: Report = serde_json::from_str(json).expect("its JSON");
        let found: Vec<Found> = report.diagnostics.into_iter().filter_map(Diagnostic::found).collect();
        let [found] = &found[..] else { panic!("one of both: {found:?}") };
        assert_eq!((found.code.as_str(), found.span.end_column), ("noDelete", 13));
    }
}
