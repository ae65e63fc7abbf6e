//! The join over made-up files and profiles: each way to join, and each reason not to.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ast_grep_config::from_str;
use proptest::prelude::*;

use super::*;
use crate::audit::capture::sum;
use crate::audit::finding::{Lines, Span};
use crate::audit::read::ReadAs;
use crate::audit::rules::Rule;
use crate::audit::scan::{Scanner, scan_text};

/// A folder with a package of Rust, `app`.
struct Project {
    folder: tempfile::TempDir,
    walked: Walked,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let project = Self { folder, walked: Walked::default() };
        project.write("Cargo.toml", "[package]\nname = \"app\"\n");
        project
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder"))
            .and_then(|()| fs::write(path, text))
            .expect("written");
    }

    fn file(&mut self, name: &str, text: &str) {
        self.write(name, text);
        let (language, grammar) = Language::of(Path::new(name)).expect("a language");
        let scanned = scan_text(&Scanner::new(|_| false), language, grammar, name, text);
        let (shown, path) = (name.to_owned(), self.path(name));
        self.walked.files.push(File { shown, path, language, read_as: ReadAs::Utf8, scanned });
    }

    /// A finding of a rule at lines of the last file.
    fn finding(&mut self, rule: &'static Rule, first: u32, last: u32) {
        let file = self.walked.files.last_mut().expect("a file");
        let function = symbols::named_at(&file.scanned, first).cloned();
        file.scanned.findings.push(Finding {
            rule,
            file: file.shown.as_str().into(),
            span: Span { line: first, column: 1, end_line: last, end_column: 2 },
            lines: vec![Lines { first, last }],
            builtins: Vec::new(),
            function,
            in_loop: false,
            linters: Vec::new(),
            message: rule.message.clone(),
            fix: rule.fix.clone(),
        });
    }

    fn joined(&self, profile: Profile) -> Audit {
        join(&self.walked, &[Measured { profile, recorded: None }], By::Bytes)
    }
}

fn rule(id: &str, language: &str, way: &str, category: &str) -> &'static Rule {
    let grows = if way == "push-line" { "grows: V" } else { "" };
    let text = format!(
        "{{id: {id}, language: {language}, guide: [], message: {id}, why: w, fix: f, when_not: n, category: {category}, \
         confidence: high, join: {way}, annotation: true, {grows}}}"
    );
    Box::leak(Box::new(from_str(&text).expect("a rule")))
}

/// Points as bytes, blocks, and frames from the innermost on, as `app::f (src/main.rs:2)`.
fn profile(language: Language, points: &[(u64, u64, &[&str])]) -> Profile {
    let mut frames: Vec<&str> = points.iter().flat_map(|(_, _, frames)| *frames).copied().collect();
    frames.sort_unstable();
    frames.dedup();
    let number = |frame: &&str| frames.iter().position(|of| of == frame);
    let points: Vec<serde_json::Value> = points
        .iter()
        .map(|(bytes, blocks, of)| {
            let of: Vec<Option<usize>> = of.iter().map(number).collect();
            serde_json::json!({ "tb": bytes, "tbk": blocks, "fs": of })
        })
        .collect();
    let language = serde_json::to_value(language).expect("a name");
    let own = serde_json::json!({ "origin": "test", "languages": [language] });
    let text = serde_json::json!({ "dhatFileVersion": 2, "mode": "heap", "pps": points, "ftbl": frames, "alloc-kit": own });
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("heap.json");
    fs::write(&path, text.to_string()).expect("written");
    Profile { file: "heap.json".to_owned(), ..crate::audit::profile::read_file(&path).expect("a profile") }
}

fn rust(points: &[(u64, u64, &[&str])]) -> Profile {
    profile(Language::Rust, points)
}

/// `line: 30 bytes`, `zero: ..`, in the order of the report.
fn said(audit: &Audit) -> Vec<String> {
    let of = |entry: &Entry| {
        let id = &entry.finding.rule.id;
        match &entry.status {
            Status::Measured { cost, ambiguous } if ambiguous.is_empty() => {
                format!("{id}: {} bytes", cost.bytes)
            }
            Status::Measured { cost, ambiguous } => {
                format!("{id}: {} bytes, {}", cost.bytes, ambiguous.join(", "))
            }
            Status::Zero => format!("{id}: zero, {}", entry.evidence.join("; ")),
            Status::Hint(why) => format!("{id}: hint, {why}"),
            Status::Stale(why) => format!("{id}: stale, {why}"),
        }
    };
    audit.entries.iter().map(of).collect()
}

fn hot(audit: &Audit) -> Vec<String> {
    audit
        .hot
        .iter()
        .map(|line| format!("{}:{} {} {}", line.file, line.line, line.function, line.cost.bytes))
        .collect()
}

/// Bytes at findings, at other lines, elsewhere.
fn totals(audit: &Audit) -> (u64, u64, u64) {
    let total = &audit.totals[0];
    assert_eq!(total.found.bytes + total.hot.bytes + total.elsewhere.bytes, total.all.bytes);
    (total.found.bytes, total.hot.bytes, total.elsewhere.bytes)
}

const MAIN: &str = "\
fn main() {
    work();
}

fn work() {
    let mut v = Vec::new();
    for i in 0..9 {
        v.push(i.to_string());
    }
    let all = (0..9).map(|i| {
        i.to_string()
    });
}
";

#[test]
fn by_line_of_the_innermost_own_frame() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.finding(rule("line", "rust", "line", "eliminable"), 8, 8);
    project.finding(rule("other", "rust", "line", "eliminable"), 6, 6);
    let main = "app::main (src/main.rs:2:5)";
    let to_string = "<i32 as alloc::string::ToString>::to_string (src/string.rs:8:1)";
    let audit = project.joined(rust(&[
        (30, 3, &[to_string, "app::work (src/main.rs:8:9)", main]),
        (10, 1, &["alloc (alloc/src/alloc.rs:9)", "work (src/main.rs:8)", main]),
        (5, 1, &["app::work::{{closure}} (src/main.rs:11:9)", main]),
        (2, 1, &["std::rt::init (std/src/rt.rs:1:1)"]),
    ]));
    assert_eq!(said(&audit), ["line: 40 bytes", "other: zero, its function allocated, and not here"]);
    assert_eq!(hot(&audit), ["src/main.rs:11 app::work::{{closure}} 5"]);
    assert_eq!(totals(&audit), (40, 5, 2));
    assert!((audit.entries[0].rank - 100.0 * 40.0 / 47.0).abs() < 1e-9);
}

/// The line has a text that the rule is of, and a call of a library.
#[test]
fn what_another_crate_allocates_in_the_line_is_not_the_findings() {
    let text = "fn main() {}\n\nfn show(count: &mut dep::Count) -> String {\n    count.mode().map_or(\"none\".to_owned(), text)\n}\n";
    let mut project = Project::new();
    project.file("src/main.rs", text);
    project.finding(rule("line", "rust", "line", "eliminable"), 4, 4);
    let (show, to_owned) =
        ("app::show (src/main.rs:4:5)", "to_owned<u8> (/rustc/01/library/alloc/src/slice.rs:8)");
    let sort = "alloc::slice::sort (/rustc/01/library/alloc/src/slice.rs:9)";
    let audit = project.joined(rust(&[
        (4, 1, &[to_owned, show]),
        (
            700,
            3,
            &[
                sort,
                "dep::Count<T>::mode (/r/registry/src/dep-1.0.0/src/lib.rs:7:5)",
                "UnknownInlinedFun (/a.rs:1)",
                show,
            ],
        ),
        // Without a name in the line it may be of whatever is called there.
        (50, 1, &[sort, "dep::inner (/r/registry/src/dep-1.0.0/src/lib.rs:9:5)", show]),
        // A copy of another crate's type is what rules look for.
        (6, 1, &["clone (/r/registry/src/dep-1.0.0/src/lib.rs:11:5)", show]),
    ]));
    assert_eq!(said(&audit), ["line: 60 bytes"]);
    assert_eq!(hot(&audit), ["src/main.rs:4 show 700"]);
    assert_eq!(totals(&audit), (60, 700, 0));
}

#[test]
fn what_grows_is_joined_where_it_grows() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.finding(rule("push", "rust", "push-line", "reducible"), 6, 6);
    let lines = &mut project.walked.files[0].scanned.findings[0].lines;
    lines.push(Lines { first: 8, last: 8 });
    let audit = project.joined(rust(&[
        (64, 4, &["app::work (src/main.rs:8:9)"]),
        (7, 1, &["app::work (src/main.rs:10:9)"]),
    ]));
    let unsure = "the profile has no frames that tell what grew from what was put into it";
    assert_eq!(said(&audit), [format!("push: 64 bytes, {unsure}")]);
    assert_eq!(totals(&audit), (64, 7, 0));
}

/// `v.push(format!("{x}"))`, with the frames of a release build.
#[test]
fn what_is_put_in_is_not_what_grew() {
    let text = "fn work(n: u8) -> Vec<String> {\n    let mut v = Vec::new();\n    for i in 0..n {\n        v.push(format!(\"{i}\"));\n    }\n    v\n}\n";
    let mut project = Project::new();
    project.file("src/main.rs", text);
    project.finding(rule("push", "rust", "push-line", "reducible"), 2, 2);
    let lines = &mut project.walked.files[0].scanned.findings[0].lines;
    lines.push(Lines { first: 4, last: 4 });
    let (line, malloc) = ("app::work (src/main.rs:4)", "malloc (in /vgpreload_dhat.so)");
    let std = |function: &str| format!("{function} (/rustc/01/library/alloc/src/x.rs:1)");
    let [grow, push, capacity, format] =
        ["<alloc::raw_vec::RawVec<u8>>::grow_one", "push<u8, Global>", "with_capacity<u8>", "format"]
            .map(std);
    let audit = project.joined(rust(&[
        (98_208, 10, &[malloc, &grow, &push, line]),
        (48_000, 2_000, &[malloc, &capacity, &format, line]),
    ]));
    assert_eq!(said(&audit), ["push: 98208 bytes"]);
    assert_eq!(audit.entries[0].cost().blocks, Some(10));
    assert_eq!(hot(&audit), ["src/main.rs:4 work 48000"]);
    assert_eq!(totals(&audit), (98_208, 48_000, 0));
}

/// The vector is what grows behind `entry`, and the table is what the rule knows.
#[test]
fn a_table_grows_by_itself() {
    let text = "fn work(n: u8) {\n    let mut m = HashMap::new();\n    for i in 0..n {\n        m.entry(i).or_default().push(i);\n    }\n}\n";
    let mut project = Project::new();
    project.file("src/main.rs", text);
    project.finding(rule("insert", "rust", "push-line", "reducible"), 2, 2);
    let lines = &mut project.walked.files[0].scanned.findings[0].lines;
    lines.push(Lines { first: 4, last: 4 });
    let line = "app::work (src/main.rs:4)";
    let audit = project.joined(rust(&[
        (
            4_000,
            7,
            &[
                "hashbrown::raw::RawTable<T,A>::reserve_rehash (/r/hashbrown/src/raw.rs:1)",
                "std::collections::hash::map::HashMap<K,V,S>::entry (/rustc/01/library/std/src/map.rs:1)",
                line,
            ],
        ),
        (
            300,
            9,
            &[
                "alloc::raw_vec::RawVec<T,A>::grow_one (/rustc/01/library/alloc/src/x.rs:1)",
                "alloc::vec::Vec<T,A>::push (/rustc/01/library/alloc/src/x.rs:1)",
                line,
            ],
        ),
    ]));
    assert_eq!(said(&audit), ["insert: 4000 bytes"]);
    assert_eq!(hot(&audit), ["src/main.rs:4 work 300"]);
}

/// `s += str(sum([j for j in x]))`: the list is of one finding, and the text of the other.
#[test]
fn a_comprehension_is_known_by_its_frame() {
    let mut project = Project::new();
    project.file("a.py", "def f(x, s):\n    s += str(sum([j for j in x]))\n    return s\n");
    project.finding(rule("text", "python", "line", "reducible"), 2, 2);
    project.finding(rule("list", "python", "line", "eliminable"), 2, 2);
    let spans = [(5, 34), (14, 33)];
    for (finding, (column, end_column)) in project.walked.files[0].scanned.findings.iter_mut().zip(spans) {
        finding.span = Span { column, end_column, ..finding.span };
    }
    let whole = project.path("a.py").display().to_string();
    let (outer, inner) = (format!("f ({whole}:2)"), format!("<listcomp> ({whole}:2)"));
    let audit = project.joined(profile(Language::Python, &[(700, 9, &[&outer]), (50, 4, &[&inner, &outer])]));
    assert_eq!(said(&audit), ["text: 700 bytes", "list: 50 bytes"]);
    // Later ones have no such frame, and nothing to tell.
    let audit = project.joined(profile(Language::Python, &[(750, 13, &[&outer])]));
    assert!(said(&audit).iter().all(|said| said.contains("the same bytes may be of")), "{:?}", said(&audit));
}

#[test]
fn by_function_every_line_of_it_counts() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.finding(rule("function", "rust", "function", "reducible"), 6, 6);
    let audit = project.joined(rust(&[
        (64, 4, &["app::work (src/main.rs:8:9)"]),
        (7, 1, &["app::work::{{closure}} (src/main.rs:11:9)"]),
        (3, 1, &["app::main (src/main.rs:2:9)"]),
    ]));
    assert_eq!(said(&audit), ["function: 71 bytes"]);
    assert_eq!(hot(&audit), ["src/main.rs:2 main 3"]);
}

fn started(function: &str, file: &str, line: u32, column: u32) -> Frame {
    Frame {
        function: function.to_owned(),
        file: Some(file.to_owned()),
        line: Some(line),
        column: Some(column),
        is_start: true,
    }
}

#[test]
fn a_profile_of_functions_is_joined_by_their_starts() {
    let mut project = Project::new();
    project.file(
        "a b.js",
        "const x = [];\nfunction f(a) {\n  return a.map(g).filter(h);\n}\nconst k = (a) => a.map(g);\n",
    );
    project.finding(rule("in-f", "javascript", "function", "eliminable"), 3, 3);
    project.finding(rule("top", "javascript", "function", "eliminable"), 1, 1);
    let url = format!("file://{}", project.path("a b.js").display()).replace(' ', "%20");
    let frames = vec![
        started("f", &url, 2, 11),
        started("k", &url, 5, 11),
        started("", &url, 1, 1),
        started("made", &url, 4, 1),
        started("readFile", "node:fs", 1, 1),
    ];
    let point = |frame: &[usize], bytes| Point { frames: frame.to_vec(), bytes, ..Point::default() };
    let points = vec![
        point(&[4, 0], 50),
        point(&[0], 5),
        point(&[1, 0], 20),
        point(&[2], 7),
        point(&[3], 2),
        point(&[4], 1),
    ];
    let languages = vec![Language::JavaScript];
    let audit = project.joined(Profile { languages, frames, points, ..Profile::default() });
    let whole = "a profile of functions: the bytes are those of all";
    assert_eq!(
        said(&audit),
        [
            format!("in-f: 55 bytes, {whole} of `f`"),
            format!("top: 7 bytes, {whole} code outside of functions")
        ]
    );
    // One that is in no tree is no finding's, not even of what is outside of functions.
    assert_eq!(hot(&audit), ["a b.js:5 k 20", "a b.js:4 made 2"]);
    assert_eq!(totals(&audit), (62, 22, 1));
}

#[test]
fn a_class_has_what_makes_its_instances() {
    let mut project = Project::new();
    project.file(
        "shapes.py",
        "@final\nclass Point:\n    def __init__(self, x):\n        self.x = x\n    def list(self):\n        return [self.x]\n\n\
         def make():\n    return Point(1)\n\n\
         class Sized:\n    SIZES = [str(i) for i in range(9)]\n    def __init__(self, x: int):\n        self.x: int = x\n        \
         self.all = [x]\n",
    );
    project.finding(rule("slots", "python", "class", "reducible"), 1, 6);
    project.finding(rule("sized", "python", "class", "reducible"), 11, 15);
    project.file("use.py", "from shapes import Point\nall = [Point(i) for i in range(9)]\n");
    project.file("other.py", "from there import MyPoint\nall = [Point(i) for i in range(9)]\n");
    let at = |name: &str, line: u32| format!("<module> ({}:{line})", project.path(name).display());
    let points: Vec<(u64, String)> = vec![
        (1, format!("__init__ ({}:4)", project.path("shapes.py").display())),
        (10, format!("make ({}:9)", project.path("shapes.py").display())),
        (100, at("use.py", 2)),
        (1000, at("other.py", 2)),
        // A method allocates for its own ends, and a class that is made is no instance.
        (10_000, format!("list ({}:6)", project.path("shapes.py").display())),
        (20_000, format!("Point ({}:3)", project.path("shapes.py").display())),
        // What stands in it, or is made to be an attribute, is there with `__slots__` as well.
        (50_000, format!("Sized ({}:12)", project.path("shapes.py").display())),
        (3, format!("__init__ ({}:14)", project.path("shapes.py").display())),
        (40_000, format!("__init__ ({}:15)", project.path("shapes.py").display())),
    ];
    let frames: Vec<[&str; 1]> = points.iter().map(|(_, frame)| [frame.as_str()]).collect();
    let points: Vec<(u64, u64, &[&str])> =
        points.iter().zip(&frames).map(|((bytes, _), frame)| (*bytes, 1, &frame[..])).collect();
    let audit = project.joined(profile(Language::Python, &points));
    assert_eq!(said(&audit), ["slots: 111 bytes", "sized: 3 bytes"]);
    let of_shapes = ["Sized 50000", "__init__ 40000", "Point 20000", "list 10000"];
    assert!(hot(&audit).iter().zip(of_shapes).all(|(line, of)| line.ends_with(of)), "{:?}", hot(&audit));
    assert_eq!(totals(&audit), (114, 121_000, 0));
}

#[test]
fn what_makes_a_function_of_python_does_not_run_it() {
    let mut project = Project::new();
    project.file(
        "a.py",
        "class Parser:\n    def lines(self):\n        return [1]\n    def of(n): return [n]\n    def never(\n        self, known=[]\n    ):\n\
         \x20       def inner():\n            return known\n        return inner()\n",
    );
    let frames = [
        "lines (a.py:3)",
        "Parser (a.py:2)",
        "of (a.py:4)",
        "Parser (a.py:4)",
        "Parser (a.py:5)",
        "Parser (a.py:6)",
        "<module> (a.py:1)",
    ];
    let frames: Vec<[&str; 1]> = frames.iter().map(|frame| [*frame]).collect();
    let points: Vec<(u64, u64, &[&str])> = frames
        .iter()
        .enumerate()
        .map(|(at, frame)| (10_u64.pow(u32::try_from(at).expect("few")), 1, &frame[..]))
        .collect();
    let audit = project.joined(profile(Language::Python, &points));
    let functions: Vec<String> = audit.files[0]
        .functions
        .iter()
        .map(|of| {
            let (within, name) = (of.within.join("."), &of.name);
            format!("{within}.{name} {} {} {:?}", of.own.bytes, of.is_seen, of.doubt)
        })
        .collect();
    assert_eq!(
        functions,
        [
            "Parser.lines 1 true None",
            "Parser.of 100 true None",
            "Parser.never 0 false None",
            "Parser.never.inner 0 false None"
        ]
    );
}

#[test]
fn a_line_of_two_findings_counts_once() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.finding(rule("one", "rust", "line", "eliminable"), 8, 8);
    project.finding(rule("two", "rust", "line", "reducible"), 7, 8);
    let audit = project.joined(rust(&[(30, 3, &["app::work (src/main.rs:8:9)"])]));
    assert_eq!(
        said(&audit),
        [
            "two: 30 bytes, the same bytes may be of src/main.rs:8 [one]",
            "one: 30 bytes, the same bytes may be of src/main.rs:7 [two]"
        ]
    );
    assert_eq!(totals(&audit), (30, 0, 0));
}

#[test]
fn what_no_profile_can_say_is_a_hint() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.finding(rule("time", "rust", "none", "reducible"), 8, 8);
    project.file("src/cold.rs", "fn cold() {\n    Vec::<u8>::new();\n}\n");
    project.finding(rule("cold", "rust", "line", "reducible"), 2, 2);
    project.file("a.py", "x = 1\n");
    project.finding(rule("py", "python", "line", "reducible"), 1, 1);
    let audit = project.joined(rust(&[(30, 3, &["app::work (src/main.rs:8:9)"])]));
    let mut said = said(&audit);
    said.sort();
    assert_eq!(
        said,
        [
            "cold: hint, the profile has nothing of its file: it did not run, or allocated nothing",
            "py: hint, there is no profile of Python",
            "time: hint, no heap profile shows it: it costs time, or memory that is of no line",
        ]
    );
}

#[test]
fn paths_that_only_look_alike_are_none() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.file("src/vec/mod.rs", "pub fn push() {\n    Vec::<u8>::with_capacity(9);\n}\n");
    let project_folder = project.folder.path().file_name().expect("a name").to_string_lossy().into_owned();
    let three = format!("app::work ({project_folder}/src/main.rs:8:9)");
    let audit = project.joined(rust(&[
        // What is joined: a part of the path, the name alone, a folder of another name.
        (1, 1, &[&three]),
        (2, 1, &["app::work (main.rs:8)"]),
        (4, 1, &["app::work (elsewhere/src/main.rs:8:9)"]),
        (8, 1, &["app::work (/gone/elsewhere/src/main.rs:8:9)"]),
        // What is not.
        (16, 1, &["alloc::vec::Vec<app::T>::push (src/vec/mod.rs:2:9)"]),
        (32, 1, &["dependency::work (/gone/registry/dependency-1.0.0/src/main.rs:8:9)"]),
        (64, 1, &["dependency::work (src/main.rs:8:9)"]),
        (128, 1, &["push<u8> (/rustc/59807616e1/library/alloc/src/vec/mod.rs:2)"]),
        (256, 1, &["other (main.rs:8)"]),
        (512, 1, &["??? (main.rs)"]),
    ]));
    assert_eq!(hot(&audit), ["src/main.rs:8 work 15"]);
    assert_eq!(totals(&audit), (0, 15, 16 + 32 + 64 + 128 + 256 + 512));
}

#[test]
fn what_may_be_several_files_is_said_and_of_none() {
    let mut project = Project::new();
    project.file("one/util.py", "def f():\n    return [1]\n");
    project.finding(rule("list", "python", "line", "reducible"), 2, 2);
    project.file("two/util.py", "def f():\n    return [1]\n");
    project.file("three/util.py", "def g():\n    return [1]\n");
    let audit =
        project.joined(profile(Language::Python, &[(30, 3, &["f (util.py:2)"]), (4, 1, &["g (util.py:2)"])]));
    assert_eq!(hot(&audit), ["three/util.py:2 g 4"]);
    assert_eq!(totals(&audit), (0, 4, 30));
    let said = "heap.json has `util.py`, which may be each of one/util.py, two/util.py: 30 bytes in it are given to no line";
    assert!(audit.notes.contains(&Note { kind: "ambiguous", text: said.to_owned() }), "{:?}", audit.notes);
}

#[test]
fn a_profile_of_another_state_is_not_joined() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.finding(rule("line", "rust", "line", "eliminable"), 8, 8);
    let recorded = |text: &str| {
        let root = fs::canonicalize(project.folder.path()).expect("a path");
        let sources = [("src/main.rs".to_owned(), sum(text.as_bytes()))].into();
        Some(Arc::new(Recorded::new(Language::Rust, Vec::new(), 0, root, sources)))
    };
    let of = |frame: &str, recorded| {
        let profile = rust(&[(30, 3, &[frame])]);
        join(&project.walked, &[Measured { profile, recorded }], By::Bytes)
    };
    let fitting = "app::work (src/main.rs:8:9)";
    let audit = of(fitting, recorded("fn main() {}\n"));
    assert_eq!(said(&audit), ["line: stale, it has changed since the profile was captured"]);
    assert_eq!(totals(&audit), (0, 0, 30));
    let note = "src/main.rs: it has changed since the profile was captured; 30 bytes of heap.json in it are given to no line";
    assert_eq!(audit.notes, [Note { kind: "stale", text: note.to_owned() }]);
    assert_eq!(said(&of(fitting, recorded(MAIN))), ["line: 30 bytes"]);
    // The sum is surer than a name: macros make functions that no tree shows.
    assert_eq!(
        said(&of("app::made (src/main.rs:8:9)", recorded(MAIN))),
        ["line: 30 bytes, the profile calls the function there `app::made`"]
    );

    // Without a sum it must be plausible.
    assert_eq!(said(&of(fitting, None)), ["line: 30 bytes"]);
    let beyond = "line: stale, the profile has its line 99, and it has 13 lines";
    assert_eq!(said(&of("app::work (src/main.rs:99:9)", None)), [beyond]);
    let another = "line: stale, the profile has `app::main` at its line 8, where there is another function";
    assert_eq!(said(&of("app::main (src/main.rs:8:9)", None)), [another]);
}

#[test]
fn a_foreign_profile_is_said_to_be_one() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    let audit = project.joined(rust(&[(30, 3, &["other::run (other/src/lib.rs:8:9)"])]));
    assert_eq!(audit.notes.iter().map(|note| note.kind).collect::<Vec<_>>(), ["foreign"]);
    assert_eq!(totals(&audit), (0, 0, 30));
    let audit = project.joined(rust(&[]));
    assert_eq!(audit.notes.iter().map(|note| note.kind).collect::<Vec<_>>(), ["foreign"]);
}

#[test]
fn ranked_by_what_is_asked_for() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.finding(rule("large", "rust", "line", "eliminable"), 6, 6);
    project.finding(rule("many", "rust", "line", "eliminable"), 8, 8);
    let ranked = |by| {
        let profile =
            rust(&[(30, 1, &["app::work (src/main.rs:6:9)"]), (10, 9, &["app::work (src/main.rs:8:9)"])]);
        let audit = join(&project.walked, &[Measured { profile, recorded: None }], by);
        audit
            .entries
            .iter()
            .map(|entry| (entry.finding.rule.id.clone(), entry.rank.round()))
            .collect::<Vec<_>>()
    };
    assert_eq!(ranked(By::Bytes), [("large".to_owned(), 75.0), ("many".to_owned(), 25.0)]);
    assert_eq!(ranked(By::Blocks), [("many".to_owned(), 90.0), ("large".to_owned(), 10.0)]);
}

#[test]
fn an_annotation_has_a_number_that_was_measured() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.finding(rule("line", "rust", "line", "eliminable"), 6, 6);
    let main = "app::main (src/main.rs:2:5)";
    let proposal = |points: &[(u64, u64, &[&str])]| {
        let audit = project.joined(rust(points));
        let proposal = audit.entries[0].proposal.clone().expect("a proposal");
        assert_eq!((proposal.function.name.as_str(), proposal.line), ("work", 5));
        proposal.annotation
    };
    let at = |line: u32| format!("app::work (src/main.rs:{line}:9)");
    let (once, looped, closure) = (at(6), at(8), "app::work::{{closure}} (src/main.rs:11:9)");
    let callee = "app::helper (src/gone.rs:1:1)";
    assert_eq!(proposal(&[(10, 5, &[&once, main]), (90, 45, &[&looped, main])]), "#[alloc_budget(10)]");
    // What it calls is of its budget, too.
    assert_eq!(
        proposal(&[(10, 5, &[&once, main]), (90, 10, &[callee, &looped, main])]),
        "#[alloc_budget(3)]"
    );
    assert_eq!(proposal(&[(10, 5, &[&once, main])]), "#[no_alloc]");
    assert_eq!(proposal(&[(10, 5, &[&once, main]), (9, 1, &[closure, main])]), "#[alloc_budget(..)]");
    // A mean of calls that differ is no budget: some have more.
    assert_eq!(
        proposal(&[
            (10, 5, &[&once, main]),
            (90, 43, &[&looped, main]),
            (9, 2, &["app::helper (src/gone.rs:1:1)", &looped, main])
        ]),
        "#[alloc_budget(..)]"
    );
    // Growing is nothing that each call does once.
    let grown = "alloc::raw_vec::RawVec<T,A>::grow_one (src/raw_vec/mod.rs:1)";
    assert_eq!(
        proposal(&[(10, 5, &[grown, &once, main]), (90, 45, &[&looped, main])]),
        "#[alloc_budget(..)]"
    );
}

/// As `each` of a program that was called 100 times, 10 of them with what is behind the `if`.
#[test]
fn what_is_in_a_branch_does_not_count_calls() {
    let text = "fn each(names: &[String], deep: bool) -> usize {\n    let mut total = 0;\n    if deep {\n        total += names.concat().len();\n    }\n    match total {\n        0 => total += names.concat().len(),\n        _ => {}\n    }\n    for n in names {\n        total += n.clone().len();\n    }\n    total\n}\n";
    let mut project = Project::new();
    project.file("src/main.rs", text);
    project.finding(rule("clone", "rust", "line", "reducible"), 11, 11);
    for line in [4, 7] {
        let once = format!("app::each (src/main.rs:{line}:18)");
        let audit =
            project.joined(rust(&[(100, 10, &[&once]), (9_000, 1_000, &["app::each (src/main.rs:11:18)"])]));
        let proposal = audit.entries[0].proposal.clone().expect("a proposal");
        assert_eq!(proposal.annotation, "#[alloc_budget(..)]", "{}", proposal.why);
    }
}

#[test]
fn an_annotation_is_of_the_function_of_its_finding() {
    let mut project = Project::new();
    project.file(
        "src/main.rs",
        "struct P; impl P { fn new() -> P { P } fn go(&self, n: u8) { n.to_string(); } }\n",
    );
    project.finding(rule("line", "rust", "line", "reducible"), 1, 1);
    project.walked.files[0].scanned.findings[0].span.column = 62;
    let audit = project.joined(rust(&[(30, 3, &["app::P::go (src/main.rs:1:62)"])]));
    let proposal = audit.entries[0].proposal.clone().expect("a proposal");
    assert_eq!(proposal.function.name, "go");
}

const FRAMES: [&str; 6] = [
    "app::work (src/main.rs:8:9)",
    "app::work::{{closure}} (src/main.rs:11:9)",
    "app::main (src/main.rs:2:9)",
    "app::work (src/main.rs:99:9)",
    "alloc::alloc (alloc/src/alloc.rs:8:9)",
    "malloc (in /usr/lib/libc.so)",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_or_counted_twice(points in prop::collection::vec((0_u64..1000, 0_u64..10, prop::collection::vec(0_usize..6, 0..4)), 0..20)) {
        let mut project = Project::new();
        project.file("src/main.rs", MAIN);
        project.finding(rule("one", "rust", "line", "eliminable"), 8, 8);
        project.finding(rule("two", "rust", "function", "reducible"), 8, 8);
        project.finding(rule("three", "rust", "line", "reducible"), 2, 2);
        let stacks: Vec<Vec<&str>> = points.iter().map(|(_, _, frames)| frames.iter().map(|frame| FRAMES[*frame]).collect()).collect();
        let made: Vec<(u64, u64, &[&str])> = points.iter().zip(&stacks).map(|((bytes, blocks, _), stack)| (*bytes, *blocks, &stack[..])).collect();
        let audit = project.joined(rust(&made));
        let all: u64 = points.iter().map(|(bytes, _, _)| bytes).sum();
        let blocks: u64 = points.iter().map(|(_, blocks, _)| blocks).sum();
        let (found, hot, elsewhere) = totals(&audit);
        prop_assert_eq!(found + hot + elsewhere, all);
        let total = &audit.totals[0];
        prop_assert_eq!(Cost::sum([total.found, total.hot, total.elsewhere]).blocks, Some(blocks));
        prop_assert_eq!(audit.hot.iter().map(|line| line.cost.bytes).sum::<u64>(), hot);
        prop_assert!(audit.entries.iter().all(|entry| entry.cost().bytes <= found && (0.0..=100.0).contains(&entry.rank)));
    }
}

/// Built before a source was changed, and run after: the sums are those of the changed one.
#[test]
fn what_was_built_of_another_state_is_stale() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.finding(rule("line", "rust", "line", "eliminable"), 8, 8);
    let root = fs::canonicalize(project.folder.path()).expect("a path");
    let sources = [("src/main.rs".to_owned(), sum(MAIN.as_bytes()))].into();
    let mut recorded = Recorded::new(Language::Rust, Vec::new(), 0, root, sources);
    let of = |frame: &str, recorded: &Recorded| {
        let profile = rust(&[(30, 3, &[frame])]);
        join(&project.walked, &[Measured { profile, recorded: Some(Arc::new(recorded.clone())) }], By::Bytes)
    };
    let fitting = "app::work (src/main.rs:8:9)";
    assert_eq!(said(&of(fitting, &recorded)), ["line: 30 bytes"]);
    recorded.changed.insert("src/main.rs".to_owned());
    let audit = of(fitting, &recorded);
    let why = "it had changed since what ran was built: build it, and capture anew";
    assert_eq!(said(&audit), [format!("line: stale, {why}")]);
    assert_eq!(totals(&audit), (0, 0, 30));
    // Whatever else was built of it, this has not run.
    assert!(!said(&of("other::f (src/other.rs:8:9)", &recorded))[0].contains("stale"));
}

#[test]
fn what_a_map_says_is_another_source_is_stale() {
    let mut project = Project::new();
    project.file("a.js", "function f(a) {\n  return a.map(g).filter(h);\n}\n");
    project.finding(rule("in-f", "javascript", "function", "eliminable"), 2, 2);
    let url = project.path("a.js").to_string_lossy().into_owned();
    let frames = vec![started("f", &url, 1, 11)];
    let points = vec![Point { frames: vec![0], bytes: 50, ..Point::default() }];
    let differing = [(url, "it is not what out.js was made of".to_owned())].into();
    let languages = vec![Language::JavaScript];
    let audit = project.joined(Profile { languages, differing, frames, points, ..Profile::default() });
    assert_eq!(said(&audit), ["in-f: stale, it is not what out.js was made of"]);
    assert_eq!(totals(&audit), (0, 0, 50));
}

/// All of a fresh checkout is newer than a profile that was kept: it is said, once, and joined all the same.
#[test]
fn sources_that_are_newer_than_a_profile_are_a_doubt() {
    let mut project = Project::new();
    project.file("src/main.rs", MAIN);
    project.finding(rule("line", "rust", "line", "eliminable"), 8, 8);
    let time = fs::metadata(project.path("src/main.rs")).expect("it").modified().expect("a time");
    let of = |written| {
        let profile = rust(&[(30, 3, &["app::work (src/main.rs:8:9)"])]);
        project.joined(Profile { written: Some(written), ..profile })
    };
    let second = std::time::Duration::from_secs(1);
    assert_eq!(of(time + second).notes, []);
    let audit = of(time - second);
    let text =
        "heap.json: src/main.rs is newer than what was profiled: if it was changed since, its lines are off";
    assert_eq!(audit.notes, [Note { kind: "stale", text: text.to_owned() }]);
    assert_eq!(said(&audit), ["line: 30 bytes"]);
}

#[test]
fn lines_that_load_modules_are_marked() {
    let mut project = Project::new();
    project.file("a.py", "import json\nfrom os import path\nrows = [0] * 9\n");
    let frame = |line: u32| Frame {
        function: "<module>".to_owned(),
        file: Some(project.path("a.py").to_string_lossy().into_owned()),
        line: Some(line),
        ..Frame::default()
    };
    let frames = vec![frame(1), frame(2), frame(3)];
    let points = [30, 20, 10].into_iter().zip(0..);
    let points = points.map(|(bytes, at)| Point { frames: vec![at], bytes, ..Point::default() }).collect();
    let languages = vec![Language::Python];
    let audit = project.joined(Profile { languages, frames, points, ..Profile::default() });
    let is_import = |line: &HotLine| line.evidence.iter().any(|said| said.starts_with("an import"));
    assert_eq!(audit.hot.iter().map(is_import).collect::<Vec<_>>(), [true, true, false]);
}
