//! Rules for other programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::example::{self, Example};
use crate::audit::language::Language;
use crate::audit::report::json::{OfRule, of_rule};
use crate::audit::rules::measured::{self, Figures};
use crate::audit::rules::{self, Row, Rule};

/// The version of what is written.
const VERSION: u64 = 1;

#[derive(Serialize)]
struct Text<'a> {
    alloc_kit_audit_rules: u64,
    /// The rows of the guide that they are of.
    guide: Vec<OfRow<'a>>,
    rules: BTreeMap<&'a str, Explained<'a>>,
}

#[derive(Serialize)]
struct OfRow<'a> {
    id: &'a str,
    language: Language,
    section: &'a str,
    words: &'a str,
}

#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    rule: OfRule<'a>,
    measured: Option<&'a Figures>,
    example: Option<Example>,
}

/// An object with a line end.
pub(super) fn of(rules: &[&'static Rule]) -> String {
    let is_of = |row: &&Row| rules.iter().any(|rule| rule.guide.contains(&row.id));
    let row = |row: &'static Row| OfRow {
        id: &row.id,
        language: row.language,
        section: &row.section,
        words: &row.words,
    };
    let explained = |rule: &'static Rule| Explained {
        rule: of_rule(rule),
        measured: measured::figures(&rule.id),
        example: example::of(rule),
    };
    let text = Text {
        alloc_kit_audit_rules: VERSION,
        guide: rules::guide().iter().filter(is_of).map(row).collect(),
        rules: rules.iter().map(|rule| (rule.id.as_str(), explained(rule))).collect(),
    };
    let json = serde_json::to_string(&text);
    // All keys are texts.
    json.map_or_else(|error| unreachable!("{error}"), |json| json + "\n")
}
