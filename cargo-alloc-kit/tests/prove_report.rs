//! A report with the last proof beside what tests saw: in each format, and when a source has changed since.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test prove_report`

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::packages::{self, folder, write};

/// The last proof beside the last run, for the functions of a file that is as it was.
#[test]
fn a_report_has_both_verdicts() {
    let project = folder();
    let manifest = "[package]\nname = \"shop\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
    write(&project, "shop/Cargo.toml", manifest);
    write(&project, "shop/src/lib.rs", "//! A file.\n");
    let record = |id: u32, name: &str, calls: u32, verdict: &str| {
        let most = if calls > 0 { json!({"allocations": 0}) } else { Value::Null };
        json!({
            "alloc_kit": 1, "kind": "function", "program": "app", "pid": 1, "id": id, "path": format!("shop::{name}"),
            "type_path": null, "file": "src/lib.rs", "line": id, "column": 1, "form": "fn",
            "budget": {"allocations": "0"}, "scope": "thread", "calls": calls, "judged": calls, "warmed_up": 0,
            "not_judged": 0, "broken": 0, "threads_started": 0, "most": most, "room": {}, "exceptions": [],
            "verdict": verdict, "why": null,
        })
        .to_string()
            + "\n"
    };
    let records = [
        record(1, "open", 0, "never exercised"),
        record(2, "held", 1, "held"),
        record(3, "absent", 1, "held"),
        record(4, "grows", 1, "held"),
    ];
    write(&project, "shop/run.jsonl", &records.concat());
    let sum = |path: &Path| {
        let digest = Sha256::digest(fs::read(path).expect("a file"));
        let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.concat()
    };
    let function = |name: &str, line: u32, verdict: &str| {
        json!({"name": name, "module": "shop", "file": "src/lib.rs", "line": line, "column": 1, "verdict": verdict,
               "why": "a jump to an address that is not known"})
    };
    let proof = json!({
        "alloc_kit_proof": 2, "commit": null, "profile": "release", "at": 0,
        "files": {"src/lib.rs": sum(&project.path("shop/src/lib.rs")), "src/helper.rs": ""},
        "functions": [function("open", 1, "unknown"), function("held", 2, "proven"), function("grows", 4, "may-allocate")],
    });
    write(&project, "shop/target/alloc-kit/last-proof.json", &proof.to_string());
    let target = project.path("shop/target");
    let report = |format: &str| {
        let arguments =
            ["report", "--target-dir", target.to_str().expect("a text"), "run.jsonl", "--format", format];
        packages::run(&project, "shop", &arguments).exits_with(0).stdout()
    };
    let text = report("text");
    let (_, both) = text
        .split_once("Tests, and `prove` (proven 1970-01-01 00:00 UTC with the profile `release`):\n")
        .expect("a table");
    let squeezed: Vec<String> =
        both.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        squeezed,
        [
            "function tests proven",
            "shop::open never exercised unknown (a jump to an address that is not known)",
            "shop::absent held not proven (`prove` did not see it)",
            "shop::grows held may allocate",
            "shop::held held proven",
            "look at first: can't be known, and no test calls it:",
            "shop::open src/lib.rs:1",
        ]
    );
    let json: Value = serde_json::from_str(&report("json")).expect("JSON");
    let budgets = json["platforms"][0]["budgets"].as_array().expect("budgets");
    let proven: Vec<_> =
        budgets.iter().map(|budget| budget["proven"]["verdict"].as_str().unwrap_or_default()).collect();
    assert_eq!(proven, ["not proven", "may allocate", "proven", "unknown"], "{json:#}");
    let markdown = report("markdown");
    assert!(markdown.contains("| `shop::held`<br>`src/lib.rs:2` | held | `proven` |\n"), "{markdown}");
    let annotations = report("github");
    for said in [
        "::error file=src/lib.rs,line=4,col=1,title=alloc-kit%3A may allocate::",
        "no test called `shop::open`, so its budget was not shown to hold; nor can `prove` know it",
    ] {
        assert!(annotations.contains(said), "{said}\n{annotations}");
    }
    let page = report("html");
    assert!(
        page.contains("<td data-label=\"proven\">proven</td>") && page.contains("look at first"),
        "{page}"
    );

    // Not the file of the functions, but one that they may call.
    write(&project, "shop/src/helper.rs", "//! Another file.\n");
    let text = report("text");
    let changed = "not proven (src/helper.rs has changed since)";
    assert_eq!(text.matches(changed).count(), 3, "{text}");
}
