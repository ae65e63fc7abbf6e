//! SARIF 2.1.0, as code hosts and editors take it: a rule and a result for each finding, with `rank` by what it cost.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::sources::Sources;
use super::words;
use crate::audit::finding::{Lines, Span};
use crate::audit::model::{Audit, Entry, HotLine, Status};
use crate::audit::rules::{Confidence, Rule};
use crate::audit::walk::Skipped;
use crate::untrusted::text_of;

/// What hot lines are of.
const HOT: &str = "hot-line";

/// Where relative paths start.
const ROOT: &str = "%SRCROOT%";

/// Hot lines with less than so many percent of all are notes.
const LEAST_PERCENT: f64 = 1.0;

/// `prefix` is the way from the repository's folder to this one: code hosts know no other root.
pub(super) fn of(audit: &Audit, sources: &Sources, prefix: &str) -> String {
    let rules: BTreeMap<&str, &Rule> =
        audit.entries.iter().map(|entry| (entry.finding.rule.id.as_str(), entry.finding.rule)).collect();
    let index: HashMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let mut descriptors: Vec<Value> = rules.values().map(|rule| of_rule(rule)).collect();
    if !audit.hot.is_empty() {
        descriptors.push(of_hot_lines());
    }
    let mut prints = Fingerprints::default();
    let mut results: Vec<Value> = Vec::with_capacity(audit.entries.len() + audit.hot.len());
    for entry in &audit.entries {
        let print = prints.of_entry(entry, sources);
        results.push(of_entry(entry, index[entry.finding.rule.id.as_str()], &print, sources, prefix));
    }
    for hot in &audit.hot {
        let print = prints.of_hot(hot, sources);
        results.push(of_hot(hot, rules.len(), &print, sources, prefix));
    }
    let text = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-alloc-kit audit",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": concat!(env!("CARGO_PKG_REPOSITORY"), "/tree/main/cargo-alloc-kit"),
                "rules": descriptors,
            } },
            // Nothing stops an audit that has results; what it could not look at is a notification.
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notifications(audit, prefix) }],
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": { "text": "The folder of the repository, or the one in which the audit was run where there is none." } } },
            "results": results,
            "properties": { "profiles": audit.totals, "scanned": audit.scanned },
        }],
    });
    text.to_string() + "\n"
}

fn of_rule(rule: &Rule) -> Value {
    let message = rule.message.replace('$', "");
    let precision = match rule.confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    };
    json!({
        "id": rule.id,
        "shortDescription": { "text": message },
        "fullDescription": { "text": rule.why },
        "help": {
            "text": format!("Why: {}.\nFix: {}.\nWhen not: {}.", rule.why, rule.fix, rule.when_not),
            "markdown": format!("**Why:** {}.\n\n**Fix:** {}.\n\n**When not:** {}.", rule.why, rule.fix, rule.when_not),
        },
        "defaultConfiguration": { "level": "note" },
        "properties": {
            "tags": ["performance", "allocation", words::category(rule.category)],
            "precision": precision,
            "guide": rule.guide,
        },
    })
}

fn of_hot_lines() -> Value {
    let text = "a line that allocates, and that no rule has a word on";
    json!({
        "id": HOT,
        "shortDescription": { "text": text },
        "help": { "text": "A heap profile shows that it allocates. Whether that is needed is for a reader to say." },
        "defaultConfiguration": { "level": "warning" },
        "properties": { "tags": ["performance", "allocation"] },
    })
}

fn of_entry(entry: &Entry, index: usize, print: &str, sources: &Sources, prefix: &str) -> Value {
    let finding = &entry.finding;
    // Only what is a problem has a level; what a profile shows to cost nothing is none.
    let (level, kind) = match &entry.status {
        Status::Measured { .. } => ("warning", "fail"),
        Status::Zero => ("none", "informational"),
        Status::Hint(_) | Status::Stale(_) => ("note", "fail"),
    };
    let span = finding.span;
    let others = finding.lines.iter().filter(|lines| lines.first < span.line || lines.last > span.end_line);
    let related: Vec<Value> =
        others.zip(1_u32..).map(|(lines, id)| of_lines(&finding.file, prefix, *lines, id)).collect();
    let mut properties = Map::new();
    properties.insert("status".to_owned(), words::status(&entry.status).into());
    properties.insert("category".to_owned(), words::category(entry.category).into());
    properties.insert("language".to_owned(), entry.language.name().into());
    properties.insert("inLoop".to_owned(), finding.in_loop.into());
    if let Status::Measured { cost, ambiguous } = &entry.status {
        properties.insert("bytes".to_owned(), cost.bytes.into());
        properties.insert("blocks".to_owned(), cost.blocks.into());
        properties.insert("ambiguous".to_owned(), json!(ambiguous));
    }
    properties.insert("evidence".to_owned(), json!(entry.evidence));
    properties.insert("linters".to_owned(), json!(finding.linters));
    if let Some(proposal) = &entry.proposal {
        properties.insert("proposal".to_owned(), json!(proposal));
    }
    let mut result = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "rank": entry.rank.clamp(0.0, 100.0),
        "message": { "text": message(entry) },
        "locations": [location(&finding.file, prefix, &region(span, &finding.file, sources), finding.function.as_deref().map(name))],
        "partialFingerprints": { "allocKitAudit/v1": print },
        "properties": properties,
    });
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

fn message(entry: &Entry) -> String {
    let mut text = format!("{} ({}). Fix: {}.", entry.finding.message, words::said(entry), entry.finding.fix);
    if !entry.evidence.is_empty() {
        let _ = write!(text, " {}: {}.", words::category(entry.category), entry.evidence.join("; "));
    }
    text_of(&text)
}

fn of_hot(hot: &HotLine, index: usize, print: &str, sources: &Sources, prefix: &str) -> Value {
    let text = format!(
        "`{}` allocated {} here, and no rule has a word on it.",
        hot.function,
        words::amount(hot.cost)
    );
    let mut region = json!({ "startLine": hot.line.max(1) });
    if let Some(line) = sources.line(&hot.file, hot.line) {
        region["snippet"] = json!({ "text": text_of(line) });
    }
    json!({
        "ruleId": HOT,
        "ruleIndex": index,
        "kind": "fail",
        "level": if hot.rank < LEAST_PERCENT { "note" } else { "warning" },
        "rank": hot.rank.clamp(0.0, 100.0),
        "message": { "text": text_of(&text) },
        "locations": [location(&hot.file, prefix, &region, Some(hot.function.clone()).filter(|name| !name.is_empty()))],
        "partialFingerprints": { "allocKitAudit/v1": print },
        "properties": {
            "bytes": hot.cost.bytes, "blocks": hot.cost.blocks, "evidence": hot.evidence,
            "category": hot.category.map(words::category), "language": hot.language.name(),
        },
    })
}

fn location(file: &str, prefix: &str, region: &Value, function: Option<String>) -> Value {
    let mut location =
        json!({ "physicalLocation": { "artifactLocation": artifact(file, prefix), "region": region } });
    if let Some(name) = function {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": text_of(&name), "kind": "function" }]);
    }
    location
}

fn name(function: &crate::audit::finding::Function) -> String {
    let class = function.class.as_ref().map(|class| format!("{class}::")).unwrap_or_default();
    let name = if function.name.is_empty() { "(anonymous)" } else { &function.name };
    class + name
}

fn region(span: Span, file: &str, sources: &Sources) -> Value {
    let Span { line, column, end_line, end_column } = span;
    let mut region =
        json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column });
    let lines = sources.lines(file, line, line);
    if let Some((_, text)) = lines.first() {
        region["snippet"] = json!({ "text": text_of(text) });
    }
    region
}

fn of_lines(file: &str, prefix: &str, lines: Lines, id: u32) -> Value {
    json!({
        "id": id,
        "message": { "text": "it grows here" },
        "physicalLocation": {
            "artifactLocation": artifact(file, prefix),
            "region": { "startLine": lines.first, "endLine": lines.last },
        },
    })
}

/// Relative paths are below the folder of the repository, others are URIs by themselves.
fn artifact(file: &str, prefix: &str) -> Value {
    let file = file.replace('\\', "/");
    let has_drive = file.as_bytes().get(1) == Some(&b':') && file.as_bytes()[0].is_ascii_alphabetic();
    if has_drive {
        let (drive, rest) = file.split_at(2);
        json!({ "uri": format!("file:///{drive}{}", encoded(rest)) })
    } else if file.starts_with('/') {
        json!({ "uri": format!("file://{}", encoded(&file)) })
    } else {
        json!({ "uri": encoded(&in_root(prefix, &file)), "uriBaseId": ROOT })
    }
}

/// A path below the folder of the repository, without `..` as far as it stays in it.
fn in_root(prefix: &str, file: &str) -> String {
    let mut folders: Vec<&str> = prefix.split_terminator('/').collect();
    let mut file = file;
    while let Some(rest) = file.strip_prefix("../").filter(|_| !folders.is_empty()) {
        folders.pop();
        file = rest;
    }
    folders.push(file);
    folders.join("/")
}

/// A path as a URI has it: all but what needs no care is in percent.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// What tells results apart and stays when lines above them come and go: the rule, the file, the function, the text of the
/// line, and which it is of those that have all of it in common.
#[derive(Default)]
struct Fingerprints {
    seen: HashMap<String, u32>,
}

impl Fingerprints {
    fn of_entry(&mut self, entry: &Entry, sources: &Sources) -> String {
        let finding = &entry.finding;
        let function = finding.function.as_deref().map(name).unwrap_or_default();
        let text = sources.line(&finding.file, finding.span.line).unwrap_or(&finding.message);
        self.of([&finding.rule.id, &finding.file, &function, text])
    }

    fn of_hot(&mut self, hot: &HotLine, sources: &Sources) -> String {
        let text = sources.line(&hot.file, hot.line).unwrap_or_default();
        self.of([HOT, &hot.file, &hot.function, text])
    }

    fn of(&mut self, parts: [&str; 4]) -> String {
        let text: Vec<String> =
            parts.iter().map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let text = text.join("\n");
        let nth = self.seen.entry(text.clone()).or_default();
        *nth += 1;
        let sum = Sha256::digest(format!("{text}\n{nth}"));
        sum.iter().take(16).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

fn notifications(audit: &Audit, prefix: &str) -> Vec<Value> {
    let notes = audit.notes.iter().map(|note| {
        json!({ "level": "warning", "descriptor": { "id": note.kind }, "message": { "text": text_of(&note.text) } })
    });
    let skipped = audit.skipped.iter().map(|Skipped { file, why }| {
        let text = format!("{file} was not looked at: {why}");
        let mut notification =
            json!({ "level": "warning", "descriptor": { "id": "skipped" }, "message": { "text": text_of(&text) } });
        if !file.is_empty() {
            notification["locations"] = json!([{ "physicalLocation": { "artifactLocation": artifact(file, prefix) } }]);
        }
        notification
    });
    notes.chain(skipped).collect()
}
