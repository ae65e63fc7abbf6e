//! Functions of one name, functions that nobody judged, and more of them than anybody reads.

use std::collections::BTreeMap;

use super::super::compare::{Function, functions};
use super::super::file::Entry;
use super::*;
use crate::record::Verdict;

/// `impl P<u8> { fn go }`, say.
fn go(of: &str, line: u32, used: i64) -> Budget {
    budget("app::go", Some(&format!("app::P<{of}>::go")), ("src/lib.rs", line), Some(used))
}

/// The same that was not called: its type is not known.
fn idle(line: u32) -> Budget {
    budget("app::go", None, ("src/lib.rs", line), None)
}

const NONE: [&str; 0] = [];

#[test]
fn types_tell_methods_of_one_name_apart() {
    let text = save(vec![go("u8", 10, 1), go("u16", 20, 2)]);
    assert_eq!(
        lines(&text),
        [
            r#""app::P<u16>::go" = { allocations = 2, bytes = 20, file = "src/lib.rs" }"#,
            r#""app::P<u8>::go" = { allocations = 1, bytes = 10, file = "src/lib.rs" }"#,
        ]
    );
    assert_eq!(said(&text, vec![go("u8", 11, 1), go("u16", 21, 2)]), NONE);
    assert_eq!(said(&text, vec![go("u16", 10, 2), go("u8", 20, 2)]), ["worse app::P<u8>::go"]);
    let now = || vec![go("u8", 10, 2), idle(20)];
    assert_eq!(said(&text, now()), ["worse app::P<u8>::go", "never app::P<u16>::go"]);
    assert_eq!(words(&compared(&text, now(), &Scope::all().cut_short())), ["worse app::P<u8>::go"]);
    // The one that is there keeps the name, and the other one its line.
    let saved = save_to(Some(&text), now(), &Scope::all());
    assert_eq!(saved, text.replacen("allocations = 1, bytes = 10", "allocations = 2, bytes = 20", 1));
    assert_eq!(said(&text, vec![go("u16", 20, 2)]), ["gone app::P<u8>::go"]);
    // Another type is another function.
    let now = vec![go("u8", 10, 1), go("u32", 15, 1), idle(20)];
    assert_eq!(said(&text, now), ["new app::P<u32>::go", "never app::P<u16>::go"]);

    // So do traits.
    let of = |name: &str, line, used| {
        let path = format!("<app::P as app::{name}>::go");
        budget("app::go", Some(&path), ("src/lib.rs", line), Some(used))
    };
    let text = save(vec![of("A", 10, 1), of("B", 20, 2)]);
    assert!(lines(&text)[0].starts_with("\"<app::P as app::A>::go\" ="), "{text}");
    assert_eq!(said(&text, vec![of("A", 10, 2), idle(20)])[0], "worse <app::P as app::A>::go");
}

#[test]
fn what_cannot_be_told_apart_is_never_passed() {
    // As it was written before types were.
    let both = save(vec![go("u8", 10, 1), go("u16", 20, 2)]);
    let text = both.replace(
        "app::P<u16>::go\" = { allocations = 2, bytes = 20",
        "app::P::go\" = { allocations = 1, bytes = 10",
    );
    let text = text.replace(
        "app::P<u8>::go\" = { allocations = 1, bytes = 10",
        "app::P::go#2\" = { allocations = 2, bytes = 20",
    );
    for (used, expected) in [(1, &[][..]), (2, &["uncompared app::P::go"]), (3, &["worse app::P::go"])] {
        let now = || vec![go("u8", 10, used), idle(20)];
        let changes = compared(&text, now(), &Scope::all());
        assert_eq!(words(&changes), expected, "{used}");
        assert_eq!(changes.compared, usize::from(used != 2));
        // Nor is it so if the other one is in no program that was run.
        assert_eq!(words(&compared(&text, vec![go("u8", 10, used)], &Scope::all().cut_short())), expected);
        // Nothing is lowered, and nothing is lost.
        let saved = save_to(Some(&text), now(), &Scope::all());
        let key = |line: &str| line.split(" = ").next().map(str::to_owned);
        let keys = |text: &str| lines(text).into_iter().map(key).collect::<Vec<_>>();
        if used < 3 {
            assert_eq!(saved, text);
        } else {
            assert_eq!(keys(&saved).len(), 2, "{saved}");
            assert!(saved.contains("allocations = 3") && saved.contains("allocations = 1"), "{saved}");
            assert_eq!(said(&saved, now()), ["uncompared app::P::go"]);
        }
    }
    // Both are called: in their order, and from then on by their types.
    let now = || vec![go("u8", 10, 2), go("u16", 20, 2)];
    assert_eq!(said(&text, now()), ["worse app::P<u8>::go"]);
    let saved = save_to(Some(&text), now(), &Scope::all());
    assert_eq!(saved, both.replacen("allocations = 1, bytes = 10", "allocations = 2, bytes = 20", 1));
    // Assertions in one test, of which the second was not reached.
    let assertion = |line, used: Option<i64>| {
        let type_path = used.map(|_| "app::tests::t::assert_no_alloc!");
        budget("app::tests::assert_no_alloc!", type_path, ("src/lib.rs", line), used)
    };
    let text = save(vec![assertion(10, Some(0)), assertion(20, Some(5))]);
    assert_eq!(lines(&text).len(), 2);
    let now = vec![assertion(10, Some(5)), assertion(20, None)];
    assert_eq!(said(&text, now), ["uncompared app::tests::t::assert_no_alloc!"]);
}

#[test]
fn what_was_called_was_exercised() {
    let text = save(vec![function("f", 1, 1), function("g", 2, 1)]);
    let mut not_verified = function("f", 1, 0);
    not_verified.seen.most.clear();
    not_verified.seen.verdict = Verdict::NotVerified;
    let never = budget("app::g", None, ("src/lib.rs", 2), None);
    let now = || vec![not_verified.clone(), never.clone()];
    assert_eq!(said(&text, now()), ["never app::g", "unverified app::f"]);
    assert_eq!(words(&compared(&text, now(), &Scope::all().cut_short())), ["unverified app::f"]);
    assert_eq!(save_to(Some(&text), now(), &Scope::all()), text);
}

#[test]
fn one_to_one_is_renamed() {
    // In the same file, or of the same name elsewhere.
    let in_file = |path: &str, file: &str, used| budget(path, Some(path), (file, 1), Some(used));
    let text = save(vec![in_file("app::a::f", "src/a.rs", 5), function("g", 1, 6)]);
    let now = vec![in_file("app::b::f", "src/b.rs", 5), function("h", 1, 6)];
    assert_eq!(said(&text, now), ["renamed app::b::f", "renamed app::h"]);
    // Either of two: by its file, and by its name.
    let now =
        vec![in_file("app::b::f", "src/b.rs", 5), in_file("app::a::h", "src/a.rs", 5), function("g", 1, 6)];
    assert_eq!(said(&text, now), ["new app::a::h", "new app::b::f", "gone app::a::f"]);
    let text = save(vec![in_file("app::a::f", "src/a.rs", 5), in_file("app::c::h", "src/c.rs", 5)]);
    assert_eq!(
        said(&text, vec![in_file("app::a::h", "src/a.rs", 5)]),
        ["new app::a::h", "gone app::a::f", "gone app::c::h"]
    );
}

/// As they are saved, without a file between.
fn saved(budgets: Vec<Budget>) -> Saved {
    let platform = platform(budgets);
    let mut nth_of: BTreeMap<String, u32> = BTreeMap::new();
    let entry = |function: &Function<'_>| {
        let nth = nth_of.entry(function.name.clone()).or_default();
        *nth += 1;
        Entry {
            key: format!("{}#{nth}", function.name),
            name: function.name.clone(),
            nth: *nth,
            file: function.file.clone(),
            figures: function.figures().clone(),
            tolerance: None,
        }
    };
    let entries = functions(&platform, &[]).iter().map(entry).collect();
    Saved { platforms: [(("t".to_owned(), "dev".to_owned()), entries)].into(), ..Saved::default() }
}

/// With steps for each pair this takes hours.
#[test]
fn many_functions_are_compared() {
    const MANY: u32 = 20_000;
    let all = |name: &str, used: fn(u32) -> i64| -> Vec<Budget> {
        (0..MANY).map(|n| function(&format!("{name}{n}"), n, used(n))).collect()
    };
    let count = |saved: &Saved, budgets: Vec<Budget>| {
        let changes = compare(saved, &platform(budgets), &Scope::all());
        let kinds = [Kind::Worse, Kind::Renamed, Kind::New, Kind::Gone, Kind::NeverExercised];
        kinds.map(|kind| u32::try_from(changes.count(kind)).expect("a count"))
    };
    let before = saved(all("old", |_| 1));
    assert_eq!(count(&before, all("old", |_| 1)), [0; 5]);
    assert_eq!(count(&before, all("new", |_| 1)), [0, 0, MANY, MANY, 0]);
    let idle = (0..MANY).map(|n| budget(&format!("app::old{n}"), None, ("src/lib.rs", n), None));
    assert_eq!(count(&before, idle.collect()), [0, 0, 0, 0, MANY]);
    assert_eq!(count(&saved(all("old", i64::from)), all("new", i64::from)), [0, MANY, 0, 0, 0]);
    // All of one name.
    let one_name = |used: fn(u32) -> i64, rest: u32| -> Vec<Budget> {
        (0..MANY + rest).map(|n| function("f", n, used(n))).collect()
    };
    assert_eq!(count(&saved(one_name(i64::from, 0)), one_name(|n| i64::from(MANY - n), 1))[3], 0);
    let methods = |used: fn(u32) -> i64| (0..MANY).map(|n| go(&format!("T{n}"), n, used(n))).collect();
    let now = methods(|n| i64::from(n / 10_000 + n));
    assert_eq!(count(&saved(methods(i64::from)), now), [MANY / 2, 0, 0, 0, 0]);
}
