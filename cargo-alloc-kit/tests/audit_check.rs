//! `cargo alloc-kit audit check`: budgets and a baseline against profiles that are made up, and what cannot be verified never passes.

mod audit_support;

use audit_support::{LIB, LINE, Project, TOTAL, profile, profile_of};
use serde_json::Value;

#[test]
fn budgets_hold_or_are_worse() {
    let project = Project::new();
    let held = "[[budget]]\nfile = \"src/lib.rs\"\nbytes = \"5 kB\"\nblocks = 12\n[[budget]]\nfunction = \"Parser::line\"\nbytes = 1000\n\
                [[budget]]\nfunction = \"run\"\nfile = \"src/**\"\nbytes = 5000\ninclusive = true\n[[budget]]\nrule = \"rust-collect-then-iter\"\nbytes = 4000\n";
    project.check(held).exits_with(0).prints(&[
        "held: src/lib.rs: 5,000 bytes in 12 blocks; its budget is 5,000 bytes, 12 blocks",
        "held: the function Parser::line: 1,000 bytes in 10 blocks",
        "held: the function run with what it calls in src/**: 5,000 bytes",
        "held: the rule rust-collect-then-iter: 4,000 bytes in 2 blocks",
    ]);
    // Each of them by one.
    for (limit, lower, said) in [
        ("\"5 kB\"", "4999", "worse: src/lib.rs: 5,000 bytes of 4,999"),
        ("blocks = 12", "blocks = 11", "worse: src/lib.rs: 12 blocks of 11"),
        ("bytes = 1000", "bytes = 999", "worse: the function Parser::line: 1,000 bytes of 999"),
        (
            "bytes = 5000\n",
            "bytes = 4999\n",
            "worse: the function run with what it calls in src/**: 5,000 bytes of 4,999",
        ),
        ("bytes = 4000", "bytes = 3999", "worse: the rule rust-collect-then-iter: 4,000 bytes of 3,999"),
    ] {
        let config = held.replace(limit, lower);
        assert_ne!(config, held);
        project.check(&config).exits_with(4).prints(&[said, "more was allocated than may be"]);
    }
    // What most of it is of comes first.
    let run = project.check("[[budget]]\nfile = \"src/*.rs\"\nbytes = 0\n").exits_with(4);
    let lines = run.stdout();
    let at = |text: &str| lines.find(text).unwrap_or_else(|| panic!("{text}\n{lines}"));
    assert!(
        at("src/lib.rs:10 4,000 bytes in 2 blocks  app::total") < at("src/lib.rs:5 1,000 bytes"),
        "{lines}"
    );
    // A function that ran and allocated nothing itself.
    project.check("[[budget]]\nfunction = \"run\"\nbytes = 0\n").exits_with(0);
}

#[test]
fn what_no_profile_says_is_never_held() {
    let project = Project::new();
    project.write("src/other.rs", "pub fn total() -> String {\n    String::from(\"a\")\n}\n");
    for (budget, said) in [
        ("file = \"src/gone.rs\"", "no file that was scanned is `src/gone.rs`"),
        ("file = \"lib.rs\"", "no file that was scanned is `lib.rs`"),
        ("file = \"src/other.rs\"", "the profile has no frame in src/other.rs"),
        ("function = \"nobody\"", "no function that was scanned is called `nobody`"),
        ("function = \"Other::line\"", "no function that was scanned is called `Other::line`"),
        ("function = \"never\"", "no stack of the profile leads through it (src/lib.rs:17)"),
        ("function = \"total\"", "2 functions are called so (src/lib.rs:9, src/other.rs:1)"),
        ("rule = \"py-slice-in-loop\"", "no file of Python was scanned"),
        ("rule = \"rust-linted-needless\"", "it is found by linters alone"),
        (
            "rule = \"rust-collect-then-iter\"\nfile = \"src/other.rs\"",
            "it finds nothing, and the profile has no frame in a file of Rust",
        ),
    ] {
        let run = project.check(&format!("[[budget]]\n{budget}\nbytes = \"1 GB\"\n")).exits_with(6);
        run.prints(&["not verified: ", said, "not all could be judged"]);
    }
    project.check("[[budget]]\nfunction = \"total\"\nfile = \"src/lib.rs\"\nbytes = 4000\n").exits_with(0);

    // A budget that is over says more than one that is not known.
    let both = "[[budget]]\nfile = \"gone\"\nbytes = 1\n[[budget]]\nfile = \"src/lib.rs\"\nbytes = 1\n";
    project.check(both).exits_with(4).prints(&["not verified: gone", "worse: src/lib.rs"]);

    // The profile is of another state of the file.
    project.write("src/lib.rs", "pub fn total() {}\n");
    let stale = project.check("[[budget]]\nfile = \"src/lib.rs\"\nbytes = \"1 GB\"\n").exits_with(6);
    stale.prints(&["the profile is of another state of src/lib.rs"]);

    // Or of another program.
    let project = Project::new();
    project.write("heap.json", &profile(&[(audit_support::STD, 100, 1)]));
    project
        .check("[[budget]]\nfile = \"src/**\"\nbytes = \"1 GB\"\n")
        .exits_with(6)
        .prints(&["no frame in src/lib.rs"]);
}

/// The finding is gone, and that is what its budget is for.
#[test]
fn a_rule_that_finds_nothing_holds() {
    let project = Project::new();
    let budget = "[[budget]]\nrule = \"rust-chars-collect\"\nbytes = 0\n";
    project.check(budget).exits_with(0).prints(&["held: the rule rust-chars-collect: 0 bytes in 0 blocks"]);
    // No profile has a line for it.
    let of_none = budget.replace("rust-chars-collect", "rust-boxed-collection");
    project
        .check(&of_none)
        .exits_with(2)
        .prints(&["alloc-kit-audit.toml:2: no profile has a line for what `rust-boxed-collection` finds"]);
}

#[test]
fn a_language_without_a_profile_is_not_verified() {
    let project = Project::new();
    project.check("[[budget]]\nfile = \"**\"\nbytes = \"1 GB\"\n").exits_with(0);
    project.write("src/tool.py", "def tool():\n    return [1]\n");
    project
        .check("[[budget]]\nfile = \"**\"\nbytes = \"1 GB\"\n")
        .exits_with(6)
        .prints(&["not verified: **: no profile is of its files of Python"]);
    project.check("[[budget]]\nfile = \"**\"\nbytes = 1\n").exits_with(4);
    project.check("[[budget]]\nfile = \"src/*.rs\"\nbytes = \"1 GB\"\n").exits_with(0);
}

#[test]
fn a_command_that_failed_shows_nothing_to_hold() {
    let project = Project::new();
    project.write("alloc-kit-audit.toml", "[[budget]]\nfile = \"src/lib.rs\"\nbytes = \"1 GB\"\n");
    project.write("captured/heap.json", &project.read("heap.json"));
    for (failed, code) in [(Value::Null, 0), ("exit status: 1".into(), 6)] {
        let capture = serde_json::json!({
            "alloc_kit_capture": 1, "language": "rust", "tool": "dhat", "tool_version": null, "command": ["./app"], "started": 1,
            "failed": failed, "limits": [], "commit": null, "dirty": null, "root": project.path(""), "profiles": ["heap.json"],
            "sources": {},
        });
        project.write("captured/capture.json", &capture.to_string());
        let run = project.audit(&["check", "--linters", "none", "--profile", "captured"]).exits_with(code);
        if code == 6 {
            run.prints(&["not verified: src/lib.rs: the command that was captured failed (exit status: 1)"]);
        }
    }
}

/// What V8 recorded of `src/app.js`: with `allocKit` as `audit capture` has it, and without it as `node --heap-prof` does.
fn of_v8(project: &Project, includes_collected: Option<bool>) -> String {
    let url = format!("file://{}", project.path("src/app.js").display());
    let node = |name: &str, url: &str, line: i64, column: i64, bytes: u64, children: Value| {
        serde_json::json!({
            "callFrame": { "functionName": name, "scriptId": "1", "url": url, "lineNumber": line, "columnNumber": column },
            "selfSize": bytes, "children": children,
        })
    };
    // What it calls that is no JavaScript has no script.
    let push = node("push", "", -1, -1, 500, Value::Array(vec![]));
    let rows = node("rows", &url, 0, 20, 4_000, vec![push].into());
    let line = node("line", &url, 6, 8, 1_000, Value::Array(vec![]));
    let main = node("main", &url, 10, 20, 0, vec![rows, line].into());
    let mut profile =
        serde_json::json!({ "head": node("(root)", "", -1, -1, 0, vec![main].into()), "samples": [] });
    if let Some(includes_collected) = includes_collected {
        profile["allocKit"] = serde_json::json!({ "includesCollected": includes_collected, "samplingInterval": 1024, "node": "20.1.0" });
    }
    profile.to_string()
}

const APP: &str = "\
export function rows(n) {
    const all = [];
    for (let i = 0; i < n; i += 1) all.push({ i });
    return all;
}
export class Table {
    line(n) {
        return \"x\".repeat(n);
    }
}
export function main(n) {
    return rows(n).length + new Table().line(n).length;
}
";

#[test]
fn functions_of_v8_are_judged_by_samples() {
    let project = Project::new();
    project.write("src/app.js", APP);
    project.write("heap.json", &of_v8(&project, Some(true)));
    let budgets = "[[budget]]\nfunction = \"rows\"\nbytes = 4_500\n[[budget]]\nfunction = \"Table.line\"\nbytes = 1_000\n\
                   [[budget]]\nfunction = \"main\"\nbytes = 5_500\ninclusive = true\n[[budget]]\nfile = \"src/app.js\"\nbytes = 5_500\n";
    project.check(budgets).exits_with(0).prints(&[
        "held: the function rows: 4,500 bytes, by samples; its budget is 4,500 bytes",
        "held: the function Table.line: 1,000 bytes, by samples",
        "held: the function main with what it calls: 5,500 bytes, by samples",
        "held: src/app.js: 5,500 bytes, by samples",
        "sampled: one in 1024 bytes on average",
    ]);
    for (limit, lower) in
        [("4_500", "4_499"), ("1_000", "999"), ("5_500\ninc", "5_499\ninc"), ("= 5_500\n", "= 1\n")]
    {
        let lower = budgets.replace(limit, lower);
        assert_ne!(lower, budgets);
        project.check(&lower).exits_with(4).prints(&["worse: "]);
    }
    // V8 counts no blocks.
    project
        .check("[[budget]]\nfunction = \"rows\"\nblocks = 1_000_000\n")
        .exits_with(6)
        .prints(&["does not know blocks"]);
    // A budget of Rust has nothing to do with it.
    project
        .check("[[budget]]\nfile = \"src/lib.rs\"\nbytes = 1\n")
        .exits_with(6)
        .prints(&["no frame in src/lib.rs"]);
}

/// What was freed is missing: what such a profile has may be over, and nothing is held by it.
#[test]
fn what_was_live_shows_nothing_to_hold() {
    let project = Project::new();
    project.write("src/app.js", APP);
    let budget = |bytes: u64| format!("[[budget]]\nfunction = \"rows\"\nbytes = {bytes}\n");
    for (collected, said) in [
        (Some(false), "not verified: the function rows: heap.json: it has only what was live at the end"),
        (None, "not verified: the function rows: heap.json: it does not say whether it has what was freed"),
    ] {
        project.write("heap.json", &of_v8(&project, collected));
        project.check(&budget(1_000_000)).exits_with(6).prints(&[said]);
        project.check(&budget(4_499)).exits_with(4).prints(&["worse: the function rows"]);
        project.write("base.json", &project.read("heap.json"));
        project
            .check(BASELINE)
            .exits_with(6)
            .prints(&["not verified: the baseline: ", "not verified: the profile: "]);
    }
    // As what tracemalloc recorded is written.
    let own = "\"alloc-kit\":{\"origin\":\"tracemalloc\",\"languages\":[\"rust\"],\"partial\":\"it has only what was live\"},\"bklt\"";
    project.write("heap.json", &profile(&[(TOTAL, 4_000, 2)]));
    let of_file = "[[budget]]\nfile = \"src/lib.rs\"\nbytes = 4_000\n";
    project.check(of_file).exits_with(0);
    let partial = project.read("heap.json").replace("\"bklt\"", own);
    project.write("heap.json", &partial);
    project
        .check(of_file)
        .exits_with(6)
        .prints(&["not verified: src/lib.rs: heap.json: it has only what was live"]);
    project.check(&of_file.replace("4_000", "3_999")).exits_with(4);
}

/// The file ran, and not the function that a finding is in.
#[test]
fn a_function_that_did_not_run_holds_nothing_of_a_rule() {
    let project = Project::new();
    let chain = "export function chain(list) {\n    return list.map((x) => x + 1).filter((x) => x > 1);\n}\n";
    project.write("src/app.js", &format!("{APP}{chain}"));
    project.write("heap.json", &of_v8(&project, Some(true)));
    project
        .check("[[budget]]\nrule = \"js-array-chain\"\nbytes = \"1 GB\"\n")
        .exits_with(6)
        .prints(&["not verified: the rule js-array-chain: of none of its findings a profile can say"]);
}

/// Of what V8 gives to a function itself, nobody knows how much its builtins allocated.
#[test]
fn a_limit_between_a_rules_builtins_and_its_functions_is_not_verified() {
    let project = Project::new();
    project.write("src/app.js", &APP.replace("all.push({ i });", "all.push(n.map(one).filter(two));"));
    // `push` is no builtin of the rule's; `map` is.
    project.write("heap.json", &of_v8(&project, Some(true)).replace("\"push\"", "\"map\""));
    let check =
        |bytes: u64| project.check(&format!("[[budget]]\nrule = \"js-array-chain\"\nbytes = {bytes}\n"));
    check(499).exits_with(4);
    check(500)
        .exits_with(6)
        .prints(&["V8 gives 500 bytes to its builtins, and 4,500 to all of its functions"]);
    check(4_500).exits_with(0);
}

#[test]
fn nothing_to_judge_is_no_pass() {
    let project = Project::new();
    project.audit(&["check", "--linters", "none", "--profile", "heap.json"]).exits_with(7).prints(&[
        "there is no alloc-kit-audit.toml, and so no budget and no baseline",
        "help: put `[[budget]]`",
    ]);
    project
        .check("exclude = []\n")
        .exits_with(7)
        .prints(&["alloc-kit-audit.toml has no budget and no baseline"]);
    project
        .check("[[budget]]\nfile = \"a\"\nbytes = \"10 mb\"\n")
        .exits_with(2)
        .prints(&["alloc-kit-audit.toml:3: `bytes`", "KiB"]);
    project.write("heap.json", "{}");
    project
        .check("[[budget]]\nfile = \"a\"\nbytes = 1\n")
        .exits_with(2)
        .prints(&["heap.json: is no DHAT file"]);
}

const BASELINE: &str = "[baseline]\nprofile = \"base.json\"\ntolerance = \"5%\"\n";

#[test]
fn a_baseline_is_compared_whatever_its_lines() {
    let project = Project::new();
    project.write("base.json", &project.read("heap.json"));
    project.check(BASELINE).exits_with(0).prints(&["tolerance 5%", "4 as before", "held"]);
    // All lines moved: both the source and what is measured now.
    project.write("src/lib.rs", &format!("//! Two\n//! lines.\n{LIB}"));
    let moved = |bytes: u64| {
        let text = profile(&[(TOTAL, bytes, 2), (LINE, 1_000, 10), (audit_support::STD, 77, 1)]);
        text.replace("lib.rs:10:", "lib.rs:12:")
            .replace("lib.rs:5:", "lib.rs:7:")
            .replace("lib.rs:14:", "lib.rs:16:")
    };
    project.write("heap.json", &moved(4_000));
    project.check(BASELINE).exits_with(0).prints(&["4 as before"]);
    project.write("heap.json", &moved(4_200));
    project.check(BASELINE).exits_with(0);
    project.write("heap.json", &moved(4_201));
    let run = project.check(BASELINE).exits_with(4);
    let run = run
        .prints(&["worse: app::total in src/lib.rs: 4,201 bytes in 2 blocks, was 4,000 bytes in 2 blocks"]);
    assert!(!run.stdout().contains("worse: in all"), "it is within the tolerance\n{}", run.stdout());
    project.write("heap.json", &moved(9_000));
    project
        .check(BASELINE)
        .exits_with(4)
        .prints(&["worse: in all: 10,077 bytes", "worse: src/lib.rs: 10,000 bytes"]);
    project.write("heap.json", &moved(1_000));
    project
        .check(BASELINE)
        .exits_with(0)
        .prints(&["better: app::total in src/lib.rs: 1,000 bytes in 2 blocks, was 4,000", "held"]);
}

#[test]
fn functions_that_are_new_are_said() {
    let project = Project::new();
    project.write("base.json", &profile(&[(TOTAL, 100_000, 2)]));
    project.write("heap.json", &profile(&[(TOTAL, 100_000, 2), (LINE, 50, 1)]));
    let within = BASELINE.replace("\"5%\"", "64");
    let run = project.check(&within).exits_with(0);
    run.prints(&["new: app::Parser::line in src/lib.rs: 50 bytes in 1 block, was 0 bytes"]);
    project.write("heap.json", &profile(&[(TOTAL, 100_000, 2), (LINE, 65, 1)]));
    project.check(&within).exits_with(4).prints(&["worse: in all: 100,065 bytes"]);
}

#[test]
fn baselines_that_are_no_measure_are_not_verified() {
    let project = Project::new();
    let foreign = [(audit_support::STD, 100, 1)];
    for (base, said) in [
        (profile_of("heap", &[(TOTAL, 4_000, 2)]), "their figures are no measure of each other"),
        (profile(&foreign), "the baseline has nothing in the files that were scanned"),
    ] {
        project.write("base.json", &base);
        let grown = project.check(BASELINE);
        let grown = grown.prints(&["not verified: ", said]);
        grown.expect(!grown.stdout().contains("\nheld"), "it is no pass");
    }
    project.write("base.json", &profile_of("heap", &[(TOTAL, 4_000, 2)]));
    project.check(BASELINE).exits_with(6);
    project.check(&BASELINE.replace("base.json", "gone.json")).exits_with(2).prints(&["gone.json"]);
}

#[test]
fn json_has_verdicts_and_changes() {
    let project = Project::new();
    project.write("base.json", &profile(&[(TOTAL, 100, 2), (LINE, 1_000, 10)]));
    project.write(
        "alloc-kit-audit.toml",
        &format!("[[budget]]\nfile = \"src/lib.rs\"\nbytes = 1\n[[budget]]\nfunction = \"never\"\nblocks = 0\n{BASELINE}"),
    );
    let run = project
        .audit(&["check", "--linters", "none", "--profile", "heap.json", "--message-format", "json"])
        .exits_with(4);
    let json: Value = serde_json::from_str(&run.stdout()).expect("JSON");
    assert_eq!((&json["alloc_kit_audit_check"], &json["exit_code"]), (&1.into(), &4.into()));
    let [worse, unknown] = [0, 1].map(|index| &json["budgets"][index]);
    assert_eq!((&worse["verdict"], &worse["over"][0]), (&"worse".into(), &"5,000 bytes of 1".into()));
    assert_eq!((&worse["top"][0]["line"], &worse["top"][0]["cost"]["bytes"]), (&10.into(), &4_000.into()));
    assert_eq!(
        (&unknown["verdict"], &unknown["measured"], &unknown["budget"]["line"]),
        (&"not verified".into(), &Value::Null, &4.into())
    );
    assert_eq!(json["baseline"]["worse"][0]["before"]["bytes"], 1_100);
    assert_eq!(json["baseline"]["tolerance"], "5%");
    let docs = include_str!("../docs/audit-json.md");
    for key in audit_support::keys(&json) {
        assert!(docs.contains(&format!("`{key}`")), "docs/audit-json.md does not say what `{key}` is");
    }
}

/// What a run of something else, or of an older state, did not allocate is no better.
#[test]
fn a_baseline_of_another_run_is_no_pass() {
    let project = Project::new();
    let held = project.read("heap.json");
    project.write("base.json", &held);
    project.check(BASELINE).exits_with(0);

    // Another command. Where the program is does not matter.
    project.write("heap.json", &held.replace("./app", "./target/app --all"));
    project
        .check(BASELINE)
        .exits_with(6)
        .prints(&["the baseline is of the command `app`, and the profile of `app --all`"]);
    project.write("heap.json", &held.replace("./app", "/w/target/app"));
    project.check(BASELINE).exits_with(0);

    // A file that ran no more.
    project.write("src/other.rs", "pub fn copy() -> String {\n    String::from(\"a\")\n}\n");
    let other: audit_support::Frames = &["app::other::copy (src/other.rs:2:5)", "main (main.c:1)"];
    let stacks = |with: bool| {
        let all = [(TOTAL, 4_000, 2), (LINE, 1_000, 10), (other, 500, 5)];
        profile(&all[..if with { 3 } else { 2 }])
    };
    project.write("base.json", &stacks(true));
    project.write("heap.json", &stacks(false));
    let run = project.check(BASELINE).exits_with(6);
    let run =
        run.prints(&["src/other.rs allocated 500 bytes in the baseline, and the profile has no frame in it"]);
    run.expect(!run.stdout().contains("better: src/other.rs"), "it is no better for it");

    // The source that was profiled is another one than that which is there now.
    project.write("base.json", &held);
    project.write("heap.json", &held);
    project.write("captured/heap.json", &held);
    let capture = |text: &str, command: &[&str]| {
        let sum = <sha2::Sha256 as sha2::Digest>::digest(text.as_bytes());
        let sum = sum.iter().fold(String::new(), |sum, byte| sum + &format!("{byte:02x}"));
        let capture = serde_json::json!({
            "alloc_kit_capture": 1, "language": "rust", "tool": "dhat", "tool_version": null, "command": command, "started": 1,
            "failed": null, "limits": [], "commit": null, "dirty": null, "root": project.path(""), "profiles": ["heap.json"],
            "sources": { "src/lib.rs": sum },
        });
        project.write("captured/capture.json", &capture.to_string());
        project.audit(&["check", "--profile", "captured"])
    };
    capture(LIB, &["./app"]).exits_with(0);
    capture("older", &["./app"]).exits_with(6).prints(&[
        "not verified: the profile: the profile is of another state of src/lib.rs: it has changed since the profile was captured",
    ]);
    // Both were captured, and what was asked for is known.
    for file in ["heap.json", "capture.json"] {
        project.write(&format!("base/{file}"), &project.read(&format!("captured/{file}")));
    }
    project.write("alloc-kit-audit.toml", &BASELINE.replace("base.json", "base"));
    capture(LIB, &["./app"]).exits_with(0);
    capture(LIB, &["./app", "less"])
        .exits_with(6)
        .prints(&["the baseline is of the command `./app`, and the profile of `./app less`"]);
}

/// V8's figures are estimates: with no tolerance set they would never be held twice.
#[test]
fn what_is_sampled_has_a_tolerance() {
    let project = Project::new();
    project.write("a.js", "function f(n) {\n  return new Array(n).fill(0);\n}\nf(9);\n");
    let of = |bytes: u64| {
        let url = format!("file://{}", project.path("a.js").display());
        let capture =
            serde_json::json!({ "includesCollected": true, "samplingInterval": 512, "node": "20.0.0" });
        serde_json::json!({ "allocKit": capture, "head": {
            "callFrame": { "functionName": "(root)", "url": "", "lineNumber": -1, "columnNumber": -1 }, "selfSize": 0,
            "children": [{
                "callFrame": { "functionName": "f", "url": url, "lineNumber": 0, "columnNumber": 10 }, "selfSize": bytes,
                "children": [],
            }],
        } })
        .to_string()
    };
    let check = |bytes: u64, tolerance: &str| {
        project.write("base.json", &of(100_000));
        project.write("now.heapprofile", &of(bytes));
        project.write("alloc-kit-audit.toml", &format!("[baseline]\nprofile = \"base.json\"\n{tolerance}"));
        project.audit(&["check", "--profile", "now.heapprofile"])
    };
    let said = "tolerance 2%, as the profiles are sampled and none is set";
    check(102_000, "").exits_with(0).prints(&[said]);
    check(102_001, "").exits_with(4).prints(&[said]);
    check(100_001, "tolerance = 0\n").exits_with(4).prints(&["tolerance 0"]);
}
