//! `cargo alloc-kit report` as `JUnit`'s XML, read by a parser.

mod report_support;

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use report_support::{HOSTILE, Shop, hostile};

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
