//! eslint, for JavaScript; for TypeScript where its parser is installed beside it. It gets a configuration of its own, since the
//! user's may run for minutes and has other rules.
//!
//! One code that it does not know and it does nothing at all, so plugins are asked for what they have before.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::{Fault, Found, Said, Task, tool};
use crate::audit::finding::Span;

/// The first version with configurations as they are written here.
const FIRST_VERSION: u32 = 9;
const CONFIG: &str = "eslint.config.mjs";
/// The codes that the configuration found nobody for, which it writes beside itself.
const MISSED: &str = "missed.json";
const PARSERS: [&str; 2] = ["@typescript-eslint/parser", "typescript-eslint"];
/// What its plugin is called.
const UNICORN: &str = "eslint-plugin-unicorn";

/// One that is installed in a folder `node_modules`.
#[derive(Serialize)]
struct Package {
    folder: PathBuf,
    name: &'static str,
}

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
    let number = version.rsplit(' ').next().unwrap_or_default();
    if major(number).is_some_and(|major| major < FIRST_VERSION) {
        return Err(Fault::Failed(format!(
            "is of version {number}, and {FIRST_VERSION} or later is understood"
        )));
    }
    let modules = modules(&program);
    let parser = PARSERS.into_iter().find_map(|name| has(&modules, name));
    let is_script = |file: &&PathBuf| {
        file.extension().is_some_and(|of| ["js", "mjs", "cjs", "jsx"].iter().any(|script| of == *script))
    };
    let files: Vec<PathBuf> =
        task.files.iter().filter(|file| parser.is_some() || is_script(file)).cloned().collect();
    let mut said = Said::new(version);
    if files.len() < task.files.len() {
        said.notes
            .push("TypeScript was left out, since typescript-eslint is not installed beside it".to_owned());
    }
    let config = config(task, parser.as_ref(), has(&modules, UNICORN).as_ref())
        .map_err(|error| Fault::Failed(format!("could not be given a configuration ({error})")))?;
    let command = || {
        let mut command = Command::new(&program);
        command.args(["--no-config-lookup", "--no-ignore", "--no-warn-ignored", "-f", "json", "-c"]);
        command.arg(config.path().join(CONFIG));
        // What is outside of the working folder has no configuration.
        command.current_dir("/");
        command
    };
    tool::run_on(&files, &command, &mut |output| {
        // 1 is that it found something.
        if !matches!(output.code, Some(0 | 1)) {
            return Err(tool::failed(&tool::Output { stderr: why(&output.stderr), ..output }, "failed"));
        }
        said.found.extend(tool::json::<Vec<OfFile>>(&output)?.into_iter().flat_map(OfFile::found));
        Ok(())
    })?;
    let missed = fs::read(config.path().join(MISSED)).unwrap_or_default();
    let missed: BTreeSet<String> = serde_json::from_slice(&missed).unwrap_or_default();
    if !missed.is_empty() {
        said.missed.push((UNICORN, missed.into_iter().collect()));
    }
    Ok(said)
}

/// `9` of `9.39.1`.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// The folders `node_modules` that it is in, as it was found and as links lead to it.
fn modules(program: &Path) -> Vec<PathBuf> {
    let real = fs::canonicalize(program).unwrap_or_default();
    let above = |path: &Path| {
        let found = path.ancestors().find(|folder| folder.ends_with("node_modules"));
        found.map(Path::to_owned)
    };
    [above(program), above(&real)].into_iter().flatten().collect()
}

/// A package in the first of these that has it.
fn has(modules: &[PathBuf], name: &'static str) -> Option<Package> {
    let folder = modules.iter().find(|folder| folder.join(name).join("package.json").is_file())?;
    Some(Package { folder: folder.clone(), name })
}

/// A folder with the configuration.
fn config(task: &Task<'_>, parser: Option<&Package>, plugin: Option<&Package>) -> std::io::Result<TempDir> {
    let asked = serde_json::json!({ "codes": task.codes.keys().collect::<Vec<_>>(), "parser": parser, "plugin": plugin });
    let folder = tempfile::Builder::new().prefix("eslint").tempdir()?;
    fs::write(folder.path().join(CONFIG), format!("const asked = {asked};\n{}", include_str!("eslint.mjs")))?;
    Ok(folder)
}

/// What it says first is that it is sorry, and its version.
fn why(stderr: &str) -> String {
    let is_word = |line: &&str| !line.starts_with("Oops!") && !line.starts_with("ESLint: ");
    stderr.lines().filter(is_word).collect::<Vec<_>>().join("\n")
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

    /// As eslint 9.39 and 10.15 write them, with what they print first left out.
    #[test]
    fn its_reason_is_not_that_it_is_sorry() {
        let stderr = "\nOops! Something went wrong! :(\n\nESLint: 10.15.0\n\nTypeError: Could not find plugin \"unicorn\".\n    at x";
        assert!(why(stderr).trim_start().starts_with("TypeError: Could not find plugin"));
        assert_eq!([major("8.57.1"), major("10.15.0"), major("?")], [Some(8), Some(10), None]);
    }
}
