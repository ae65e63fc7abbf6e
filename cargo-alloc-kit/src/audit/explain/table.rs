//! The table of the docs: each row of the guide with its rules, linters, samples and figures. These are built in, so that
//! after `rules/embedded.rs` was written it is to be written once more.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::text::linters;
use crate::audit::language::Language;
use crate::audit::rules::measured::{self, Amount};
use crate::audit::rules::{self, Rule};
use crate::table::count;

const START: &str =
    "<!-- the table: `AUDIT=overwrite cargo test -p cargo-alloc-kit --bins audit::explain` writes it -->\n";
const END: &str = "<!-- the end of the table -->";

fn table() -> String {
    let mut text = String::new();
    for language in Language::ALL {
        let _ = writeln!(text, "\n### {}\n", language.name());
        text.push_str("| the guide | rule | linters | sample | before | after | measured by |\n|---|---|---|---|---:|---:|---|\n");
        for row in rules::guide().iter().filter(|row| row.language == language) {
            let of_row: Vec<&Rule> =
                rules::all().iter().filter(|rule| rule.guide.contains(&row.id)).collect();
            if of_row.is_empty() {
                let _ = writeln!(
                    text,
                    "| {} | **none** | - | - | - | - | - |",
                    cell(&format!("{}: {}", row.section, row.words))
                );
            }
            for (index, rule) in of_row.into_iter().enumerate() {
                let words =
                    if index == 0 { cell(&format!("{}: {}", row.section, row.words)) } else { String::new() };
                let _ = writeln!(text, "| {words} | {} |", cells(rule));
            }
        }
    }
    text
}

fn cells(rule: &Rule) -> String {
    let kind = match (rule.has_pattern(), rule.on) {
        (true, true) => String::new(),
        (_, false) if rule.has_pattern() || !rule.linters.is_empty() => format!(", off: {}", rule.reason),
        (false, _) if rule.linters.is_empty() => format!(", no pattern: {}", rule.reason),
        (_, _) => ", by linters alone".to_owned(),
    };
    let ending = match rule.language {
        Language::Rust => "rs",
        Language::JavaScript => "js",
        Language::Python => "py",
    };
    let folder = serde_json::to_value(rule.language).expect("a name");
    let folder = folder.as_str().expect("a text");
    let sample = measured::sample(&rule.id).map_or_else(
        || "-".to_owned(),
        |_| format!("[{ending}](../cargo-alloc-kit/src/audit/rules/samples/{folder}/{}.{ending})", rule.id),
    );
    let (before, after, by) = match measured::figures(&rule.id) {
        None => ("-".to_owned(), "-".to_owned(), "-".to_owned()),
        Some(of) => {
            let note = if of.note.is_empty() { String::new() } else { format!("; {}", of.note) };
            (amount(of.before), amount(of.after), cell(&format!("{}{note}", of.profiler)))
        }
    };
    let linters = linters(rule);
    let linters = if linters.is_empty() { "-".to_owned() } else { cell(&linters) };
    format!("`{}`{} | {linters} | {sample} | {before} | {after} | {by}", rule.id, cell(&kind))
}

fn amount(of: Amount) -> String {
    let blocks = of.blocks.map(|blocks| format!(" in {}", count(blocks))).unwrap_or_default();
    format!("{} B{blocks}", count(of.bytes))
}

/// What would end a cell, or be markup in one. A span of code keeps its brackets.
fn cell(text: &str) -> String {
    let mut parts = Vec::new();
    for (index, part) in text.replace('|', "\\|").replace('\n', " ").split('`').enumerate() {
        let is_code = index % 2 == 1;
        parts.push(if is_code { part.to_owned() } else { part.replace('<', "&lt;") });
    }
    parts.join("`")
}

#[test]
fn the_docs_have_each_row_of_the_guide() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/audit.md");
    let table = table();
    let docs = fs::read_to_string(&path).expect("docs/audit.md").replace('\r', "");
    let (before, rest) = docs.split_once(START).expect("the mark where the table starts");
    let (_, after) = rest.split_once(END).expect("the mark where the table ends");
    let new = format!("{before}{START}{table}\n{END}{after}");
    if env::var_os("AUDIT").is_some_and(|value| value == "overwrite") {
        fs::write(&path, new).expect("the docs are written");
    } else {
        assert!(
            docs == new,
            "`AUDIT=overwrite` writes the table of docs/audit.md anew; after samples have changed, run it twice"
        );
    }
}

#[test]
fn what_is_off_is_said_to_be_off() {
    for rule in rules::all().iter().filter(|rule| !rule.on) {
        let cells = cells(rule);
        assert!(!cells.contains("by linters alone") && cells.contains(&cell(&rule.reason)), "{cells}");
    }
}

#[test]
fn each_row_of_the_guide_has_a_rule() {
    let has_rule = |id: &String| rules::all().iter().any(|rule| rule.guide.contains(id));
    let missing: Vec<&String> = rules::guide().iter().map(|row| &row.id).filter(|id| !has_rule(id)).collect();
    assert!(missing.is_empty(), "the rows {missing:?} have neither a rule nor a reason why there is none");
}
