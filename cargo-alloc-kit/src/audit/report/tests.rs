//! Each form, of an audit whose texts some reader could take for something else.

use std::collections::BTreeSet;

use serde_json::Value;

use super::sources::Sources;
use super::{By, github, html, json, sarif, speedscope, stacks, text};
use crate::audit::made_up::{self, FILE, HOSTILE};
use crate::audit::model::{Audit, Cost, Stack, Status};
use crate::report::{Weight, flame};

fn sources() -> Sources {
    let mut sources = Sources::default();
    let lines: Vec<String> =
        (1..=50).map(|line| format!("    line_{line}(\"</pre><script>\u{202e}\"); \r\n")).collect();
    let text = lines.concat();
    sources.add(FILE, &text);
    sources
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn json_has_all_that_is_known() {
    let json = parsed(&json::of(&made_up::audit()));
    assert_eq!(json["alloc_kit_audit"], 1);
    assert_eq!(json["counts"], serde_json::json!({"measured": 1, "zero": 1, "hint": 1, "stale": 1}));
    let [measured, zero, hint, stale] = [0, 1, 2, 3].map(|index| &json["findings"][index]);
    // For other programs every character is what it was.
    assert_eq!(measured["message"], HOSTILE);
    assert_eq!((&measured["bytes"], &measured["blocks"]), (&1_234_567.into(), &10.into()));
    assert_eq!((&zero["bytes"], &zero["status"]), (&0.into(), &"zero".into()));
    assert!(hint["bytes"].is_null() && stale["blocks"].is_null(), "what nobody measured is no zero");
    assert_eq!((&hint["why"], &stale["why"]), (&HOSTILE.into(), &HOSTILE.into()));
    assert_eq!(measured["proposal"]["annotation"], "#[alloc_budget(3)]");
    assert_eq!(measured["lines"][1]["first"], 12);
    assert!(json["hot"][0]["blocks"].is_null());
    assert_eq!(json["stacks"][0]["frames"][2], "f;g");
    assert_eq!(json["skipped"][0]["why"], HOSTILE);
    let rule = measured["rule"].as_str().expect("a rule");
    assert!(json["rules"][rule]["fix"].is_string());
}

/// All keys of an object, and of those in it.
fn keys(value: &Value, known: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                known.insert(key.clone());
                // Their keys are names of rules and linters.
                if key != "rules" && key != "linters" {
                    keys(value, known);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, known)),
        _ => {}
    }
}

#[test]
fn json_fields_are_documented() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit-json.md");
    let docs = std::fs::read_to_string(docs).expect("docs/audit-json.md");
    let json = parsed(&json::of(&made_up::audit()));
    let mut known = BTreeSet::new();
    keys(&json, &mut known);
    for rule in json["rules"].as_object().expect("rules").values() {
        known.extend(rule.as_object().expect("a rule").keys().cloned());
    }
    assert!(known.len() > 40, "{known:?}");
    let missing: Vec<&String> = known.iter().filter(|key| !docs.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/audit-json.md does not say what they are: {missing:?}");
}

#[test]
fn sarif_ranks_by_cost_and_has_a_level_by_status() {
    let sarif = parsed(&sarif::of(&made_up::audit(), &sources(), ""));
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().expect("results");
    let of =
        |index: usize| (results[index]["level"].as_str().expect("a level"), results[index]["kind"].as_str());
    assert_eq!([0, 1, 2, 3, 4].map(|index| of(index).0), ["warning", "none", "note", "note", "warning"]);
    assert_eq!(of(1).1, Some("informational"), "with the level `none` goes another kind than `fail`");
    assert_eq!((&results[0]["rank"], &results[4]["rank"]), (&80.0.into(), &20.0.into()));
    let location = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "src/a%20b/%C3%BC%25%23%3F.rs");
    assert_eq!(location["region"]["startLine"], 10);
    assert!(!location["region"]["snippet"]["text"].as_str().expect("a text").contains('\u{202e}'));
    assert_eq!(results[0]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 12);
    let hot = &results[4]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(hot["uri"], "file:///C:/a/b.py");
    assert!(hot["uriBaseId"].is_null(), "it is absolute");
    for result in results {
        let rule =
            result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok()).expect("an index");
        assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
    }
    let notifications =
        run["invocations"][0]["toolExecutionNotifications"].as_array().expect("notifications");
    assert_eq!(notifications.len(), 2);
    assert_eq!(notifications[1]["descriptor"]["id"], "skipped");
}

#[test]
fn sarif_has_paths_of_the_repository_and_notes_of_small_hot_lines() {
    let mut audit = made_up::audit();
    audit.entries[1].finding.file = "../a.rs".into();
    audit.hot[0].rank = 0.9;
    let sarif = parsed(&sarif::of(&audit, &sources(), "crates/app/"));
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let uri = |of: &Value| of["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!(uri(&results[0]["locations"][0]), "crates/app/src/a%20b/%C3%BC%25%23%3F.rs");
    assert_eq!(uri(&results[0]["relatedLocations"][0]), "crates/app/src/a%20b/%C3%BC%25%23%3F.rs");
    assert_eq!(uri(&results[1]["locations"][0]), "crates/a.rs");
    assert_eq!(uri(&results[4]["locations"][0]), "file:///C:/a/b.py", "it is absolute");
    assert_eq!(results[4]["level"], "note");
    let skipped = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"][1];
    assert_eq!(uri(&skipped["locations"][0]), "crates/app/big.py");
}

/// The fingerprints of findings on these lines of a text.
fn prints(text: &str, lines: &[u32]) -> Vec<String> {
    let entry = |line: &u32| {
        let finding = made_up::finding("a.rs", *line, "said");
        made_up::entry(finding, Status::Zero, 0.0)
    };
    let audit = Audit { entries: lines.iter().map(entry).collect(), ..Audit::default() };
    let mut sources = Sources::default();
    sources.add("a.rs", text);
    let sarif = parsed(&sarif::of(&audit, &sources, ""));
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let print =
        |result: &Value| result["partialFingerprints"]["allocKitAudit/v1"].as_str().expect("one").to_owned();
    results.iter().map(print).collect()
}

#[test]
fn fingerprints_stay_when_lines_shift() {
    let before = prints("a\nlet x = f();\nlet x = f();\nlet y = f();\n", &[2, 3, 4]);
    let shifted = prints("new\nnew\na\n  let x = f();\nlet x = f();\nlet y = f();\n", &[4, 5, 6]);
    assert_eq!(before, shifted);
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), 3, "equal lines are told apart: {before:?}");
    assert_ne!(before, prints("a\nlet x = g();\nlet x = f();\nlet y = f();\n", &[2, 3, 4]));
}

#[test]
fn annotations_are_of_what_was_measured() {
    let text = github::of(&made_up::audit(), "crates/app/");
    let commands: Vec<&str> = text.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len(), 3, "{text}");
    // What must be known takes the place of nothing that was measured.
    assert!(commands[2].starts_with("::notice title=alloc-kit%3A what this audit does not show::"), "{text}");
    let file = "::warning file=crates/app/src/a b/ü%25#?.rs,line=10,col=5,title=alloc-kit%3A ";
    assert!(commands[0].starts_with(file), "{text}");
    assert!(
        commands[0].contains("allocated 1,234,567 bytes in 10 blocks") && commands[0].contains("%0Afix: "),
        "{text}"
    );
    assert!(
        commands[1].starts_with("::notice file=crates/app/C%3A/a/b.py,line=7,title=alloc-kit%3A hot line::"),
        "{text}"
    );
    assert!(
        !text.lines().any(|line| line.starts_with("::error") || line.contains("##[error]x %, :\n")),
        "{text}"
    );
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    assert!(text.ends_with("4 findings: 1 measured, 1 zero, 1 hint, 1 stale\n2 of them were not measured, and are no annotations\n"), "{text}");
}

#[test]
fn ten_annotations_are_shown_and_the_rest_follows() {
    let cost = |bytes| Status::Measured { cost: Cost { bytes, blocks: None }, ambiguous: Vec::new() };
    let entry = |number: u32| {
        made_up::entry(made_up::finding("a.rs", number + 1, "said"), cost(1000 - u64::from(number)), 1.0)
    };
    let audit = Audit { entries: (1..=30).map(entry).collect(), ..Audit::default() };
    let text = github::of(&audit, "");
    assert_eq!(text.lines().filter(|line| line.starts_with("::warning ")).count(), 10, "{text}");
    assert!(text.lines().next().expect("a line").contains("allocated 999 bytes"), "{text}");
    assert!(text.contains("21 more findings that were measured") && text.contains("970 bytes"), "{text}");
}

#[test]
fn the_page_lets_no_text_be_markup() {
    let page = html::of(&made_up::audit(), &sources());
    assert_eq!(page.matches("<script>").count(), 1, "its own");
    assert!(page.contains("&lt;script&gt;alert('x')&lt;/script&gt;"), "{page}");
    assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}') && !page.contains('\0'));
    assert!(
        page.contains("line_10(") && page.contains("line_12("),
        "the lines themselves, and those where it grows"
    );
    assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"));
    assert_eq!(page.matches("<tbody class=\"finding\"").count(), 4);
    // What nobody measured has no figure by which it would be sorted.
    assert_eq!(page.matches("data-bytes=").count(), 2);
}

#[test]
fn speedscope_shares_frames_and_leaves_unknown_blocks_out() {
    let json = parsed(&speedscope::of(&made_up::audit()));
    let frames = json["shared"]["frames"].as_array().expect("frames");
    assert_eq!(
        frames.iter().map(|frame| frame["name"].as_str().expect("a name")).collect::<Vec<_>>(),
        ["main", HOSTILE, "f;g", "h"]
    );
    let [bytes, blocks] = [0, 1].map(|index| &json["profiles"][index]);
    assert_eq!(bytes["unit"], "bytes");
    assert_eq!(bytes["samples"], serde_json::json!([[0, 1, 2], [0, 1, 3]]));
    assert_eq!(
        (&bytes["weights"], &bytes["endValue"]),
        (&serde_json::json!([1_234_567, 500]), &1_235_067.into())
    );
    assert_eq!((&blocks["unit"], &blocks["samples"]), (&"none".into(), &serde_json::json!([[0, 1, 2]])));
    let unknown = Stack { frames: vec!["f".to_owned()], cost: Cost { bytes: 1, blocks: None } };
    let json = parsed(&speedscope::of(&Audit { stacks: vec![unknown], ..Audit::default() }));
    assert_eq!(json["profiles"].as_array().expect("profiles").len(), 1);
}

#[test]
fn pictures_are_of_the_profiles() {
    let stacks = stacks::of(&made_up::audit());
    let svg = flame::document(&stacks, Weight::Bytes);
    assert!(svg.contains("Flamegraph of heap profiles of ") && svg.contains("1,234,567 bytes"), "{svg}");
    assert_eq!(svg.matches("<script>").count(), 1, "{svg}");
    let folded = stacks.folded(Weight::Bytes);
    assert!(folded.lines().any(|line| line.ends_with(";f:g 1234567")), "{folded}");
    assert_eq!(flame::note(&stacks, Weight::Allocations), "10 allocations in all");
    assert!(
        flame::document(&stacks::of(&Audit::default()), Weight::Bytes).contains("No stacks: no heap profile")
    );
}

fn shown(audit: &Audit) -> String {
    anstream::adapter::strip_str(&text::of(
        audit,
        text::Look { top: 9, all: true, quiet: false, by: By::Bytes },
    ))
    .to_string()
}

/// A log of GitHub's obeys lines that start so.
#[test]
fn no_text_from_outside_starts_a_line() {
    let text = shown(&made_up::audit());
    assert!(text.contains("::error::x"), "{text}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
}

#[test]
fn one_line_allocates_and_two_allocate() {
    let mut audit = made_up::audit();
    assert!(shown(&audit).contains("1 line that allocates and match"), "{}", shown(&audit));
    let hot = made_up::audit().hot;
    audit.hot.extend(hot);
    assert!(shown(&audit).contains("2 lines that allocate and match"), "{}", shown(&audit));
}
