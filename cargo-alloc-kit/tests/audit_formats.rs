//! The forms of `cargo alloc-kit audit report`, and the configuration that scans and reports go by.

mod audit_support;

use audit_support::{LIB, LINE, Project, profile};
use serde_json::Value;

#[test]
fn forms_are_chosen_by_name_ending_or_messages() {
    let project = Project::new();
    let report = |arguments: &[&str]| {
        project.audit(&[&["report", "--linters", "none", "--profile", "heap.json"], arguments].concat())
    };
    for (out, start, format) in [
        ("a.json", "{\"alloc_kit_audit\":1,", "json"),
        ("a.sarif", "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\"", "sarif"),
        ("a.sarif.json", "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\"", "sarif"),
        (
            "a.speedscope.json",
            "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\"",
            "speedscope",
        ),
        ("a.html", "<!DOCTYPE html><html lang=\"en\">", "html"),
        ("a.svg", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg ", "flamegraph"),
        ("a.folded", "main (main.c:1);app::run (src/lib.rs:14", "folded"),
    ] {
        report(&["--out", out]).exits_with(0).prints(&[&format!("Wrote {out} ({format})")]);
        let text = project.read(out);
        assert!(text.starts_with(start), "{out}\n{}", &text[..text.len().min(300)]);
        // What is written and what is shown are the same.
        let shown = report(&["--format", format]).exits_with(0).stdout();
        assert_eq!(shown, text, "{format}");
    }
    let by_messages = report(&["--message-format", "json"]).exits_with(0).stdout();
    assert_eq!(by_messages, project.read("a.json"));
    let json: Value = serde_json::from_str(&by_messages).expect("JSON");
    assert_eq!((&json["counts"]["measured"], &json["findings"][0]["bytes"]), (&1.into(), &4_000.into()));
    let github = report(&["--format", "github"]).exits_with(0);
    github.prints(&["::warning file=src/lib.rs,line=10,col=5,title=alloc-kit%3A rust-collect-then-iter::"]);
    let svg = report(&["--format", "flamegraph", "--by", "blocks"]).exits_with(0).stdout();
    assert!(svg.contains("13 allocations"), "{svg}");
}

#[test]
fn an_ending_that_says_no_format_is_refused() {
    let project = Project::new();
    let report = |out: &str, more: &[&str]| {
        let arguments = ["report", "--linters", "none", "--profile", "heap.json", "--out", out];
        project.audit(&[&arguments[..], more].concat())
    };
    for out in ["a.md", "a.foo", ".foo", "a.sarif.gz"] {
        report(out, &[]).exits_with(2).prints(&["says no format; these do: .txt, .json, .sarif"]);
        assert!(!project.path(out).exists(), "{out}");
        report(out, &["--format", "json"]).exits_with(0);
    }
    // One without an ending says nothing else.
    report("report", &[]).exits_with(0).prints(&["Wrote report (text)"]);
}

#[test]
fn quiet_is_a_line_a_finding_and_what_did_not_hold() {
    let project = Project::new();
    let report =
        project.audit(&["-q", "report", "--linters", "none", "--profile", "heap.json"]).exits_with(0);
    let text = report.stdout();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("1. 4,000 bytes in 2 blocks, 78.8 % of all  src/lib.rs:10:5"), "{text}");
    assert!(lines[1].starts_with("heap.json: 5,077 bytes"), "{text}");
    assert!(!text.contains("fix") && !text.contains("match no rule"), "{text}");
    project.write(
        "alloc-kit-audit.toml",
        "[[budget]]\nfile = \"src/lib.rs\"\nbytes = \"5 kB\"\n[[budget]]\nfunction = \"Parser::line\"\nbytes = 1\n",
    );
    let check = ["check", "--linters", "none", "--profile", "heap.json"];
    assert!(project.audit(&check).exits_with(4).stdout().contains("held: src/lib.rs"));
    let text = project.audit(&[&["-q"], &check[..]].concat()).exits_with(4).stdout();
    assert!(text.starts_with("worse: the function Parser::line") && !text.contains("held"), "{text}");
    project.write("alloc-kit-audit.toml", "[[budget]]\nfile = \"src/lib.rs\"\nbytes = \"5 kB\"\n");
    assert_eq!(project.audit(&[&["-q"], &check[..]].concat()).exits_with(0).stdout(), "held\n");
}

#[test]
fn the_profile_of_a_folder_above_is_found_and_where_it_was_captured() {
    let project = Project::new();
    let capture = serde_json::json!({
        "alloc_kit_capture": 1, "language": "rust", "tool": "dhat", "tool_version": null, "command": ["./app"], "started": 1,
        "failed": null, "limits": [], "commit": null, "dirty": null, "root": project.path(""), "profiles": ["heap.json"],
        "sources": {},
    });
    project.write("alloc-kit-profile/heap.json", &project.read("heap.json"));
    project.write("alloc-kit-profile/capture.json", &capture.to_string());
    let report = |folder: &std::path::Path, more: &[&str]| {
        let arguments = [&["report", "--linters", "none", "--format", "json"], more].concat();
        let text = Project::audit_in(folder, &arguments).exits_with(0).stdout();
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    // What is scanned is this folder, as it is in what was captured.
    let json = report(&project.path("src"), &[]);
    assert_eq!(
        (&json["findings"][0]["file"], &json["findings"][0]["bytes"]),
        (&"lib.rs".into(), &4_000.into())
    );
    let elsewhere = tempfile::tempdir().expect("a folder");
    let profile = project.path("alloc-kit-profile");
    let profile = ["--profile", profile.to_str().expect("UTF-8")];
    let json = report(elsewhere.path(), &profile);
    assert_eq!(json["findings"][0]["bytes"], 4_000);
    let notes = json["notes"].to_string();
    assert!(notes.contains("no PATH was given"), "{notes}");
    // A path that is given is the one.
    assert_eq!(
        report(elsewhere.path(), &[&profile[..], &["."]].concat())["findings"],
        Value::Array(Vec::new())
    );
    let none = Project::audit_in(elsewhere.path(), &["report", "--linters", "none"]);
    none.exits_with(2).prints(&["there is no heap profile"]);
}

#[test]
fn what_a_partial_profile_has_nothing_of_is_no_zero() {
    let project = Project::new();
    let status = || {
        let run =
            project.audit(&["report", "--linters", "none", "--profile", "heap.json", "--format", "json"]);
        let json: Value = serde_json::from_str(&run.exits_with(0).stdout()).expect("JSON");
        (json["findings"][0]["status"].clone(), json["findings"][0]["why"].to_string())
    };
    project.write("heap.json", &profile(&[(LINE, 1_000, 10)]));
    assert_eq!(status().0, "zero");
    let own = "\"alloc-kit\":{\"origin\":\"tracemalloc\",\"languages\":[\"rust\"],\"partial\":\"it has only what was live\"},\"bklt\"";
    project.write("heap.json", &project.read("heap.json").replace("\"bklt\"", own));
    let (status, why) = status();
    assert_eq!(status, "hint");
    assert!(why.contains("less than was allocated: it has only what was live"), "{why}");
}

#[test]
fn what_would_be_ignored_or_lost_is_refused() {
    let project = Project::new();
    let report = |arguments: &[&str]| {
        project.audit(&[&["report", "--linters", "none", "--profile", "heap.json"], arguments].concat())
    };
    report(&["--top", "3", "--format", "sarif"])
        .exits_with(2)
        .prints(&["`--top`, and the format `sarif` has all"]);
    report(&["--out", "heap.json"]).exits_with(2).prints(&["would overwrite what is to be read"]);
    report(&["--format", "xml"]).exits_with(2).prints(&["speedscope"]);
    report(&["--out", "src"]).exits_with(2).prints(&["it is a folder"]);
}

#[test]
fn the_configuration_holds_for_scans_and_reports() {
    let project = Project::new();
    project.write("vendor/a.rs", LIB);
    project.write("src/gen/b.rs", LIB);
    let found = |arguments: &[&str]| {
        let run = project.audit(&[&["scan", "--linters", "none"], arguments].concat()).exits_with(0).stdout();
        let of_rule = run.lines().filter(|line| line.contains("[rust-collect-then-iter]"));
        of_rule.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(&[]), ["src/gen/b.rs", "src/lib.rs", "vendor/a.rs"]);
    project.write("alloc-kit-audit.toml", "exclude = [\"/vendor/**\", \"gen/\"]\n");
    assert_eq!(found(&[]), ["src/lib.rs"]);
    // Of the first path's folder, or one above it.
    assert_eq!(found(&["src/gen", "src/lib.rs"]), ["src/lib.rs"]);
    project.write("alloc-kit-audit.toml", "[rules]\nrust-collect-then-iter = \"off\"\n");
    assert_eq!(found(&["src/lib.rs"]), [""; 0]);
    // What the command line asks for is looked for.
    assert_eq!(found(&["src/lib.rs", "--rule", "rust-collect-then-iter"]), ["src/lib.rs"]);
    assert_eq!(found(&["src/lib.rs", "--all-rules"]), ["src/lib.rs"]);
    let report = project
        .audit(&["report", "--linters", "none", "--profile", "heap.json", "--format", "json", "src"])
        .exits_with(0);
    let json: Value = serde_json::from_str(&report.stdout()).expect("JSON");
    assert!(!report.stdout().contains("rust-collect-then-iter"), "{json}");
    project.write("alloc-kit-audit.toml", "[rules]\nrust-colect-then-iter = \"off\"\n");
    let wrong = project.audit(&["scan"]).exits_with(2);
    wrong.prints(&[
        "alloc-kit-audit.toml:2: there is no rule `rust-colect-then-iter`",
        "did you mean `rust-collect-then-iter`",
    ]);
}
