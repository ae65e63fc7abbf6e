//! `cargo alloc-kit report` as Markdown, annotations of GitHub, and `JUnit`: what each reader takes for its own is escaped, and what
//! does not fit is counted.

mod report_support;

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use report_support::{HOSTILE, Shop, breach, broken, budget, hostile, lines};
use serde_json::json;

#[test]
fn markdown() {
    let shop = Shop::new();
    let text = shop.shown(&["--format", "markdown", "--before", "before.jsonl"]);
    for part in [
        "### alloc-kit: 4 of 14 budgets are broken; 2 were not verified, 2 were never exercised\n",
        "<details open><summary>Broken: 4</summary>\n\n| platform | function | budget |",
        "| `x86_64-linux-gnu, dev` | `shop::total`<br>`src/lib.rs:3` | `2` | 12 | -10 | 8 | `src/lib.rs:6:20` |\n",
        "**Against the run before:** 2 worse, 2 new,",
        "| ▲ worse | `shop::total`<br>`src/lib.rs:3` | `2` | allocations 2 → 12 | held → broken |\n",
        "- `` `total` made 12 heap allocations (768 bytes); its budget is 2 ``, in `checkout::pays`\n",
        "    - `serde_json::ser::to_string` at `serde_json-1.0.140/src/ser.rs:2210:13`\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_balanced(&text);
}

/// Nothing from a file is a tag, a cell or a line of its own.
#[test]
fn markdown_escapes() {
    let shop = Shop::new();
    shop.write("hostile.jsonl", &hostile());
    let arguments = ["hostile.jsonl", "--format", "markdown", "--before", "records.jsonl"];
    let text = shop.report(&arguments).succeeds().stdout();
    assert_balanced(&text);
    let columns = |row: &str| row.replace("\\|", "").matches('|').count();
    let mut head = None;
    for line in text.lines() {
        if line.starts_with('|') {
            assert_eq!(columns(line), *head.get_or_insert(columns(line)), "{line}");
        } else {
            head = None;
        }
        // Of what is in code spans nothing is left, and all that is from a file is.
        let outside = without_code(line);
        assert!(!outside.contains("script") && !outside.contains("img"), "{line}\n{outside}");
    }
    assert!(text.contains("<script>alert('x')</script>"), "{text}");
}

/// A comment on GitHub takes 65,536 characters.
#[test]
fn markdown_fits_a_comment() {
    let shop = Shop::new();
    shop.write("many.jsonl", &broken(1..=3000));
    let text = shop.report(&["many.jsonl", "--format", "markdown"]).succeeds().stdout();
    assert!(text.len() < 65_536 && text.len() > 60_000, "{}", text.len());
    assert_balanced(&text);
    // The worst are there, and the rest is counted.
    assert!(text.contains("`app::f3000`") && !text.contains("`app::f1`"), "{text}");
    let shown = text.matches("<br>`src/lib.rs:").count();
    assert!(text.contains(&format!("\n{} more are not shown.\n", grouped(3000 - shown))), "{shown}\n{text}");
    assert!(text.ends_with("`cargo alloc-kit report` shows all of it.\n"));
    let few = shop.shown(&["--format", "markdown"]);
    assert!(!few.contains("not shown") && !few.contains("Cut to"), "{few}");
}

#[test]
fn github() {
    let shop = Shop::new();
    let text = shop.shown(&["--format", "github"]);
    let expected = "\
::error file=src/lib.rs,line=6,col=20,title=alloc-kit%3A budget broken::`total` made 13 heap allocations (832 bytes); its budget is 2 (the worst of 2 breaches)%0Abudget of: src/lib.rs:3%0Ahelp: write into one `String` [aarch64-macos, dev]
::error file=src/lib.rs,line=6,col=20,title=alloc-kit%3A budget broken::`total` made 12 heap allocations (768 bytes); its budget is 2 (the worst of 2 breaches)%0Abudget of: src/lib.rs:3%0Ahelp: write into one `String` [x86_64-linux-gnu, dev]
::error file=tests/checkout.rs,line=22,col=5,title=alloc-kit%3A budget broken::`checkout::assert_no_alloc!` is over its budget: allocations 1 of 0 [aarch64-macos, dev; x86_64-linux-gnu, dev]
::warning file=src/cart.rs,line=70,col=1,title=alloc-kit%3A budget not verified::no call of `shop::cart::load` could be judged: no call came after the warm-up [aarch64-macos, dev; x86_64-linux-gnu, dev]
::warning file=src/cart.rs,line=61,col=1,title=alloc-kit%3A budget never exercised::no test called `shop::cart::clear`, so its budget was not shown to hold [aarch64-macos, dev; x86_64-linux-gnu, dev]
4 of 14 budgets are broken; 2 were not verified, 2 were never exercised
";
    assert_eq!(text, expected);
}

/// The workspace need not be the repository.
#[test]
fn github_paths_are_of_the_repository() {
    let shop = Shop::new();
    for file in ["Cargo.toml", "src/lib.rs", "records.jsonl"] {
        shop.write(&format!("crates/inner/{file}"), &shop.read(file));
    }
    let manifest = ["records.jsonl", "--format", "github", "--manifest-path", "crates/inner/Cargo.toml"];
    let text = shop.report(&manifest).succeeds().stdout();
    assert!(text.starts_with("::error file=crates/inner/src/lib.rs,line=6,col=20,"), "{text}");
    assert!(text.contains("::warning file=crates/inner/src/cart.rs,line=61,"), "{text}");
}

/// A record cannot say anything to the runner.
#[test]
fn github_escapes() {
    let shop = Shop::new();
    shop.write("hostile.jsonl", &hostile());
    let text = shop.report(&["hostile.jsonl", "--format", "github"]).succeeds().stdout();
    let commands: Vec<&str> =
        text.lines().filter(|line| line.contains("::error") || line.contains("::warning")).collect();
    assert_eq!(commands.len(), 2, "{text}");
    assert!(
        commands[0]
            .starts_with("::error file=src/<img src=x onerror=alert(1)>%2Ca%3Ab%25.rs,line=3,col=4,title="),
        "{text}"
    );
    assert!(
        commands[1].starts_with("::warning file=src/<img") && commands[1].contains("%0A::warning::injected"),
        "{text}"
    );
    assert!(!text.contains('\r'));
    // Those that are no annotations neither.
    let hostile: Vec<_> = (0..30)
        .flat_map(|id| {
            let path = format!("::error::f{id}\n##[error]f{id}");
            [
                budget(id, &path, "src/lib.rs", 1),
                breach(id, &path, "src/lib.rs", &format!("::error::m{id}\n"), &json!([])),
            ]
        })
        .collect();
    shop.write("many.jsonl", &lines(&hostile));
    let text = shop.report(&["many.jsonl", "--format", "github"]).succeeds().stdout();
    for line in text.lines().filter(|line| !line.starts_with("::error file=")) {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line}");
    }
}

/// GitHub shows ten of a step: the worst, and how many more there are.
#[test]
fn github_shows_ten() {
    let shop = Shop::new();
    for (count, annotations) in [(10, 10), (11, 10), (25, 10)] {
        shop.write("many.jsonl", &broken(1..=count));
        let text = shop.report(&["many.jsonl", "--format", "github"]).succeeds().stdout();
        let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("::error ")).collect();
        assert_eq!(errors.len(), annotations, "{text}");
        assert!(errors[0].contains(&format!("`app::f{count}`")), "{text}");
        let more = count - 9;
        let said = text.contains(&format!("::{more} more broken budgets, "));
        assert_eq!(said, count > 10, "{text}");
        // Nothing is lost: the others are in the log.
        for number in 1..=count {
            assert!(text.contains(&format!("`app::f{number}`")), "{number}\n{text}");
        }
    }
}

#[derive(Debug, Default)]
struct Suite {
    attributes: BTreeMap<String, String>,
    cases: Vec<Case>,
}

#[derive(Debug, Default)]
struct Case {
    attributes: BTreeMap<String, String>,
    /// `failure`, `error` or `skipped`, with its attributes and text.
    outcome: Option<(String, BTreeMap<String, String>, String)>,
}

#[test]
fn junit() {
    let shop = Shop::new();
    let (all, suites) = junit_of(&shop.shown(&["--format", "junit"]));
    assert_counts(&all, &suites.iter().flat_map(|suite| &suite.cases).collect::<Vec<_>>());
    let names: Vec<&str> = suites.iter().map(|suite| suite.attributes["name"].as_str()).collect();
    let expected = [
        "checkout (aarch64-macos, dev)",
        "shop (aarch64-macos, dev)",
        "checkout (x86_64-linux-gnu, dev)",
        "shop (x86_64-linux-gnu, dev)",
    ];
    assert_eq!(names, expected);
    for suite in &suites {
        assert_counts(&suite.attributes, &suite.cases.iter().collect::<Vec<_>>());
    }
    let case = |name: &str| {
        let mut cases = suites[3].cases.iter();
        cases
            .find(|case| case.attributes["name"].starts_with(name))
            .unwrap_or_else(|| panic!("{name}: {suites:?}"))
    };
    assert!(case("shop::cart::add (src/cart.rs:50:1)").outcome.is_none());
    let outcome = |name| case(name).outcome.as_ref().unwrap_or_else(|| panic!("{name}"));
    let (failure, attributes, text) = outcome("shop::total");
    assert_eq!((failure.as_str(), attributes["type"].as_str()), ("failure", "broken"));
    assert_eq!(attributes["message"], "`total` made 12 heap allocations (768 bytes); its budget is 2");
    assert!(
        text.contains("allocations: used 12 of 2, left -10\n") && text.contains("--> src/lib.rs:6:20\n"),
        "{text}"
    );
    assert_eq!(outcome("shop::cart::clear").0, "skipped");
    let (error, attributes, _) = outcome("shop::cart::load");
    assert_eq!(
        (error.as_str(), attributes["message"].as_str()),
        ("error", "not verified: no call came after the warm-up")
    );
}

/// What the configuration lets pass passes, and what it denies fails.
#[test]
fn junit_by_the_configuration() {
    let shop = Shop::new();
    let manifest = shop.read("Cargo.toml");
    let metadata =
        "[workspace.metadata.alloc-kit]\nallow = [\"not-verified\"]\ndeny = [\"never-exercised\"]\n";
    shop.write("Cargo.toml", &format!("{manifest}{metadata}"));
    let (all, _) = junit_of(&shop.shown(&["--format", "junit"]));
    let counts = ["failures", "errors", "skipped"].map(|name| all[name].as_str());
    assert_eq!(counts, ["6", "0", "2"]);
}

#[test]
fn junit_escapes() {
    let shop = Shop::new();
    shop.write("hostile.jsonl", &hostile());
    let text = shop.report(&["hostile.jsonl", "--format", "junit"]).succeeds().stdout();
    let is_xml =
        |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(is_xml), "{text:?}");
    let (_, suites) = junit_of(&text);
    let name = &suites[0].cases[0].attributes["name"];
    let cleaned = HOSTILE.replace(['\u{1b}', '\u{202e}', '\0'], "\u{fffd}");
    assert!(name.starts_with(&cleaned), "{name:?}");
}

/// Reads it by a parser that knows XML, and takes nothing that `JUnit` does not have.
fn junit_of(text: &str) -> (BTreeMap<String, String>, Vec<Suite>) {
    let (mut all, mut suites, mut path) = (BTreeMap::new(), Vec::<Suite>::new(), Vec::new());
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error}\n{text}"));
        let last = |suites: &mut Vec<Suite>| suites.last_mut().expect("a suite").cases.pop().expect("a case");
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                let attributes = attributes(start);
                match (path.join("/").as_str(), name.as_str()) {
                    ("", "testsuites") => all = attributes,
                    ("testsuites", "testsuite") => suites.push(Suite { attributes, cases: Vec::new() }),
                    ("testsuites/testsuite", "testcase") => {
                        suites.last_mut().expect("a suite").cases.push(Case { attributes, outcome: None });
                    }
                    ("testsuites/testsuite/testcase", "failure" | "error" | "skipped") => {
                        let mut case = last(&mut suites);
                        case.outcome = Some((name.clone(), attributes, String::new()));
                        suites.last_mut().expect("a suite").cases.push(case);
                    }
                    (path, name) => panic!("<{name}> in {path}\n{text}"),
                }
                if matches!(event, Event::Start(_)) {
                    path.push(name);
                }
            }
            Event::End(_) => drop(path.pop()),
            Event::Eof => break,
            Event::Decl(_) => {}
            Event::Text(part) if path.len() < 4 => {
                assert!(part.iter().all(u8::is_ascii_whitespace), "{part:?}");
            }
            Event::Text(part) => {
                let mut case = last(&mut suites);
                case.outcome.as_mut().expect("an outcome").2.push_str(&String::from_utf8_lossy(&part));
                suites.last_mut().expect("a suite").cases.push(case);
            }
            // `&gt;` and others.
            Event::GeneralRef(part) => {
                let mut case = last(&mut suites);
                let known = quick_xml::escape::resolve_predefined_entity(&String::from_utf8_lossy(&part))
                    .expect("XML's own");
                case.outcome.as_mut().expect("an outcome").2.push_str(known);
                suites.last_mut().expect("a suite").cases.push(case);
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(path.is_empty(), "{path:?}");
    (all, suites)
}

fn attributes(start: &BytesStart<'_>) -> BTreeMap<String, String> {
    let of = |attribute: quick_xml::events::attributes::Attribute<'_>| {
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).expect("an attribute").into_owned();
        (String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value)
    };
    start.attributes().map(|attribute| of(attribute.expect("an attribute"))).collect()
}

fn assert_counts(attributes: &BTreeMap<String, String>, cases: &[&Case]) {
    let count = |name: &str| {
        let has = |case: &&&Case| case.outcome.as_ref().is_some_and(|(outcome, ..)| outcome == name);
        cases.iter().filter(has).count().to_string()
    };
    let expected = [cases.len().to_string(), count("failure"), count("error"), count("skipped")];
    assert_eq!(["tests", "failures", "errors", "skipped"].map(|name| attributes[name].clone()), expected);
}

#[track_caller]
fn assert_balanced(text: &str) {
    let (opened, closed) = (text.matches("\n<details").count(), text.matches("\n</details>").count());
    assert_eq!(opened, closed, "{text}");
    assert!(opened > 0, "{text}");
}

/// The line without its code spans.
fn without_code(line: &str) -> String {
    let mut rest = line;
    let mut outside = String::new();
    while let Some(at) = rest.find('`') {
        outside.push_str(&rest[..at]);
        let ticks = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let inside = &rest[at + ticks..];
        // The next run of as many.
        let mut from = 0;
        let end = loop {
            let start = from + inside[from..].find('`').unwrap_or_else(|| panic!("an open span: {line}"));
            let run = inside[start..].len() - inside[start..].trim_start_matches('`').len();
            if run == ticks {
                break start + run;
            }
            from = start + run;
        };
        rest = &inside[end..];
    }
    outside + rest
}

fn grouped(count: usize) -> String {
    if count < 1000 { count.to_string() } else { format!("{},{:03}", count / 1000, count % 1000) }
}
