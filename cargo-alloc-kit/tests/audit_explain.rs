//! `cargo alloc-kit audit explain`: rules listed and explained, for people and programs, and a wrong name.

mod audit_support;

use audit_support::Project;
use serde_json::Value;

const RULE: &str = "rust-collect-then-iter";

#[test]
fn rules_are_listed_by_row_of_the_guide() {
    let list = Project::new().audit(&["explain"]).exits_with(0);
    let list = list.prints(&[
        "Rust\n",
        "Python\n",
        "TypeScript/JavaScript\n",
        "Anti-Patterns: `collect::<Vec<_>>()` mid-iterator",
        RULE,
    ]);
    list.expect(!list.stdout().contains('\x1b'), "no colour where nobody looks");
    let coloured = Project::new().audit(&["explain", "--color", "always"]).exits_with(0);
    coloured.expect(coloured.stdout().contains('\x1b'), "colour where it is asked for");
}

#[test]
fn a_rule_is_explained() {
    Project::new().audit(&["explain", RULE]).exits_with(0).prints(&[
        "The guide\n  Anti-Patterns: `collect::<Vec<_>>()` mid-iterator: Keep as iterator\n",
        "Why it costs\n",
        "Measured\n",
        ".collect::<Vec<_>>().iter()",
        "Fix\n",
        "When not to\n",
        "clippy: needless_collect",
        "In a profile\n",
        "`rust-collect-then-iter = \"off\"` below `[rules]` in alloc-kit-audit.toml",
        "`alloc-kit-ignore: rust-collect-then-iter`",
    ]);
}

#[test]
fn a_wrong_name_has_the_nearest_ones() {
    let project = Project::new();
    project.audit(&["explain", "rust-colect-then-iter"]).exits_with(2).prints(&[
        "error: there is no rule `rust-colect-then-iter`",
        "did you mean `rust-collect-then-iter`",
        "`cargo alloc-kit audit explain` lists them",
    ]);
    project
        .audit(&["explain", "qqqqqqqqqqqqqqqqqqq"])
        .exits_with(2)
        .prints(&["`cargo alloc-kit audit explain` lists them"]);
    project
        .audit(&["scan", "--rule", "rust-colect-then-iter"])
        .exits_with(2)
        .prints(&["did you mean `rust-collect-then-iter`"]);
}

#[test]
fn json_has_what_is_known() {
    let project = Project::new();
    let parsed = |arguments: &[&str]| -> Value {
        let run =
            project.audit(&[&["explain", "--message-format", "json"], arguments].concat()).exits_with(0);
        serde_json::from_str(&run.stdout()).expect("JSON")
    };
    let one = parsed(&[RULE]);
    assert_eq!(one["alloc_kit_audit_rules"], 1);
    assert_eq!(one["guide"][0]["id"], "rust-collect");
    let rule = &one["rules"][RULE];
    assert!(
        rule["why"].is_string()
            && rule["example"]["before"].is_string()
            && rule["confirms"]["clippy"].is_array(),
        "{rule}"
    );
    assert_eq!(one["rules"].as_object().map(serde_json::Map::len), Some(1));
    let all = parsed(&[]);
    assert!(
        all["rules"].as_object().is_some_and(|rules| rules.len() > 2 && rules.contains_key(RULE)),
        "{all}"
    );
}

#[test]
fn each_field_of_the_json_is_documented() {
    let project = Project::new();
    let docs = include_str!("../docs/audit-json.md");
    for arguments in [&["explain"][..], &["scan", "--linters", "none"]] {
        let run = project.audit(&[arguments, &["--message-format", "json"]].concat()).exits_with(0);
        let keys = audit_support::keys(&serde_json::from_str(&run.stdout()).expect("JSON"));
        assert!(keys.len() > 15, "{keys:?}");
        let missing: Vec<&String> = keys.iter().filter(|key| !docs.contains(&format!("`{key}`"))).collect();
        assert!(
            missing.is_empty(),
            "docs/audit-json.md does not say what these of {arguments:?} are: {missing:?}"
        );
    }
}
