//! oxlint, for JavaScript and TypeScript: its rules are turned on by name, and all others off.

use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

use super::{Fault, Found, Said, Task, tool};
use crate::audit::finding::Span;

#[derive(Deserialize)]
struct Report {
    diagnostics: Vec<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    /// `eslint(no-sparse-arrays)`, `unicorn(prefer-array-find)`; what did not parse has none.
    #[serde(default)]
    code: Option<String>,
    filename: PathBuf,
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    span: OfLabel,
}

#[derive(Deserialize)]
struct OfLabel {
    line: u32,
    column: u32,
    length: u32,
}

pub(super) fn run(task: &Task<'_>) -> Result<Said, Fault> {
    let program = tool::find(task.paths, &["node_modules/.bin"], "oxlint")
        .ok_or(Fault::Missing("`npm install --save-dev oxlint`"))?;
    let version = tool::version("oxlint", &program)?;
    // One of the user's own is not read where another is named.
    let config = tempfile::Builder::new().suffix(".json").tempfile();
    let config = config.and_then(|file| std::fs::write(file.path(), "{}").map(|()| file));
    let config =
        config.map_err(|error| Fault::Failed(format!("could not be given a configuration ({error})")))?;
    let command = || {
        let mut command = Command::new(&program);
        command.args(["-A", "all", "-f", "json", "--no-ignore", "-c"]).arg(config.path());
        command.args(task.codes.keys().flat_map(|code| ["-D", code]));
        command
    };
    let mut found = Vec::new();
    tool::run_on(task.files, &command, &mut |output| {
        // 1 is that it found something.
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
        let OfLabel { line, column, length } = self.labels.into_iter().next()?.span;
        let code = self.code?;
        let (plugin, name) = code.strip_suffix(')').and_then(|code| code.split_once('('))?;
        // As it is turned on: `unicorn/prefer-array-find`, and eslint's own by its name.
        let plugin = plugin.strip_prefix("eslint-plugin-").unwrap_or(plugin);
        let code = if plugin == "eslint" { name.to_owned() } else { format!("{plugin}/{name}") };
        // It has no end but in bytes of the file: what has several lines is its first one here.
        let span = Span { line, column, end_line: line, end_column: column.saturating_add(length) };
        Some(Found { file: self.filename, code, message: self.message, span, only_in_loops: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As oxlint 1.94 writes it; what did not parse has no code, and older ones write the plugin's whole name.
    #[test]
    fn its_json_is_read() {
        let json = r#"{ "diagnostics": [
            {"message": "Unexpected comma", "code": "eslint(no-sparse-arrays)", "severity": "error", "help": "h", "filename": "s/a.ts",
             "labels": [{"label": "comma", "span": {"offset": 72, "length": 0, "line": 3, "column": 17}}]},
            {"message": "Prefer `find`", "code": "unicorn(prefer-array-find)", "severity": "error", "filename": "s/a.ts",
             "labels": [{"span": {"offset": 90, "length": 6, "line": 4, "column": 14}}]},
            {"message": "Do not spread", "code": "oxc(no-accumulating-spread)", "severity": "error", "filename": "s/a.ts",
             "labels": [{"label": "From this spread", "span": {"offset": 174, "length": 6, "line": 5, "column": 36}},
                        {"label": "For this reduce", "span": {"offset": 152, "length": 6, "line": 5, "column": 14}}]},
            {"message": "Prefer `flatMap`", "code": "eslint-plugin-unicorn(prefer-array-flat-map)", "severity": "error", "filename": "s/a.ts",
             "labels": [{"span": {"offset": 190, "length": 6, "line": 6, "column": 1}}]},
            {"message": "Expected `)`", "severity": "error", "filename": "s/b.ts",
             "labels": [{"span": {"offset": 1, "length": 1, "line": 1, "column": 1}}]}], "number_of_files": 2 }"#;
        let report: Report = serde_json::from_str(json).expect("its JSON");
        let found: Vec<Found> = report.diagnostics.into_iter().filter_map(Diagnostic::found).collect();
        let found: Vec<(&str, u32, u32)> =
            found.iter().map(|found| (found.code.as_str(), found.span.line, found.span.column)).collect();
        assert_eq!(
            found,
            [
                ("no-sparse-arrays", 3, 17),
                ("unicorn/prefer-array-find", 4, 14),
                ("oxc/no-accumulating-spread", 5, 36),
                ("unicorn/prefer-array-flat-map", 6, 1),
            ]
        );
    }
}
