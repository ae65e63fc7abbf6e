//! What is saved, compared and kept, of platforms that are made up.

use std::path::Path;

use super::compare::{Changes, Kind, compare};
use super::file::{Saved, parse};
use super::save::updated;
use super::scope::Scope;
use crate::made_up;
use crate::record::{Figures, Site};
use crate::shard::Budget;
use crate::view::Platform;

/// A budget that used so many allocations and ten times the bytes; none if it was not called.
fn budget(path: &str, type_path: Option<&str>, place: (&str, u32), used: Option<i64>) -> Budget {
    let mut most = Figures::new();
    if let Some(used) = used {
        most.insert("allocations".to_owned(), used);
        most.insert("bytes".to_owned(), used * 10);
    }
    Budget {
        site: Site {
            path: path.to_owned(),
            file: place.0.to_owned(),
            line: place.1,
            column: 1,
            form: "fn".to_owned(),
            budget: [("allocations".to_owned(), "100".to_owned())].into(),
            scope: "thread".to_owned(),
        },
        nth: 1,
        type_path: type_path.map(str::to_owned),
        seen: made_up::seen(most),
    }
}

/// A free function of `src/lib.rs`.
fn function(name: &str, line: u32, used: i64) -> Budget {
    let path = format!("app::{name}");
    budget(&path, Some(&path), ("src/lib.rs", line), Some(used))
}

fn platform(budgets: Vec<Budget>) -> Platform {
    made_up::platform("dev", budgets)
}

fn read(text: &str) -> Saved {
    parse(text, Path::new("alloc-kit.toml")).unwrap_or_else(|failure| panic!("{failure}\n{text}"))
}

/// The text after a run saw the budgets.
fn save_to(text: Option<&str>, budgets: Vec<Budget>, scope: &Scope) -> String {
    let saved = text.map(read).unwrap_or_default();
    updated(text, &saved, &[platform(budgets)], scope).unwrap_or_else(|error| panic!("{error}"))
}

fn save(budgets: Vec<Budget>) -> String {
    save_to(None, budgets, &Scope::all())
}

fn compared(text: &str, budgets: Vec<Budget>, scope: &Scope) -> Changes {
    compare(&read(text), &platform(budgets), scope)
}

/// `worse app::f`, for each change.
fn words(changes: &Changes) -> Vec<String> {
    let word = |kind| match kind {
        Kind::Worse => "worse",
        Kind::Better => "better",
        Kind::Renamed => "renamed",
        Kind::New => "new",
        Kind::Gone => "gone",
        Kind::NeverExercised => "never",
        Kind::NotVerified => "unverified",
        Kind::NotCompared => "uncompared",
    };
    changes.changes.iter().map(|change| format!("{} {}", word(change.kind), change.name)).collect()
}

fn said(text: &str, budgets: Vec<Budget>) -> Vec<String> {
    words(&compared(text, budgets, &Scope::all()))
}

/// The lines of functions.
fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with('"')).collect()
}

#[test]
fn is_sorted_and_has_a_line_a_function() {
    let text = save(vec![
        function("zeta", 1, 3),
        function("alpha", 50, 0),
        function("twice", 40, 2),
        function("twice", 30, 1),
        budget("app::grow", Some("app::Parser<T>::grow"), ("src\\parse.rs", 4), Some(12)),
        budget("app::never", None, ("src/lib.rs", 9), None),
        budget("other::of", Some("other::of"), ("/elsewhere/src/lib.rs", 9), Some(1)),
        budget("other::of", Some("other::of"), ("C:\\elsewhere\\src\\lib.rs", 9), Some(1)),
        budget("rust_out::f", Some("rust_out::f"), ("src/lib.rs", 9), Some(1)),
    ]);
    assert_eq!(
        lines(&text),
        [
            r#""app::Parser::grow" = { allocations = 12, bytes = 120, file = "src/parse.rs" }"#,
            r#""app::alpha" = { allocations = 0, bytes = 0, file = "src/lib.rs" }"#,
            r#""app::twice" = { allocations = 1, bytes = 10, file = "src/lib.rs" }"#,
            r#""app::twice#2" = { allocations = 2, bytes = 20, file = "src/lib.rs" }"#,
            r#""app::zeta" = { allocations = 3, bytes = 30, file = "src/lib.rs" }"#,
        ]
    );
    assert!(text.starts_with("# What functions"), "{text}");
    assert!(text.contains("\nversion = 1\nbytes-tolerance = \"0\"\n\n[t.dev]\n\"app::Parser"), "{text}");
}

#[test]
fn says_what_changed() {
    let text = save(vec![
        function("same", 1, 5),
        function("worse", 2, 5),
        function("better", 3, 5),
        function("gone", 4, 1),
        function("old_name", 5, 77),
        budget("app::called", Some("app::T::called"), ("src/lib.rs", 6), Some(3)),
    ]);
    let now = || {
        vec![
            function("same", 11, 5),
            function("worse", 12, 6),
            function("better", 13, 4),
            function("new", 14, 9),
            function("new_name", 15, 77),
            budget("app::called", None, ("src/lib.rs", 16), None),
        ]
    };
    let changes = compared(&text, now(), &Scope::all());
    assert_eq!(
        words(&changes),
        [
            "worse app::worse",
            "better app::better",
            "renamed app::new_name",
            "new app::new",
            "gone app::gone",
            "never app::T::called"
        ]
    );
    assert_eq!((changes.is_saved, changes.compared), (true, 3));
    let worse = &changes.changes[0];
    assert_eq!((worse.line, worse.file.as_str()), (Some(12), "src/lib.rs"));
    let figure = worse.figures["allocations"];
    assert_eq!((figure.before, figure.after), (Some(5), Some(6)));
    assert_eq!(changes.changes[2].was.as_deref(), Some("app::old_name"));

    // Where not everything was run, only what got worse or came is sure.
    let changes = compared(&text, now(), &Scope::all().cut_short());
    assert_eq!(words(&changes), ["worse app::worse", "new app::new", "new app::new_name"]);

    // Saved, all is as it is now; what was not called stays.
    let saved = save_to(Some(&text), now(), &Scope::all());
    assert_eq!(said(&saved, now()), ["never app::T::called"]);
    assert!(saved.contains("\"app::T::called\" = { allocations = 3") && !saved.contains("gone"), "{saved}");
    // By a run that was not whole what uses more does, and nothing goes.
    let saved = save_to(Some(&text), now(), &Scope::all().cut_short());
    assert!(saved.contains("\"app::worse\" = { allocations = 6"), "{saved}");
    for kept in ["\"app::better\" = { allocations = 5", "app::gone", "app::old_name", "app::new\""] {
        assert!(saved.contains(kept), "{kept}: {saved}");
    }
}

#[test]
fn a_platform_without_a_section_is_not_compared() {
    let text = save(vec![function("f", 1, 1)]);
    let mut other = platform(vec![function("f", 1, 50)]);
    other.profile = "release".to_owned();
    let changes = compare(&read(&text), &other, &Scope::all());
    assert_eq!((changes.is_saved, changes.compared, changes.changes.len()), (false, 0, 0));
    // Saved, it is beside the other, whose lines stay.
    let saved = updated(Some(&text), &read(&text), &[other], &Scope::all()).expect("TOML");
    assert!(saved.starts_with(&text), "{saved}");
    assert!(saved.contains("\n[t.release]\n\"app::f\" = { allocations = 50"), "{saved}");
}

#[test]
fn several_of_one_name_are_told_apart_by_what_they_use() {
    let text = save(vec![function("f", 10, 1), function("f", 20, 2), function("f", 30, 3)]);
    // One in front of them, between them, or one less: the others are what they were.
    let more = |line, used| {
        vec![function("f", 10, 1), function("f", 20, 2), function("f", 30, 3), function("f", line, used)]
    };
    for line in [5, 15, 35] {
        assert_eq!(said(&text, more(line, 9)), ["new app::f"]);
        let saved = save_to(Some(&text), more(line, 9), &Scope::all());
        assert_eq!(said(&saved, more(line, 9)), [] as [&str; 0]);
        assert_eq!(lines(&saved).len(), 4);
    }
    assert_eq!(said(&text, vec![function("f", 10, 1), function("f", 30, 3)]), ["gone app::f#2"]);
    // One that got worse is none that went and another that came.
    let now = vec![function("f", 5, 0), function("f", 10, 1), function("f", 20, 7), function("f", 30, 3)];
    assert!(said(&text, now).contains(&"worse app::f".to_owned()));
    let now = vec![function("f", 10, 1), function("f", 30, 4)];
    assert!(said(&text, now).contains(&"worse app::f".to_owned()));
    // The same name in another file is another function.
    let elsewhere = |used| budget("app::f", Some("app::f"), ("tests/a.rs", 1), Some(used));
    let text = save(vec![function("f", 10, 1), elsewhere(50)]);
    assert_eq!(said(&text, vec![function("f", 10, 1), elsewhere(51)]), ["worse app::f"]);
    assert_eq!(said(&text, vec![function("f", 10, 1)]), ["gone app::f#2"]);
    assert_eq!(said(&text, vec![elsewhere(50), function("f", 10, 2)]), ["worse app::f"]);
}

#[test]
fn a_method_of_a_trait_is_one_whoever_called_it_first() {
    let by = |who: &str, used| {
        budget("app::d", Some(&format!("<app::{who} as app::D>::d")), ("src/lib.rs", 1), Some(used))
    };
    let text = save(vec![by("A", 3)]);
    assert_eq!(said(&text, vec![by("B", 3)]), [] as [&str; 0]);
    let changes = compared(&text, vec![by("B", 4)], &Scope::all());
    assert_eq!(words(&changes), ["worse app::B::d"]);
    assert_eq!(changes.changes[0].was.as_deref(), Some("app::A::d"));
    let saved = save_to(Some(&text), vec![by("B", 4)], &Scope::all());
    assert_eq!(lines(&saved), [r#""app::B::d" = { allocations = 4, bytes = 40, file = "src/lib.rs" }"#]);
}

#[test]
fn a_name_is_the_same_function_only_if_one_is() {
    // Two that went and two that came, all alike: nobody knows which is which.
    let text = save(vec![function("a", 1, 0), function("b", 2, 0)]);
    let now = vec![function("c", 1, 0), function("d", 2, 0)];
    assert_eq!(said(&text, now), ["new app::c", "new app::d", "gone app::a", "gone app::b"]);
    // Other figures, another function.
    let text = save(vec![function("a", 1, 5)]);
    assert_eq!(said(&text, vec![function("c", 1, 6)]), ["new app::c", "gone app::a"]);
}

#[test]
fn bytes_have_a_tolerance_and_counts_have_none() {
    let bytes = |bytes: i64| {
        let mut budget = function("f", 1, 10);
        budget.seen.most.insert("bytes".to_owned(), bytes);
        budget
    };
    let text = save(vec![bytes(1_000)]);
    for (tolerance, worst) in [("0", 1_000), ("64", 1_064), ("2%", 1_020), ("0.25%", 1_002), ("100%", 2_000)]
    {
        let text = text.replace("bytes-tolerance = \"0\"", &format!("bytes-tolerance = \"{tolerance}\""));
        assert_eq!(said(&text, vec![bytes(worst)]), [] as [&str; 0], "{tolerance}");
        assert_eq!(said(&text, vec![bytes(worst + 1)]), ["worse app::f"], "{tolerance}");
        // What is the same is not written, either: else it could grow a little each time.
        assert_eq!(save_to(Some(&text), vec![bytes(worst)], &Scope::all()), text);
        let line = text.replace("file =", "bytes-tolerance = 5_000, file =");
        assert_eq!(said(&line, vec![bytes(6_000)]), [] as [&str; 0]);
        assert_eq!(said(&line, vec![bytes(6_001)]), ["worse app::f"]);
    }
    let text = text.replace("bytes-tolerance = \"0\"", "bytes-tolerance = \"100%\"");
    assert_eq!(said(&text, vec![function("f", 1, 11)])[0], "worse app::f");
    // More of one, less of another.
    assert_eq!(
        said(&text.replace("bytes = 1000", "bytes = 10_000"), vec![function("f", 1, 11)]),
        ["worse app::f"]
    );
}

#[test]
fn what_is_written_by_hand_stays() {
    let text = save(vec![function("f", 1, 1), function("g", 2, 2), function("h", 3, 3)]);
    let edited = text
        .replace("\"app::g\" =", "# The hot one.\n  \"app::g\"   =")
        .replace("bytes = 20, file = \"src/lib.rs\" }", "file = \"src/lib.rs\" } # no bytes: they vary")
        .replace("[t.dev]", "# On a laptop.\n[t.dev]");
    assert_ne!(edited, text);
    let now = vec![function("aa", 9, 7), function("f", 1, 1), function("g", 2, 5), function("h", 3, 3)];
    let saved = save_to(Some(&edited), now, &Scope::all());
    let expected = edited.replace("allocations = 2", "allocations = 5").replace(
        "[t.dev]\n",
        "[t.dev]\n\"app::aa\" = { allocations = 7, bytes = 70, file = \"src/lib.rs\" }\n",
    );
    assert_eq!(saved, expected);

    let windows = text.replace('\n', "\r\n");
    let saved = save_to(Some(&windows), vec![function("f", 1, 2)], &Scope::all().cut_short());
    assert_eq!(saved, windows.replacen("allocations = 1, bytes = 10", "allocations = 2, bytes = 20", 1));
    // A function with a section of its own is one, too.
    let own = "version = 1\n[t.dev.\"app::f\"]\nallocations = 1 # few\nfile = \"src/lib.rs\"\n";
    assert_eq!(said(own, vec![function("f", 1, 2)]), ["worse app::f"]);
    let saved = save_to(Some(own), vec![function("f", 1, 2)], &Scope::all());
    assert_eq!(saved, own.replace("= 1 # few", "= 2 # few"));
}

#[test]
fn says_what_is_wrong_and_where() {
    let line = "\"app::f\" = { allocations = 1, file = \"src/lib.rs\" }";
    let section = |lines: &str| format!("version = 1\n[t.dev]\n{lines}\n");
    for (text, expected) in [
        (String::new(), "alloc-kit.toml: has no `version`"),
        ("version = 2\n".to_owned(), "alloc-kit.toml:1: is of version 2, and this `cargo alloc-kit` knows 1"),
        ("version = \"1\"\n".to_owned(), "alloc-kit.toml:1: `version` is string, not a number"),
        (
            "version = 1\nversoin = 2\n".to_owned(),
            "alloc-kit.toml:2: unknown key `versoin`; accepted: `version`",
        ),
        ("version = 1\nbytes-tolerance = \"2 %%\"\n".to_owned(), "alloc-kit.toml:2: `bytes-tolerance` is no"),
        ("version = 1\nbytes-tolerance = \"101%\"\n".to_owned(), "alloc-kit.toml:2: `bytes-tolerance` is no"),
        ("version = 1\nbytes-tolerance = -1\n".to_owned(), "alloc-kit.toml:2: `bytes-tolerance` is no"),
        (
            "version = 1\n[t]\ndev = 3\n".to_owned(),
            "alloc-kit.toml:3: `dev` of `t` is integer, not a section",
        ),
        (section("\"app::f\" = 3"), "alloc-kit.toml:3: `app::f` is integer, not `{ allocations"),
        (
            section(&line.replace("allocations", "alocations")),
            "alloc-kit.toml:3: unknown key `alocations` of",
        ),
        (
            section(&line.replace("= 1", "= \"1\"")),
            "alloc-kit.toml:3: `allocations` of `app::f` is string, not",
        ),
        (section(&line.replace("= 1", "= 1.5")), "alloc-kit.toml:3: `allocations` of `app::f` is float, not"),
        (section(&line.replace("= 1", "= -1")), "alloc-kit.toml:3: `allocations` of `app::f` is negative"),
        (
            section(&line.replace("file", "line")),
            "alloc-kit.toml:3: unknown key `line` of `app::f`; accepted:",
        ),
        (section("\"app::f\" = { allocations = 1 }"), "alloc-kit.toml:3: `app::f` has no `file`"),
        (section("\"app::f\" = { file = \"src/lib.rs\" }"), "alloc-kit.toml:3: `app::f` has no figures"),
        (section(&format!("{line}\n{line}")), "alloc-kit.toml:4: duplicate key"),
        (section(&line.replace(" }", "")), "alloc-kit.toml:3: "),
        ("{\"version\": 1}".to_owned(), "alloc-kit.toml:1: "),
        (
            section(&format!("<<<<<<< ours\n{line}\n=======\n{line}\n>>>>>>> theirs")),
            "alloc-kit.toml:3: a merge conflict that is not resolved",
        ),
    ] {
        let failure = parse(&text, Path::new("alloc-kit.toml")).expect_err(&text);
        assert!(failure.message.starts_with(expected), "{expected:?}, and not {:?}", failure.message);
        assert!(!failure.message.contains('\n') && failure.help.is_some(), "{failure:?}");
        assert_eq!(failure.exit, crate::exit::Exit::Unusable);
    }
    // What was kept may be negative.
    read(&section(&line.replace("allocations = 1", "live_bytes = -1")));
}

#[path = "alike_tests.rs"]
mod alike;
