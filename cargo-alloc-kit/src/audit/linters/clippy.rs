//! clippy, for Rust: the workspace that holds a path is checked, which builds it as `cargo check` does, in a target folder of its
//! own. `--force-warn` finds what `#[allow]` and `[lints]` hide: those are about style, and here a profile decides.
//!
//! Beside the lints there is the inventory: by a configuration of our own, `disallowed_methods` reports every call that allocates,
//! with types resolved and inside of macros too, which a syntax tree cannot see. Such a call counts where our tree has it in a loop.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;
use toml_edit::{Array, DocumentMut, value};

use super::{Fault, Found, Said, Task, tool};
use crate::audit::finding::Span;
use crate::command::cargo;

/// The key of `linters:` for calls that matter in loops: `clippy-inventory: [clone, collect]`.
pub(super) const INVENTORY: &str = "clippy-inventory";

/// A build of everything.
const BUILD: Duration = Duration::from_secs(1200);

/// The codes of the inventory: what clippy calls it, and whether it is a macro.
const CALLS: [(&str, &str, bool); 10] = [
    ("clone", "core::clone::Clone::clone", false),
    ("to_string", "alloc::string::ToString::to_string", false),
    ("to_owned", "alloc::borrow::ToOwned::to_owned", false),
    ("to_vec", "slice::to_vec", false),
    ("collect", "core::iter::Iterator::collect", false),
    ("box_new", "alloc::boxed::Box::new", false),
    ("rc_new", "alloc::rc::Rc::new", false),
    ("arc_new", "alloc::sync::Arc::new", false),
    ("format", "std::format", true),
    ("vec", "std::vec", true),
];

/// A line of `--message-format json`.
#[derive(Deserialize)]
struct Line {
    reason: String,
    message: Option<Message>,
    #[serde(default)]
    success: bool,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "message")]
    text: String,
    level: String,
    code: Option<Code>,
    spans: Vec<OfMessage>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct OfMessage {
    file_name: PathBuf,
    line_start: u32,
    line_end: u32,
    column_start: u32,
    column_end: u32,
    #[serde(default)]
    is_primary: bool,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Expansion {
    span: OfMessage,
}

/// What must be known of a workspace.
#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    /// Its own, which need not be asked for once more.
    #[serde(default)]
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    manifest_path: PathBuf,
}

pub(super) fn run(task: &Task<'_>) -> Result<Said, Fault> {
    let mut version = Command::new(cargo());
    version.args(["clippy", "--version"]);
    let output = tool::run(version, Duration::from_secs(30))?;
    if output.code != Some(0) {
        return Err(Fault::Missing("`rustup component add clippy`"));
    }
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let mut said = Said::new(version);
    let workspaces = workspaces(task.files, &mut said.notes)?;
    if workspaces.is_empty() {
        return Err(Fault::Failed("has no workspace to check: no file is in a package".to_owned()));
    }
    let mut failed = None;
    for workspace in &workspaces {
        match check(task, workspace, &mut said) {
            Ok(()) => {}
            // What others say is still of use.
            Err(Fault::Failed(why)) if workspaces.len() > 1 => {
                said.notes.push(format!("{}: {why}", workspace.workspace_root.display()));
            }
            Err(fault) => failed = Some(fault),
        }
    }
    failed.map_or(Ok(said), Err)
}

/// The workspaces that the files are in, each once: a package may be anywhere below what was named.
fn workspaces(files: &[PathBuf], notes: &mut Vec<String>) -> Result<Vec<Metadata>, Fault> {
    let mut folders: BTreeMap<&Path, Option<PathBuf>> = BTreeMap::new();
    for folder in files.iter().filter_map(|file| file.parent()) {
        let manifest =
            || folder.ancestors().map(|above| above.join("Cargo.toml")).find(|path| path.is_file());
        folders.entry(folder).or_insert_with(manifest);
    }
    let manifests: BTreeSet<PathBuf> = folders.into_values().flatten().collect();
    let (mut all, mut failed) = (Vec::<Metadata>::new(), None);
    for manifest in manifests {
        let has = |known: &Metadata| known.packages.iter().any(|package| package.manifest_path == manifest);
        if all.iter().any(has) {
            continue;
        }
        let mut command = Command::new(cargo());
        command.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(&manifest);
        let output = tool::run(command, Duration::from_secs(60))?;
        if output.code != Some(0) {
            let fault = tool::failed(&output, "could not read the workspace");
            if let Fault::Failed(why) = &fault {
                notes.push(format!("{}: {why}", manifest.display()));
            }
            failed = Some(fault);
            continue;
        }
        let metadata: Metadata = tool::json(&output)?;
        if all.iter().all(|known| known.workspace_root != metadata.workspace_root) {
            all.push(metadata);
        }
    }
    // What others say is still of use.
    match failed {
        Some(fault) if all.is_empty() => Err(fault),
        _ => Ok(all),
    }
}

fn check(task: &Task<'_>, workspace: &Metadata, said: &mut Said) -> Result<(), Fault> {
    let own = workspace.target_directory.join("alloc-kit").join("clippy");
    let config = own.join("conf");
    write_config(&workspace.workspace_root, &config, &mut said.notes)
        .map_err(|error| Fault::Failed(format!("could not be given a configuration ({error})")))?;
    let mut command = Command::new(cargo());
    // What a test or a bench allocates is no finding.
    command.args(["clippy", "--workspace", "--no-deps", "--keep-going", "--message-format", "json"]);
    command.arg("--manifest-path").arg(workspace.workspace_root.join("Cargo.toml"));
    command.arg("--target-dir").arg(&own).env("CLIPPY_CONF_DIR", &config).env("CARGO_TERM_COLOR", "never");
    // `#![deny(warnings)]` must not end the check.
    command.args(["--", "--cap-lints", "warn", "-A", "warnings"]);
    let is_call = |code: &&str| CALLS.iter().any(|(call, ..)| call == code);
    let (calls, codes): (Vec<&str>, Vec<&str>) = task.codes.keys().map(String::as_str).partition(is_call);
    let inventory = ["disallowed_methods", "disallowed_macros"];
    for lint in codes.into_iter().chain(inventory.into_iter().filter(|_| !calls.is_empty())) {
        command.args(["--force-warn", &format!("clippy::{lint}")]);
    }
    let built = tool::run(command, BUILD)?;
    let lines: Vec<Line> = built
        .stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let ended = lines.iter().find(|line| line.reason == "build-finished");
    if ended.is_none() {
        return Err(tool::failed(&built, "failed"));
    }
    let errors = lines.iter().filter_map(|line| line.message.as_ref()).filter(|it| it.level == "error");
    let error = errors.map(|message| message.text.clone()).next();
    if ended.is_some_and(|line| !line.success) {
        let why = error.map(|error| format!(" (`{error}`)")).unwrap_or_default();
        said.notes.push(format!(
            "not all of {} builds{why}, and nothing is known of the rest",
            workspace.workspace_root.display()
        ));
    }
    let messages = lines.into_iter().filter_map(|line| line.message);
    said.found.extend(messages.filter_map(|message| message.found(&workspace.workspace_root)));
    Ok(())
}

/// The user's own configuration, which `CLIPPY_CONF_DIR` takes the place of, with our lists instead of theirs.
fn write_config(root: &Path, folder: &Path, notes: &mut Vec<String>) -> io::Result<()> {
    let users =
        ["clippy.toml", ".clippy.toml"].into_iter().find_map(|name| fs::read_to_string(root.join(name)).ok());
    let mut config = users.as_deref().unwrap_or_default().parse::<DocumentMut>().unwrap_or_else(|_| {
        notes.push("the workspace's clippy.toml is no TOML, and was left out".to_owned());
        DocumentMut::new()
    });
    let list = |macros: bool| -> Array {
        CALLS.iter().filter(|(.., is_macro)| *is_macro == macros).map(|(_, path, _)| *path).collect()
    };
    config["disallowed-methods"] = value(list(false));
    config["disallowed-macros"] = value(list(true));
    fs::create_dir_all(folder)?;
    let (path, text) = (folder.join("clippy.toml"), config.to_string());
    // One that is newer would have everything checked anew.
    if fs::read_to_string(&path).is_ok_and(|there| there == text) { Ok(()) } else { fs::write(path, text) }
}

impl Message {
    fn found(self, root: &Path) -> Option<Found> {
        let code = self.code?.code;
        let lint = code.strip_prefix("clippy::")?;
        let mut span = self.spans.into_iter().find(|span| span.is_primary)?;
        // What a macro does is done where it is called.
        let mut in_macro = false;
        while let Some(expansion) = span.expansion {
            span = expansion.span;
            in_macro = true;
        }
        let called = |(call, path, _): &&(&'static str, &str, bool)| {
            self.text.contains(&format!("`{path}`")).then_some(*call)
        };
        let is_inventory = matches!(lint, "disallowed_methods" | "disallowed_macros");
        let (code, message) = if is_inventory {
            let call = CALLS.iter().find_map(|call| called(&call))?;
            let by = if in_macro { " by this macro" } else { "" };
            (call.to_owned(), format!("`{call}` is called{by} on each turn of a loop"))
        } else {
            (lint.to_owned(), self.text)
        };
        Some(Found {
            file: root.join(span.file_name),
            code,
            message,
            span: Span {
                line: span.line_start,
                column: span.column_start,
                end_line: span.line_end,
                end_column: span.column_end,
            },
            only_in_loops: is_inventory,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str) -> Option<Found> {
        let line = format!(r#"{{"reason":"compiler-message","message":{message}}}"#);
        serde_json::from_str::<Line>(&line).expect("its JSON").message?.found(Path::new("/w"))
    }

    fn place(found: &Found) -> (&Path, u32, u32, u32, u32) {
        let Span { line, column, end_line, end_column } = found.span;
        (&found.file, line, column, end_line, end_column)
    }

    const SPAN: &str = r#"{"file_name":"src/a.rs","line_start":4,"line_end":5,"column_start":9,"column_end":3,"is_primary":true,"expansion":null}"#;

    /// As clippy 1.95 writes it, without what is not read.
    #[test]
    fn a_lint_is_its_code_at_its_primary_span() {
        let other = SPAN.replace("true", "false").replace("a.rs", "b.rs");
        let lint = found(&format!(
            r#"{{"message":"avoid using `collect()`","level":"warning","code":{{"code":"clippy::needless_collect"}},"spans":[{other},{SPAN}]}}"#
        ));
        let lint = lint.expect("a place");
        assert_eq!((lint.code.as_str(), lint.only_in_loops), ("needless_collect", false));
        assert_eq!(place(&lint), (Path::new("/w/src/a.rs"), 4, 9, 5, 3));
        // Of rustc, of nobody, or without a place.
        for (code, spans) in [
            (r#"{"code":"unused_variables"}"#, SPAN),
            ("null", SPAN),
            (r#"{"code":"clippy::useless_vec"}"#, ""),
        ] {
            let message = format!(r#"{{"message":"m","level":"warning","code":{code},"spans":[{spans}]}}"#);
            assert!(found(&message).is_none(), "{message}");
        }
    }

    #[test]
    fn the_inventory_is_the_call_where_it_is_written() {
        let call = |lint: &str, what: &str, span: &str| {
            found(&format!(
                r#"{{"message":"use of a disallowed {what}","level":"warning","code":{{"code":"clippy::{lint}"}},"spans":[{span}]}}"#
            ))
        };
        let clone = call("disallowed_methods", "method `core::clone::Clone::clone`", SPAN).expect("a place");
        assert_eq!((clone.code.as_str(), clone.only_in_loops), ("clone", true));
        assert_eq!(clone.message, "`clone` is called on each turn of a loop");
        // What a macro does is at its call, however deep that is.
        let inner = SPAN.replace("\"expansion\":null", &format!("\"expansion\":{{\"span\":{SPAN}}}"));
        let inner = inner.replacen("a.rs", "macros.rs", 1).replacen(":4", ":90", 1);
        let format = call("disallowed_macros", "macro `std::format`", &inner).expect("a place");
        assert_eq!(
            (format.code.as_str(), place(&format).0, place(&format).1),
            ("format", Path::new("/w/src/a.rs"), 4)
        );
        assert_eq!(format.message, "`format` is called by this macro on each turn of a loop");
        // What the user's own configuration disallows is no call of ours.
        assert!(call("disallowed_methods", "method `std::env::var`", SPAN).is_none());
    }

    #[test]
    fn every_call_of_the_inventory_that_a_rule_names_is_one() {
        let named =
            crate::audit::rules::all().iter().filter_map(|rule| rule.linters.get(INVENTORY)).flatten();
        let named: Vec<&String> = named.collect();
        assert!(!named.is_empty());
        for name in named {
            assert!(CALLS.iter().any(|(call, ..)| call == name), "{name}");
        }
    }
}
