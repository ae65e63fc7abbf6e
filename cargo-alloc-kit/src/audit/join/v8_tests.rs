//! The join with V8's profiles, which know where functions start and no more: positions are those that node 20 gave for the source.

use std::fs;
use std::path::Path;

use super::*;
use crate::audit::read::ReadAs;
use crate::audit::scan::{Scanner, scan_text};

const SOURCE: &str = "\
const top = [1, 2].map((x) => [x]); class A {
  list = [1].map((x) => x + 1).filter((x) => x > 1);
  arrow = () => [1].filter((x) => x).map((x) => x);
  static first() { return [4].filter((x) => x).map((x) => x); }
  static table = [2].map((x) => x).filter((x) => x);
  static { this.more = [3].map((x) => x).filter((x) => x); }
}
class Derived extends A { more = [1].map((x) => [x]).filter((x) => x); }
function wrap() { const text = '\u{1f600}\u{1f600}'; use(function () { return [1].map((x) => x).filter((x) => x); }, (x) => [x].filter(text).map(Boolean).filter(Number)); }
function local() { class L { f = [1].map((x) => x).filter((x) => x); } return [5].filter((x) => x).map((x) => new L(x)); }
[6].filter((x) => x).map((x) => x);
";

/// A function of a profile: its name, line and column from 1, and what it and the builtins that it calls allocated.
type Of<'a> = (&'a str, u32, u32, &'a [(&'a str, u64)]);

/// The audit of a file; what has no builtin's name is the function's own.
fn audit(source: &str, rules: &'static [&str], functions: &[Of<'_>]) -> Audit {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.js");
    fs::write(&path, source).expect("written");
    let (language, grammar) = Language::of(Path::new("a.js")).expect("a language");
    let scanner = Scanner::new(|rule| rules.contains(&rule.id.as_str()));
    let found = scan_text(&scanner, language, grammar, "a.js", source);
    let file = File {
        shown: "a.js".to_owned(),
        path: path.clone(),
        language,
        read_as: ReadAs::Utf8,
        scanned: found,
    };
    let walked = Walked { files: vec![file], ..Walked::default() };
    let node = |name: &str, url: &str, line: i64, column: i64, bytes: u64, children: serde_json::Value| {
        let call = serde_json::json!({ "functionName": name, "url": url, "lineNumber": line, "columnNumber": column });
        serde_json::json!({ "callFrame": call, "selfSize": bytes, "children": children })
    };
    let url = format!("file://{}", path.display());
    let of = |(name, line, column, allocated): &Of<'_>| {
        let own: u64 = allocated.iter().filter(|(by, _)| by.is_empty()).map(|(_, bytes)| bytes).sum();
        // They have no place.
        let builtins = allocated.iter().filter(|(by, _)| !by.is_empty());
        let builtins: Vec<serde_json::Value> =
            builtins.map(|(by, bytes)| node(by, "", -1, -1, *bytes, serde_json::json!([]))).collect();
        node(name, &url, i64::from(*line) - 1, i64::from(*column) - 1, own, builtins.into())
    };
    let head = node("(root)", "", -1, -1, 0, functions.iter().map(of).collect::<Vec<_>>().into());
    let profile = folder.path().join("a.heapprofile");
    // As `audit capture` writes it: of what was freed as well.
    let capture = serde_json::json!({ "includesCollected": true, "samplingInterval": 1 });
    let text = serde_json::json!({ "head": head, "allocKit": capture }).to_string();
    fs::write(&profile, text).expect("written");
    let profile = crate::audit::profile::read_file(&profile).expect("a profile");
    join(&walked, &[Measured { profile, recorded: None }], By::Bytes)
}

/// Functions with what they allocated by `filter`.
fn joined(frames: &[(&str, u32, u32, u64)]) -> (Vec<String>, Vec<String>, Audit) {
    let allocated: Vec<[(&str, u64); 1]> = frames.iter().map(|frame| [("filter", frame.3)]).collect();
    let functions = frames.iter().zip(&allocated);
    let functions: Vec<Of<'_>> =
        functions.map(|((name, line, column, _), by)| (*name, *line, *column, &by[..])).collect();
    let audit = audit(SOURCE, &["js-array-chain"], &functions);
    let said = |entry: &Entry| {
        let place = format!("{}:{}", entry.finding.span.line, entry.finding.span.column);
        match &entry.status {
            Status::Measured { cost, ambiguous } => format!("{place} {} {}", cost.bytes, ambiguous.len() - 1),
            other => format!("{place} {other:?}"),
        }
    };
    let hot = |line: &HotLine| format!("{} {} {}", line.line, line.function, line.cost.bytes);
    (audit.entries.iter().map(said).collect(), audit.hot.iter().map(hot).collect(), audit)
}

#[test]
fn each_function_has_the_findings_of_its_own_place() {
    let (found, hot, _) = joined(&[
        ("", 1, 1, 10_000),
        ("<instance_members_initializer>", 1, 37, 9_000),
        ("A", 1, 37, 8_500),
        ("arrow", 3, 11, 8_000),
        ("first", 4, 15, 7_000),
        ("<static_initializer>", 5, 3, 6_000),
        ("<instance_members_initializer>", 8, 1, 5_000),
        ("Derived", 8, 1, 4_500),
        // In units of UTF-16: two more than characters.
        ("", 9, 53, 4_000),
        ("", 9, 104, 3_000),
        ("<instance_members_initializer>", 10, 20, 2_000),
        ("local", 10, 15, 1_000),
    ]);
    assert_eq!(
        found,
        [
            "11:1 10000 0",
            "2:10 9000 0",
            "3:17 8000 0",
            "4:27 7000 0",
            "5:18 6000 1",
            "6:24 6000 1",
            "8:34 5000 0",
            "9:63 4000 0",
            "9:109 3000 0",
            "10:34 2000 0",
            "10:79 1000 0",
        ]
    );
    // Constructors that nobody wrote are of no finding, and no function's.
    assert_eq!(hot, ["1 A 8500", "8 Derived 4500"]);
}

/// A script's own code is not that of a function in its first line, whatever judges it.
#[test]
fn what_no_function_allocates_is_no_functions() {
    let (_, _, audit) = joined(&[("", 1, 1, 10_000), ("local", 10, 15, 500)]);
    let [file] = &audit.files[..] else { panic!("one file") };
    let own: u64 = file.functions.iter().map(|function| function.own.bytes).sum();
    assert_eq!(own, 500);
    let seen: Vec<&str> = file
        .functions
        .iter()
        .filter(|function| function.is_seen)
        .map(|function| function.name.as_str())
        .collect();
    assert_eq!(seen, ["local"]);
}

#[test]
fn several_findings_of_one_function_are_said_to_share_it() {
    let (found, hot, _) = joined(&[("<static_initializer>", 5, 3, 6_000)]);
    assert_eq!(found[..2], ["5:18 6000 1", "6:24 6000 1"]);
    assert!(found[2..].iter().all(|said| said.ends_with("Zero")), "{found:?}");
    assert_eq!(hot, [""; 0]);
}

const LOOP: &str = "\
function whole(rows) {
  const small = [1, 2, 3].map((x) => x + 1).filter((x) => x > 1);
  for (const row of rows) small.push({ row, of: [row] });
  return { ...small, first: rows.filter((row) => row)[0] };
}
";

/// Findings with what they have, and what is not certain.
fn said(audit: &Audit) -> Vec<String> {
    let said = |entry: &Entry| match &entry.status {
        Status::Measured { cost, ambiguous } => {
            format!("{} {}: {}", entry.finding.rule.id, cost.bytes, ambiguous.join("; "))
        }
        other => format!("{} {other:?}: {}", entry.finding.rule.id, entry.evidence.join("; ")),
    };
    audit.entries.iter().map(said).collect()
}

#[test]
fn what_builtins_allocate_is_of_the_findings_that_call_them() {
    let allocated = [("", 90_000), ("map", 300), ("filter", 200), ("push", 5_000)];
    let audit = audit(LOOP, &["js-array-chain"], &[("whole", 1, 15, &allocated)]);
    assert_eq!(
        said(&audit),
        [
            "js-array-chain 500: a profile of functions: the bytes are those of each `map` and `filter` that its function calls, at \
             least: of the 90,000 bytes that V8 gives to the function itself some may be of it, too"
        ]
    );
    assert_eq!(
        audit.entries[0].finding.message,
        "`.map(..).filter(..)` makes an array that only the next step reads"
    );
    let hot: Vec<u64> = audit.hot.iter().map(|line| line.cost.bytes).collect();
    assert_eq!(hot, [95_000]);
}

#[test]
fn a_builtin_that_two_findings_call_is_of_both() {
    let rules = &["js-array-chain", "js-filter-for-one"];
    let audit = audit(LOOP, rules, &[("whole", 1, 15, &[("map", 300), ("filter", 200)])]);
    assert_eq!(
        said(&audit),
        [
            "js-array-chain 500: the same bytes may be of a.js:4 [js-filter-for-one]; a profile of functions: the bytes are those of each `map` and `filter` that its function calls",
            "js-filter-for-one 200: the same bytes may be of a.js:2 [js-array-chain]; a profile of functions: the bytes are those of each `filter` that its function calls"
        ]
    );
}

/// V8 may have put a builtin into the function that calls it.
#[test]
fn a_builtin_that_is_not_seen_may_be_the_functions_own() {
    let audit = audit(LOOP, &["js-filter-for-one"], &[("whole", 1, 15, &[("", 90_000), ("push", 10)])]);
    let [said] = &said(&audit)[..] else { panic!("one finding") };
    assert!(
        said.ends_with("of the 90,000 bytes that V8 gives to the function itself some may be of it"),
        "{said}"
    );
}

#[test]
fn what_no_builtin_allocates_has_all_of_its_function_and_says_so() {
    let source = "function f(all, xs) { for (const x of xs) { all = [...all, x]; } return all; }";
    let allocated = [("", 90_000), ("next", 10)];
    let audit = audit(source, &["js-spread-in-loop"], &[("f", 1, 11, &allocated)]);
    assert_eq!(
        said(&audit),
        ["js-spread-in-loop 90010: a profile of functions: the bytes are those of all of `f`"]
    );
}

/// The first line may start with a function; what the script does outside of it is not its own.
#[test]
fn a_scripts_own_code_is_not_the_function_that_it_starts_with() {
    let source =
        "function small(xs) { return xs.map((x) => x).filter((x) => x); }\nsmall(Array.from(rows));\n";
    let frames = [("", 1, 1, &[("map", 43_000), ("from", 500)][..]), ("small", 1, 15, &[("map", 7)][..])];
    let audit = audit(source, &["js-array-chain"], &frames);
    assert!(said(&audit)[0].starts_with("js-array-chain 7: "));
    let own: Vec<(&str, u64)> =
        audit.files[0].functions.iter().map(|of| (of.name.as_str(), of.inclusive.bytes)).collect();
    assert_eq!(own.iter().find(|of| of.0 == "small"), Some(&("small", 7)));
    let [hot] = &audit.hot[..] else { panic!("one place") };
    assert_eq!((hot.function.as_str(), hot.cost.bytes), ("(top level)", 43_500));
}
