//! The forms of `cargo alloc-kit audit report`, and the configuration that scans and reports go by.

mod audit_support;

use audit_support::{LIB, Project};
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
