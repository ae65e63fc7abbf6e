//! eslint, for JavaScript; for TypeScript where its parser is installed beside it. It gets a configuration of its own, since the
//! user's may run for minutes and has other rules.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::{Fault, Found, Said, Task, tool};
use crate::audit::finding::Span;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfFile {
    file_path: PathBuf,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    /// What did not parse has none.
    rule_id: Option<String>,
    #[serde(rename = "message")]
    text: String,
    #[serde(default)]
    line: u32,
    #[serde(default)]
    column: u32,
    end_line: Option<u32>,
    end_column: Option<u32>,
}

pub(super) fn run(task: &Task<'_>) -> Result<Said, Fault> {
    let program = tool::find(task.paths, &["node_modules/.bin"], "eslint")
        .ok_or(Fault::Missing("`npm install --save-dev eslint`"))?;
    let version = tool::version("eslint", &program)?;
    let modules = program.parent().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
    let parser = ["@typescript-eslint/parser", "typescript-eslint"].map(|name| modules.join(name));
    let parser = parser.into_iter().find(|folder| folder.join("package.json").is_file());
    let is_script = |file: &&PathBuf| {
        file.extension().is_some_and(|of| ["js", "mjs", "cjs", "jsx"].iter().any(|script| of == *script))
    };
    let files: Vec<PathBuf> =
        task.files.iter().filter(|file| parser.is_some() || is_script(file)).cloned().collect();
    let mut notes = Vec::new();
    if files.len() < task.files.len() {
        notes.push("TypeScript was left out, since typescript-eslint is not installed beside it".to_owned());
    }
    let config = config(task, parser.as_deref())
        .map_err(|error| Fault::Failed(format!("could not be given a configuration ({error})")))?;
    let command = || {
        let mut command = Command::new(&program);
        command.args(["--no-config-lookup", "--no-ignore", "--no-warn-ignored", "-f", "json", "-c"]);
        command.arg(config.path());
        // What is outside of the working folder has no configuration.
        command.current_dir("/");
        command
    };
    let mut found = Vec::new();
    tool::run_on(&files, &command, &mut |output| {
        // 1 is that it found something.
        if !matches!(output.code, Some(0 | 1)) {
            return Err(tool::failed(&output, "failed"));
        }
        found.extend(tool::json::<Vec<OfFile>>(&output)?.into_iter().flat_map(OfFile::found));
        Ok(())
    })?;
    Ok(Said { version, found, notes })
}

fn config(task: &Task<'_>, parser: Option<&Path>) -> std::io::Result<tempfile::NamedTempFile> {
    let rules: serde_json::Map<String, serde_json::Value> =
        task.codes.keys().map(|code| (code.clone(), "error".into())).collect();
    let rules = serde_json::Value::from(rules);
    let options = "linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' }";
    let jsx = "parserOptions: { ecmaFeatures: { jsx: true } }";
    let mut load = String::new();
    let mut language = format!("{{ {jsx} }}");
    if let Some(parser) = parser {
        let parser = serde_json::Value::from(parser.to_string_lossy().into_owned());
        load = format!("const found = require({parser});\nconst parser = found.parser ?? found;\n");
        language = format!("{{ parser, {jsx} }}");
    }
    let text = format!(
        "{load}module.exports = [{{ files: ['**/*.{{js,mjs,cjs,jsx,ts,mts,cts,tsx}}'], {options}, languageOptions: {language}, rules: {rules} }}];\n"
    );
    let file = tempfile::Builder::new().prefix("eslint").suffix(".cjs").tempfile()?;
    std::fs::write(file.path(), text)?;
    Ok(file)
}

impl OfFile {
    fn found(self) -> Vec<Found> {
        let file = self.file_path;
        let found = |message: Message| {
            let (line, column) = (message.line, message.column);
            let span = Span {
                line,
                column,
                end_line: message.end_line.unwrap_or(line),
                end_column: message.end_column.unwrap_or(column + 1),
            };
            let (code, message) = (message.rule_id?, message.text);
            Some(Found { file: file.clone(), code, message, span, only_in_loops: false })
        };
        self.messages.into_iter().filter_map(found).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As eslint 10 writes it; what did not parse has no rule.
    #[test]
    fn its_json_is_read() {
        let json = r#"[{"filePath": "/s/b.js", "messages": [
            {"ruleId": "no-sparse-arrays", "severity": 2, "message": "Unexpected comma", "line": 3, "column": 17, "endLine": 3, "endColumn": 18},
            {"ruleId": null, "fatal": true, "severity": 2, "message": "Parsing error", "line": 1, "column": 2}], "errorCount": 2}]"#;
        let files: Vec<OfFile> = serde_json::from_str(json).expect("its JSON");
        let found: Vec<Found> = files.into_iter().flat_map(OfFile::found).collect();
        let [found] = &found[..] else { panic!("one of both: {found:?}") };
        assert_eq!((found.code.as_str(), found.span.end_column), ("no-sparse-arrays", 18));
    }
}
