//! What must not compile does not, for the reason that it should have: each file of misuse/ is a program with one mistake.
//!
//! - The line that the compiler has to point at ends with `//~ E0597`, or with several codes. Nothing else may be an error.
//! - Without the mistake the program must compile, or who knows what the error was about: the marked lines are taken out, or
//!   stand as what follows `fix:` there: `let text = lend(); //~ E0505 fix: let text = lend().clone();`
//! - The text of an error is the compiler's, and is not looked at. For our own there is ui/.
//!
//! Run with: `cargo test -p alloc-kit-tests --test misuse`. All of them are built at once, as programs of one package.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use serde_json::Value;
use support::{Project, workspace};

/// Where an error is, and its code.
type Errors = BTreeSet<(usize, String)>;

const FIXED: &str = "_fixed";

#[test]
fn misuse_does_not_compile() {
    let mut files = BTreeMap::new();
    for file in fs::read_dir(workspace().join("tests/misuse")).expect("the folder misuse") {
        let path = file.expect("a file").path();
        let name = path.file_stem().expect("a name").to_str().expect("a name in UTF-8").to_owned();
        files.insert(name, fs::read_to_string(&path).expect("a program"));
    }
    let wrong = differences(&files);
    assert!(wrong.is_empty(), "{} programs:\n{wrong}", files.len());
}

/// Of the test itself: each way in which a file can be wrong is seen.
#[test]
fn a_wrong_file_is_seen() {
    let program = |lines: &str| format!("//! A program.\n\nfn main() {{\n{lines}\n}}\n");
    let files = [
        ("compiles", program("    let _ = 1; //~ E0308")),
        ("unmarked", program("    let _: u8 = \"\";")),
        ("another_code", program("    let _: u8 = \"\"; //~ E0277")),
        ("another_line", program("    let _ = 1; //~ E0308\n    let _: u8 = \"\";")),
        ("one_more", program("    let _: u8 = \"\"; //~ E0308\n    let _: u8 = missing;")),
        ("not_fixed", program("    let number: u8 = \"\"; //~ E0308\n    drop(number);")),
        (
            "fixed_wrongly",
            program("    let number: u8 = \"\"; //~ E0308 fix: let number: u8 = 'x';\n    drop(number);"),
        ),
        (
            "right",
            program("    let number: u8 = \"\"; //~ E0308 fix: let number = 1;\n    assert_eq!(number, 1);"),
        ),
        ("right_by_leaving_out", program("    let _: u8 = \"\"; //~ E0308")),
    ];
    let wrong = differences(&files.map(|(name, program)| (name.to_owned(), program)).into());
    let mut expected = [
        "another_code: should be an error, and is none: line 4 E0277",
        "another_code: should be none, and is an error: line 4 E0308",
        "another_line: does not compile without the mistake: line 5 E0308",
        "another_line: should be an error, and is none: line 4 E0308",
        "another_line: should be none, and is an error: line 5 E0308",
        "compiles: should be an error, and is none: line 4 E0308",
        "fixed_wrongly: does not compile without the mistake: line 4 E0308",
        "not_fixed: does not compile without the mistake: line 5 E0425",
        "one_more: does not compile without the mistake: line 5 E0425",
        "one_more: should be none, and is an error: line 5 E0425",
        "unmarked: should be none, and is an error: line 4 E0308",
        "unmarked: no line is marked",
    ];
    let mut wrong: Vec<&str> = wrong.lines().collect();
    wrong.sort_unstable();
    expected.sort_unstable();
    assert_eq!(wrong, expected);
}

/// What is not as the programs say, a line each.
fn differences(files: &BTreeMap<String, String>) -> String {
    let found = build(files);
    let none = Errors::new();
    let mut wrong = String::new();
    for (name, text) in files {
        let mut say = |what: &str, errors: &mut dyn Iterator<Item = &(usize, String)>| {
            errors.for_each(|(line, code)| writeln!(wrong, "{name}: {what}: line {line} {code}").unwrap());
        };
        let (expected, found_here) = (expected(text), found.get(name).unwrap_or(&none));
        say("should be an error, and is none", &mut expected.difference(found_here));
        say("should be none, and is an error", &mut found_here.difference(&expected));
        let fixed = found.get(&(name.clone() + FIXED)).unwrap_or(&none);
        // One that is not marked stays as it is.
        say("does not compile without the mistake", &mut fixed.iter().filter(|_| !expected.is_empty()));
        if expected.is_empty() {
            writeln!(wrong, "{name}: no line is marked").unwrap();
        }
    }
    wrong
}

/// The marks of a program.
fn expected(text: &str) -> Errors {
    let mut errors = Errors::new();
    for (line, text) in (1..).zip(text.lines()) {
        let marks = text.split_once("//~").map(|(_, marks)| marks.split("fix:").next().unwrap_or_default());
        errors.extend(marks.into_iter().flat_map(str::split_whitespace).map(|code| (line, code.to_owned())));
    }
    errors
}

/// The program without its mistake, line by line.
fn fixed(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once("//~") {
        Some((_, marks)) => marks.split_once("fix:").map_or("", |(_, fix)| fix),
        None => line,
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Builds all of them; the errors by the name of the program.
///
/// One package at a time, since cargo builds all to the same place.
fn build(files: &BTreeMap<String, String>) -> BTreeMap<String, Errors> {
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);

    let package = Project::copy_of("misuse");
    fs::create_dir_all(package.path("src/bin")).expect("a folder");
    for (name, text) in files {
        package.write(&format!("src/bin/{name}.rs"), text);
        package.write(&format!("src/bin/{name}{FIXED}.rs"), &fixed(text));
    }
    // Some errors are only found where code is generated, so `check` is not enough.
    let build = package.cargo(&["build", "--bins", "--keep-going", "--message-format=json"]);
    let mut found: BTreeMap<String, Errors> = BTreeMap::new();
    let mut artifacts = BTreeSet::new();
    // The code of an error that has no line in the program: for whom it is one comes as a message of its own.
    let mut elsewhere = BTreeMap::new();
    for line in build.stdout().lines() {
        let message: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        let name = message["target"]["name"].as_str().unwrap_or_default();
        let message = match message["reason"].as_str() {
            Some("compiler-message") => &message["message"],
            Some("compiler-artifact") => {
                artifacts.insert(name.to_owned());
                continue;
            }
            _ => continue,
        };
        let code = match message["level"].as_str() {
            // The sum of errors at the end has no place.
            Some("error") if message["spans"] != Value::Array(Vec::new()) => {
                Some(message["code"]["code"].as_str().unwrap_or("without a code").to_owned())
            }
            Some("note") => elsewhere.remove(name),
            _ => None,
        };
        let Some(code) = code else { continue };
        if let Some(line) = line_of(message, name) {
            found.entry(name.to_owned()).or_default().insert((line, code));
        } else {
            elsewhere.insert(name.to_owned(), code);
        }
    }
    for name in files.keys().flat_map(|name| [name.clone(), name.clone() + FIXED]) {
        if !artifacts.contains(&name) && !found.contains_key(&name) {
            let code =
                elsewhere.remove(&name).unwrap_or_else(|| panic!("{name} was not built\n{}", build.stderr()));
            found.insert(name, Errors::from([(0, code)]));
        }
    }
    found
}

/// Where a message stands in the program, by itself or by one of its notes.
fn line_of(message: &Value, program: &str) -> Option<usize> {
    let file = format!("src/bin/{program}.rs");
    let notes = message["children"].as_array().into_iter().flatten();
    let all = [message].into_iter().chain(notes);
    let mut spans = all.flat_map(|message| message["spans"].as_array().into_iter().flatten());
    spans.find_map(|span| (span["is_primary"] == true).then(|| line_in(span, &file)).flatten())
}

/// Where a span lies in the file, or the macro call that it comes from.
fn line_in(span: &Value, file: &str) -> Option<usize> {
    if span["file_name"].as_str().is_some_and(|name| name.replace('\\', "/") == file) {
        return span["line_start"].as_u64().map(|line| usize::try_from(line).expect("a line"));
    }
    Some(&span["expansion"]["span"]).filter(|span| span.is_object()).and_then(|span| line_in(span, file))
}
