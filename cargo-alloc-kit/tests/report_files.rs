//! `cargo alloc-kit report`: what it refuses, and where it writes.

mod report_support;

use std::fs;

use report_support::{Shop, breach, budget, hostile, lines};
use serde_json::{Value, json};

/// Each says what is wrong, ends with 2, and leaves what is there as it is.
#[test]
fn bad_input() {
    let shop = Shop::new();
    shop.write("foreign.json", "{\"hello\": 1}");
    shop.write("later.json", "{\"alloc_kit_run\": 9, \"shards\": []}");
    shop.write("later.jsonl", "{\"alloc_kit\": 9, \"kind\": \"function\"}\n{\"alloc_kit\": 9}\n");
    shop.write("cut.json", "{\"alloc_kit_run\": 1, \"shards\": [{\"id\": \"");
    shop.write("empty.json", "\n");
    shop.write("out.html", "kept");
    shop.write("heap.json", "{\"dhatFileVersion\": 2}");
    let cases: [(&[&str], &[&str]); 16] = [
        (&["nowhere.json"], &["cannot read nowhere.json"]),
        (
            &["foreign.json"],
            &["foreign.json: is JSON, and no file of a run", "it takes what `cargo alloc-kit test` keeps"],
        ),
        (&["later.json"], &["later.json: is of version 9"]),
        (&["later.jsonl"], &["later.jsonl: line 1: is of version 9"]),
        (&["cut.json"], &["cut.json: is a file of a run, and is cut off: "]),
        (&["empty.json"], &["empty.json: is empty"]),
        (&["records.jsonl", "foreign.json"], &["foreign.json: is JSON, and no file of a run"]),
        (&["records.jsonl", "--before", "later.json"], &["later.json: is of version 9"]),
        (
            &["records.jsonl", "--dhat", "foreign.json"],
            &["foreign.json: is no DHAT file", "valgrind --tool=dhat"],
        ),
        (&["records.jsonl", "--out", "src"], &["cannot write src: it is a folder"]),
        (&["records.jsonl", "--out", "Cargo.toml/out.html"], &["cannot write Cargo.toml/out.html"]),
        (
            &["records.jsonl", "--out", "records.jsonl"],
            &["`--out records.jsonl` would overwrite what is to be read"],
        ),
        (
            &["records.jsonl", "--before", "before.jsonl", "--out", "./before.jsonl"],
            &["would overwrite what is to be read"],
        ),
        (&["records.jsonl", "--format", "yaml"], &["invalid value 'yaml'", "markdown"]),
        (&["records.jsonl", "--manifest-path", "no/Cargo.toml"], &["cargo finds no package here"]),
        (&["records.jsonl", "--weight", "size"], &["invalid value 'size'", "allocations, bytes"]),
    ];
    for (arguments, said) in cases {
        let mut all = arguments.to_vec();
        if !arguments.contains(&"--out") {
            all.extend(["--out", "out.html"]);
        }
        // With a page all options have a use.
        if !arguments.contains(&"--format") {
            all.extend(["--format", "html"]);
        }
        let run = shop.report(&all).fails().prints(said);
        run.expect(
            run.to_string().contains("exit status: 2") || cfg!(windows),
            "the code is that of bad input",
        );
        run.expect(run.stdout().is_empty(), "there is no result");
    }
    assert_eq!(shop.read("out.html"), "kept");
    assert_eq!(
        shop.read("before.jsonl"),
        fs::read_to_string(report_support::data().join("before.jsonl")).expect("it")
    );
    let left: Vec<_> =
        fs::read_dir(shop.path("")).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains(".new")), "{left:?}");
}

/// What would be in no line of the result.
#[test]
fn options_without_a_use() {
    let shop = Shop::new();
    for (arguments, said) in [
        (
            ["--before", "before.jsonl", "--format", "junit"],
            "it is for `--format` text, json, markdown or html",
        ),
        (["--before", "before.jsonl", "--format", "github"], "the format `github` has no comparison"),
        (
            ["--dhat", "heap.json", "--format", "markdown"],
            "it is for `--format` json, html, flamegraph or folded",
        ),
    ] {
        shop.report(&[&["records.jsonl"], &arguments[..]].concat()).fails().prints(&[said]);
    }
}

#[test]
fn the_format_is_that_of_the_ending() {
    let shop = Shop::new();
    for (out, start) in [
        ("a/b/report.html", "<!DOCTYPE html>"),
        ("report.json", "{\"alloc_kit_report\":1"),
        ("report.md", "### alloc-kit: 4 of 14 budgets are broken"),
        ("report.xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"),
        ("report.svg", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg"),
        ("report.folded", "aarch64-macos, dev;checkout::pays"),
        ("report", "aarch64-macos, dev\nfunction "),
    ] {
        // A second time it takes the place of the first.
        for _ in 0..2 {
            let run = shop.report(&["records.jsonl", "--out", out, "--color", "always"]).succeeds();
            run.expect(run.stdout().is_empty(), "the result is in the file");
            assert!(shop.read(out).starts_with(start), "{out}: {}", shop.read(out));
        }
    }
    let asked = shop.report(&["records.jsonl", "--out", "-", "--format", "json"]).succeeds().stdout();
    assert!(asked.starts_with("{\"alloc_kit_report\""), "{asked}");
}

/// A link stays one, and what it leads to is written.
#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let shop = Shop::new();
    shop.write("kept/report.md", "old");
    std::os::unix::fs::symlink("kept/report.md", shop.path("link.md")).expect("a link");
    shop.report(&["records.jsonl", "--out", "link.md"]).succeeds();
    assert!(fs::symlink_metadata(shop.path("link.md")).expect("it").is_symlink());
    assert!(shop.read("kept/report.md").starts_with("### alloc-kit"));
    // A device is not replaced.
    let run = shop.report(&["records.jsonl", "--format", "folded", "--out", "/dev/stdout"]).succeeds();
    run.expect(run.stdout().contains("shop::total"), "it was written there");
}

/// What `merge` shows on a terminal is as clean; what it writes for other programs is as it was.
#[test]
fn merge_shows_nothing_that_a_terminal_obeys() {
    let shop = Shop::new();
    shop.write("hostile.jsonl", &hostile());
    let escapes = ["\u{1b}", "\u{7}", "\u{202e}"];
    for arguments in [&["-v"][..], &["-q"], &["--out", "run.json"]] {
        let run = shop.run("merge", &[&["hostile.jsonl"], arguments].concat()).exits_with(3);
        for text in [run.stdout(), run.stderr()] {
            run.expect(escapes.iter().all(|escape| !text.contains(escape)), "nothing of it is obeyed");
        }
        run.expect(run.stdout().contains('\u{fffd}'), "it is shown what it was");
    }
    let (kept, raw) = (shop.read("run.json"), shop.run("merge", &["hostile.jsonl", "--out", "-"]).stdout());
    assert!(kept == raw && kept.contains("\\u001b"), "{kept}");
    // Nor in what is said of a file that is refused, or of what is lost.
    shop.write("field.json", &kept.replacen("\"nth\":1", "\"nth\":1,\"\\u001b]0;x\\u0007\":2", 1));
    let refused = shop.run("merge", &["field.json"]).exits_with(2).prints(&["unknown field"]);
    refused.expect(!refused.stderr().contains(['\u{1b}', '\u{7}']), "nothing of it is obeyed");
    shop.write("lost.json", &kept.replacen("\"shards\"", "\"lost\":[\"\\u001b]0;x\\u0007\"],\"shards\"", 1));
    let lost = shop.run("merge", &["lost.json"]).exits_with(3).prints(&["warning: \u{fffd}]0;x\u{fffd}\n"]);
    lost.expect(!lost.stderr().contains(['\u{1b}', '\u{7}']), "nothing of it is obeyed");
}

/// Numbers that a sum can't hold, and those that a smaller type has no room for.
#[test]
fn the_largest_numbers_are_shown_as_they_are() {
    let shop = Shop::new();
    let mut one = budget(0, "shop::total", "src/lib.rs", 1);
    for key in ["calls", "judged", "warmed_up", "not_judged", "broken", "threads_started"] {
        one[key] = u64::MAX.into();
    }
    one["room"]["allocations"] = i64::MIN.into();
    let used = json!({
        "reason": "r", "file": "src/lib.rs", "line": 9, "times": u64::MAX, "allocations": u64::MAX, "bytes": u64::MAX
    });
    one["exceptions"] = json!([used]);
    let mut exception = used.clone();
    for key in ["alloc_kit", "program", "pid", "started", "target", "debug_assertions"] {
        exception[key] = one[key].clone();
    }
    exception["kind"] = "exception".into();
    exception["module"] = "shop".into();
    let stack = json!([{ "function": "shop::total", "file": "src/lib.rs", "line": 3, "column": 1 }]);
    let mut broke = breach(0, "shop::total", "src/lib.rs", "alloc-kit: made some", &stack);
    broke["limits"][0]["used"] = i64::MAX.into();
    broke["places"][0]["times"] = u64::MAX.into();
    broke["places"][0]["bytes"] = u64::MAX.into();
    let second = {
        let mut second = one.clone();
        second["pid"] = 8.into();
        second
    };
    shop.write("records.jsonl", &lines(&[one, exception, broke]));
    shop.write("second.jsonl", &lines(&[second]));
    shop.run("merge", &["records.jsonl", "second.jsonl", "--out", "run.json"]).exits_with(3);
    let mut run: Value = serde_json::from_str(&shop.read("run.json")).expect("JSON");
    run["shards"][0]["processes"] = u64::MAX.into();
    shop.write("run.json", &run.to_string());
    let most = "18,446,744,073,709,551,615";
    let merged = shop.run("merge", &["run.json"]).exits_with(3);
    merged.expect(merged.stdout().contains(&format!("in {most} processes")), "as many as can be said");
    for format in ["text", "json", "markdown", "github", "junit", "html", "flamegraph", "folded"] {
        let shown = shop.report(&["run.json", "--before", "run.json", "--format", format]);
        let shown =
            if shown.code() == Some(0) { shown } else { shop.report(&["run.json", "--format", format]) };
        let shown = shown.exits_with(0);
        shown.expect(!shown.stderr().contains("panicked"), "it is shown");
        if !["json", "github", "junit", "folded"].contains(&format) {
            shown.expect(shown.stdout().contains(most), "each figure as it is");
        }
        for wrong in [" -1 ", ">-1<", ": -1 "] {
            // Scripts count by themselves.
            let text = shown.stdout();
            let text = text.split("<script").next().unwrap_or(&text);
            shown.expect(!text.contains(wrong), "no figure has turned round");
        }
    }
}
