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

/// What each function allocated, by name, line and column from 1.
fn joined(frames: &[(&str, u32, u32, u64)]) -> (Vec<String>, Vec<String>, Audit) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.js");
    fs::write(&path, SOURCE).expect("written");
    let (language, grammar) = Language::of(Path::new("a.js")).expect("a language");
    let scanner = Scanner::new(|rule| rule.id == "js-array-chain");
    let found = scan_text(&scanner, language, grammar, "a.js", SOURCE);
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
    let of = |(name, line, column, bytes): &(&str, u32, u32, u64)| {
        // All of it by a builtin that it calls, which has no place.
        let builtin = node("filter", "", -1, -1, *bytes, serde_json::json!([]));
        let url = format!("file://{}", path.display());
        node(name, &url, i64::from(*line) - 1, i64::from(*column) - 1, 0, serde_json::json!([builtin]))
    };
    let children: Vec<serde_json::Value> = frames.iter().map(of).collect();
    let head = node("(root)", "", -1, -1, 0, children.into());
    let profile = folder.path().join("a.heapprofile");
    fs::write(&profile, serde_json::json!({ "head": head }).to_string()).expect("written");
    let profile = crate::audit::profile::read_file(&profile).expect("a profile");
    let audit = join(&walked, &[Measured { profile, recorded: None }], By::Bytes);
    let said = |entry: &Entry| {
        let place = format!("{}:{}", entry.finding.span.line, entry.finding.span.column);
        match &entry.status {
            Status::Measured { cost, ambiguous } => {
                assert!(ambiguous.iter().any(|why| why.contains("as a whole, and no lines")));
                format!("{place} {} {}", cost.bytes, ambiguous.len() - 1)
            }
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
