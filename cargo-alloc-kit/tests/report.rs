//! `cargo alloc-kit report`: what it reads, text, JSON, and before/after.

mod report_support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use report_support::{Shop, breach, budget, hostile, lines};
use serde_json::{Value, json};

#[test]
fn text_has_a_row_for_each_limit() {
    let shop = Shop::new();
    let text = shop.shown(&[]);
    for (function, rest) in [
        ("shop::total", ["12", "-10", "8", "broken"].as_slice()),
        ("shop::Parser::line", &["1", "3", "80", "held"]),
        ("shop::cart::load", &["8, warmup = 1", "not verified"]),
    ] {
        let mut rows = text.lines().filter(|line| line.starts_with(function));
        assert!(rows.any(|row| rest.iter().all(|cell| row.contains(cell))), "{function} {rest:?}\n{text}");
    }
    for (block, lines) in [
        ("\nnever exercised:\n", "  shop::cart::clear  "),
        ("\nnot verified:\n", "no call came after the warm-up"),
    ] {
        let (_, below) = text.split_once(block).unwrap_or_else(|| panic!("{block}\n{text}"));
        let (lines_of_block, _) = below.split_once("\n\n").unwrap_or((below, ""));
        assert!(lines_of_block.contains(lines), "{block} {lines}\n{text}");
    }
}

#[test]
fn the_last_run_is_what_is_shown() {
    let shop = Shop::new();
    let missing =
        shop.report(&[]).fails().prints(&["there is no last run", "last-run.json", "cargo alloc-kit test"]);
    missing.expect(missing.stdout().is_empty(), "nothing was to be shown");
    shop.run("merge", &["records.jsonl", "--out", "target/alloc-kit/last-run.json"]).exits_with(3);
    assert_eq!(shop.report(&[]).succeeds().stdout(), shop.shown(&[]));
    let elsewhere = ["--target-dir", "elsewhere"];
    shop.report(&elsewhere).fails().prints(&["there is no last run"]);
    shop.run("merge", &["records.jsonl", "--out", "elsewhere/alloc-kit/last-run.json"]).exits_with(3);
    assert_eq!(shop.report(&elsewhere).succeeds().stdout(), shop.shown(&[]));
}

/// Makes another file of a run.
type Edit<'a> = &'a dyn Fn(&mut Value);

/// Of a run whose figures are good, what they do not show is said in every format.
#[test]
fn what_a_run_does_not_show_is_said() {
    let shop = Shop::new();
    shop.write("good.jsonl", &lines(&[budget(0, "shop::total", "src/lib.rs", 0)]));
    shop.run("merge", &["good.jsonl", "--out", "good.json"]).exits_with(0);
    let good: Value = serde_json::from_str(&shop.read("good.json")).expect("JSON");
    let shown = |edit: Edit<'_>, format: &str| {
        let mut run = good.clone();
        edit(&mut run);
        shop.write("run.json", &format!("{run}\n"));
        let run = shop.report(&["run.json", "--format", format]).exits_with(0);
        if matches!(format, "flamegraph" | "folded") { run.stderr() } else { run.stdout() }
    };
    let ran = |whole: bool, passed: bool| {
        move |run: &mut Value| {
            run["shards"][0]["run"] =
                json!({"whole": whole, "passed": passed, "command": ["cargo", "alloc-kit", "test", "<one>"]});
        }
    };
    let superseded = |run: &mut Value| run["superseded"] = "a later run failed\u{1b}[2J".into();
    let lost = |run: &mut Value| run["lost"] = json!(["app-1 reported nothing"]);
    let caveats: [(&str, Edit<'_>, &str, &str); 4] = [
        (
            "tests-failed",
            &ran(true, false),
            "the tests failed",
            "the tests failed on x86_64-linux-gnu, dev: ",
        ),
        (
            "partial",
            &ran(false, true),
            "only a part of the tests was run",
            "part of the tests was run on x86_64-linux-gnu",
        ),
        (
            "superseded",
            &superseded,
            "this is not the last run",
            "this is not the last run: a later run failed",
        ),
        ("lost", &lost, "what some test programs knew is lost", "app-1 reported nothing"),
    ];
    let formats = ["text", "json", "markdown", "github", "junit", "html", "flamegraph", "folded"];
    for (kind, edit, short, text) in caveats {
        for format in formats {
            let shown = shown(edit, format);
            assert!(shown.contains(text), "{kind} in {format}:\n{shown}");
            if ["markdown", "github", "html"].contains(&format) {
                assert!(shown.contains(&format!("The 1 budget holds; but {short}")), "{format}:\n{shown}");
            }
            assert!(format == "json" || !shown.contains('\u{1b}'), "{format}");
        }
        let json: Value = serde_json::from_str(&shown(edit, "json")).expect("JSON");
        assert_eq!(json["caveats"][0]["kind"], kind);
        assert!(shown(edit, "text").contains("\nwarning: "), "{kind}");
        assert!(shown(edit, "markdown").contains("\n> [!WARNING]\n> - `"), "{kind}");
        let github = shown(edit, "github");
        assert!(github.starts_with("::warning title=alloc-kit%3A what this run does not show::"), "{github}");
        let junit = shown(edit, "junit");
        let counts =
            if kind == "partial" { "errors=\"0\" skipped=\"1\"" } else { "errors=\"1\" skipped=\"0\"" };
        assert!(junit.contains(&format!("tests=\"2\" failures=\"0\" {counts}")), "{junit}");
        let html = shown(edit, "html");
        assert!(html.contains("<ul class=\"caveats\"") && !html.contains("<one>"), "{html}");
    }
    for format in formats {
        let shown = shown(&ran(true, true), format);
        for word in ["; but ", "caveats\"", "not show", "WARNING", "warning: the tests", "warning: only"] {
            assert!(!shown.contains(word), "{word} in {format}:\n{shown}");
        }
    }
}

#[test]
fn several_files_are_one_report() {
    let shop = Shop::new();
    let all = shop.read("records.jsonl");
    for target in ["x86_64-linux-gnu", "aarch64-macos"] {
        let of_target: Vec<&str> = all.lines().filter(|line| line.contains(target)).collect();
        shop.write(&format!("{target}.jsonl"), &of_target.join("\n"));
    }
    for format in ["text", "json", "markdown", "github", "junit", "html", "flamegraph", "folded"] {
        let parts = ["aarch64-macos.jsonl", "x86_64-linux-gnu.jsonl", "--format", format];
        let of_parts = shop.report(&parts).succeeds().stdout();
        assert_eq!(of_parts, shop.shown(&["--format", format]), "{format}");
        assert!(!of_parts.is_empty());
    }
}

#[test]
fn json_has_what_the_page_has() {
    let shop = Shop::new();
    let text = shop.shown(&["--message-format", "json", "--before", "before.jsonl"]);
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["alloc_kit_report"], 1);
    assert_eq!(json["exit_code"], Value::Null);
    let verdicts = &json["verdicts"];
    for (name, count) in [("broken", 4), ("not_verified", 2), ("never_exercised", 2), ("held", 6)] {
        assert_eq!(verdicts[name], count, "{name}");
    }
    let linux = &json["platforms"][1];
    assert_eq!(linux["target"], "x86_64-linux-gnu");
    let budgets = linux["budgets"].as_array().expect("a list");
    let total = budgets.iter().find(|budget| budget["name"] == "shop::total").expect("a budget");
    assert_eq!(total["crate"], "shop");
    assert_eq!(total["seen"]["room"]["allocations"], -10);
    assert_eq!(total["seen"]["breaches"][0]["places"][0]["stack"][1]["file"], "src/lib.rs");
    let line = json["sources"]["src/lib.rs"]["6"].as_str().expect("the line of a stack");
    assert!(line.contains("lines.push(format!("), "{line}");
    assert_eq!(json["stacks"]["of"], "breaches");
    let stack = &json["stacks"]["all"][0];
    assert_eq!((&stack["allocations"], &stack["bytes"]), (&11.into(), &660.into()));
    let worse = &json["before"]["changes"][0];
    assert_eq!((&worse["kind"], &worse["keys"][0]["after"]), (&"worse".into(), &13.into()));
}

/// Other tools read the JSON by its documentation.
#[test]
fn json_is_documented() {
    fn keys(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    // What stands for a key of a budget, a file or a line.
                    let is_field = !key.contains('.') && !key.starts_with(|c: char| c.is_ascii_digit());
                    found.extend(is_field.then(|| key.clone()));
                    keys(value, found);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
            _ => {}
        }
    }
    let shop = Shop::new();
    let text = shop.shown(&["--format", "json", "--before", "before.jsonl"]);
    let mut found = BTreeSet::new();
    keys(&serde_json::from_str(&text).expect("JSON"), &mut found);
    assert!(found.len() > 40, "{found:?}");
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    let docs = fs::read_to_string(docs).expect("the documentation");
    let missing: Vec<&String> = found.iter().filter(|key| !docs.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/json.md does not say what these are: {missing:?}");
}

#[test]
fn json_keeps_every_character() {
    let shop = Shop::new();
    shop.write("hostile.jsonl", &hostile());
    let json = shop.report(&["hostile.jsonl", "--format", "json"]).succeeds().stdout();
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["platforms"][0]["budgets"][0]["site"]["path"], report_support::HOSTILE);
    // A terminal is not to obey what a file says.
    let text = shop.report(&["hostile.jsonl", "--color", "always"]).succeeds().stdout();
    assert!(
        !text.contains("\u{1b}[31m\u{fffd}") && !text.contains('\u{202e}') && !text.contains('\0'),
        "{text:?}"
    );
}

#[test]
fn before_and_after() {
    let shop = Shop::new();
    let text = shop.shown(&["--before", "before.jsonl"]);
    for line in [
        "Against the run before: 2 worse, 2 new, 2 gone, 2 better, 2 with another limit, 6 as before",
        "▲ worse  shop::total (src/lib.rs:3; x86_64-linux-gnu, dev): allocations 2 → 12; held → broken",
        "+ new    shop::cart::clear (src/cart.rs:61; x86_64-linux-gnu, dev): allocations - (limit none → 0)",
        "− gone   shop::cart::empty (src/cart.rs:63; x86_64-linux-gnu, dev): allocations - (limit 0 → none)",
        "▼ better shop::cart::add (src/cart.rs:50; x86_64-linux-gnu, dev): allocations 1, peak_bytes 1,000 → 980, live_bytes 0",
        "± limit  shop::Parser::line (src/lib.rs:12; x86_64-linux-gnu, dev): allocations 1, bytes 2,048 (limit 8192 → 4_096)",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // Against itself nothing has changed.
    let text = shop.shown(&["--before", "records.jsonl"]);
    assert!(text.ends_with("Against the run before: 14 as before\n"), "{text}");
}

#[test]
fn before_of_another_platform_is_not_compared() {
    let shop = Shop::new();
    let mut other = budget(0, "shop::total", "src/lib.rs", 0);
    other["target"] = "riscv64gc-linux-gnu".into();
    shop.write("other.jsonl", &lines(&[other]));
    let text = shop.shown(&["--before", "other.jsonl"]);
    let not_compared = "Not compared: riscv64gc-linux-gnu, dev only before; aarch64-macos, dev and x86_64-linux-gnu, dev only now";
    assert!(text.contains("Against the run before: 0 as before") && text.contains(not_compared), "{text}");
}

/// A record says which file: no page is to show what is elsewhere.
#[test]
fn only_files_of_the_workspace_are_read() {
    let shop = Shop::new();
    let outside = Shop::new();
    outside.write("secret.rs", "secret\n");
    shop.write("secret.txt", "secret\n");
    shop.write("src/seen.rs", "seen\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path("secret.rs"), shop.path("src/link.rs")).expect("a link");
    let absolute = outside.path("secret.rs").display().to_string();
    let folder =
        outside.path("").file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let files = [
        &absolute,
        &format!("../{folder}/secret.rs"),
        &format!("src/../../{folder}/secret.rs"),
        "src/link.rs",
        "secret.txt",
    ];
    let frame = |file: &str| json!({ "function": "f", "file": file, "line": 1, "column": 1 });
    let mut stack: Vec<Value> = files.iter().map(|file| frame(file)).collect();
    stack.push(frame("src/seen.rs"));
    let records =
        [budget(0, "app::f", "src/lib.rs", 1), breach(0, "app::f", "src/lib.rs", "", &stack.into())];
    shop.write("nosy.jsonl", &lines(&records));
    let json = shop.report(&["nosy.jsonl", "--format", "json"]).succeeds().stdout();
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["sources"], json!({ "src/seen.rs": { "1": "seen" } }));
}

/// Also where the verdict is the same.
#[test]
fn more_is_worse_and_less_is_better() {
    let shop = Shop::new();
    for (file, used) in [("one.jsonl", 1), ("two.jsonl", 2)] {
        shop.write(file, &lines(&[budget(0, "app::f", "src/lib.rs", used)]));
    }
    for (before, after, said) in [
        (
            "one.jsonl",
            "two.jsonl",
            "▲ worse  app::f (src/lib.rs:1; x86_64-linux-gnu, dev): allocations 1 → 2\n",
        ),
        (
            "two.jsonl",
            "one.jsonl",
            "▼ better app::f (src/lib.rs:1; x86_64-linux-gnu, dev): allocations 2 → 1\n",
        ),
    ] {
        let text = shop.report(&[after, "--before", before]).succeeds().stdout();
        assert!(text.contains(said), "{text}");
    }
}
