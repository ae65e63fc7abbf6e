//! What every form of the report calls things.

use crate::audit::model::{Audit, Cost, Entry, Status};
use crate::audit::rules::{Category, Confidence};
use crate::table::count;

/// The statuses in the order in which findings come.
pub(super) const STATUSES: [&str; 4] = ["measured", "zero", "hint", "stale"];

pub(super) fn status(status: &Status) -> &'static str {
    STATUSES[match status {
        Status::Measured { .. } => 0,
        Status::Zero => 1,
        Status::Hint(_) => 2,
        Status::Stale(_) => 3,
    }]
}

/// What the name of a status means.
pub(super) fn meaning(name: &str) -> &'static str {
    match name {
        "measured" => "a profile has bytes there",
        "zero" => "a profile covers it and has none",
        "hint" => "no profile can say",
        _ => "the profile is of another state of the file",
    }
}

/// What there is to say of a status beyond its name.
pub(super) fn why(status: &Status) -> Option<&str> {
    match status {
        Status::Hint(why) | Status::Stale(why) => Some(why),
        Status::Measured { .. } | Status::Zero => None,
    }
}

pub(crate) fn category(category: Category) -> &'static str {
    match category {
        Category::Eliminable => "eliminable",
        Category::Reducible => "reducible",
        Category::Necessary => "necessary",
    }
}

pub(crate) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

/// `12,345 bytes in 10 blocks`
pub(crate) fn amount(cost: Cost) -> String {
    let unit =
        |figure: u64, one: &str| format!("{} {one}{}", count(figure), if figure == 1 { "" } else { "s" });
    let blocks = cost.blocks.map(|blocks| format!(" in {}", unit(blocks, "block"))).unwrap_or_default();
    unit(cost.bytes, "byte") + &blocks
}

/// What a profile says of a finding, as a sentence without its end.
pub(super) fn said(entry: &Entry) -> String {
    match &entry.status {
        Status::Measured { cost, .. } => format!("allocated {}", amount(*cost)),
        Status::Zero => "the profile shows nothing here".to_owned(),
        Status::Hint(why) => format!("not measured: {why}"),
        Status::Stale(why) => format!("not joined: {why}"),
    }
}

/// How many findings have the status of this name.
pub(super) fn how_many(audit: &Audit, name: &str) -> usize {
    audit.entries.iter().filter(|entry| status(&entry.status) == name).count()
}

/// `3 findings: 1 measured, 2 hints`
pub(super) fn sentence(audit: &Audit) -> String {
    let all = audit.entries.len();
    let counts: Vec<String> = STATUSES
        .iter()
        .map(|name| (how_many(audit, name), name))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let findings = if all == 1 { "1 finding".to_owned() } else { format!("{all} findings") };
    if counts.is_empty() { findings } else { format!("{findings}: {}", counts.join(", ")) }
}
