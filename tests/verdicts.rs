//! What a broken budget says: figures, the line, callers, further violations, hints; and what is no violation.
//!
//! The texts are compared whole where the build has debug information, as `cargo test` has by default.
//! Run with: `cargo test -p alloc-kit-tests --test verdicts`, also with `--release`.

use std::collections::HashMap;
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};

use alloc_kit::{alloc_budget, assert_alloc_budget, assert_no_alloc, measure, no_alloc};

/// The message with which the call fails.
fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a broken budget");
    *payload.downcast::<String>().expect("a message")
}

/// The first line of it.
fn title<R>(call: impl FnOnce() -> R) -> String {
    broken(call).lines().next().expect("a first line").to_owned()
}

#[no_alloc]
fn parse_line(line: &str, fields: &mut Vec<String>) {
    for part in line.split(',') {
        fields.push(part.to_string()); // the line in question
    }
}

#[test]
fn the_message_points_at_the_line() {
    let message = broken(|| {
        let mut fields = Vec::with_capacity(4);
        parse_line("ab,c", &mut fields);
    });
    assert!(
        message.starts_with("alloc-kit: `parse_line` made 2 heap allocations (3 bytes); its budget is 0\n"),
        "{message}"
    );
    if cfg!(debug_assertions) {
        let at = |text: &str| {
            include_str!("verdicts.rs").lines().position(|line| line.contains(text)).unwrap() + 1
        };
        let line = at("// the line in question");
        let called = at("parse_line(\"ab,c\"");
        for part in [
            format!("--> tests/verdicts.rs:{line}:26\n"),
            format!("{line} |         fields.push(part.to_string()); // the line in question\n"),
            String::from("   |                          ^^^^^^^^^ 2 allocations, 3 bytes\n"),
            format!(
                "= called from: tests/verdicts.rs:{called}:9 in verdicts::the_message_points_at_the_line"
            ),
            String::from("= help: borrow it as `&str`"),
        ] {
            assert!(message.contains(&part), "no {part:?} in:\n{message}");
        }
    }
}

#[alloc_budget(allocations = 2)]
fn allocations() {
    for _ in 0..3 {
        drop(black_box(vec![1_u8; 10]));
    }
}

#[alloc_budget(bytes = 25)]
fn bytes() {
    allocations_of(3);
}

#[alloc_budget(peak_bytes = 15)]
fn peak_bytes() {
    let first = black_box(vec![1_u8; 10]);
    let second = black_box(vec![1_u8; 10]);
    drop((first, second));
}

#[alloc_budget(live_bytes = 0)]
fn live_bytes() -> Vec<u8> {
    black_box(vec![1_u8; 10])
}

#[alloc_budget(deallocations = 1)]
fn deallocations() {
    allocations_of(2);
}

fn allocations_of(n: usize) {
    for _ in 0..n {
        drop(black_box(vec![1_u8; 10]));
    }
}

#[test]
fn every_key_has_its_words() {
    assert_eq!(
        title(allocations),
        "alloc-kit: `allocations` made 3 heap allocations (30 bytes); its budget is 2"
    );
    let said = title(bytes);
    assert_eq!(
        said,
        "alloc-kit: `bytes` allocated 30 bytes in 3 heap allocations; its budget is `bytes = 25`"
    );
    assert_eq!(
        title(peak_bytes),
        "alloc-kit: `peak_bytes` held 20 bytes at its peak; its budget is `peak_bytes = 15`"
    );
    assert_eq!(
        title(live_bytes),
        "alloc-kit: `live_bytes` kept 10 bytes when it ended; its budget is `live_bytes = 0`"
    );
    let said = title(deallocations);
    assert_eq!(said, "alloc-kit: `deallocations` made 2 deallocations; its budget is `deallocations = 1`");
}

#[test]
fn every_key_names_its_lines() {
    if cfg!(debug_assertions) {
        for (call, label) in [
            (allocations as fn(), "^^^^ 1 allocation, 10 bytes"),
            (bytes, "^^^^ 1 allocation, 10 bytes"),
            (peak_bytes, "^^^^ 1 allocation, 10 bytes"),
            (deallocations, "^^^^ 1 deallocation, 10 bytes"),
        ] {
            let message = broken(call);
            assert!(message.contains("--> tests/verdicts.rs:"), "{message}");
            assert!(message.contains(label), "no {label:?} in:\n{message}");
        }
    }
}

#[test]
fn what_is_just_within_holds() {
    #[alloc_budget(3, bytes = 30, peak_bytes = 10, live_bytes = 0, deallocations = 3)]
    fn exactly() {
        allocations_of(3);
    }
    exactly();
    exactly();
    assert_eq!(measure(exactly).1.allocations, 3);
}

#[test]
fn several_limits_are_told_together() {
    #[alloc_budget(1, bytes = 10, deallocations = 0)]
    fn much() {
        allocations_of(2);
    }
    let message = broken(much);
    assert!(message.starts_with("alloc-kit: `much` made 2 heap allocations (20 bytes); its budget is 1\n"));
    assert!(
        message
            .contains("= note: it also allocated 20 bytes in 2 heap allocations; its budget is `bytes = 10`")
    );
    assert!(
        message.contains("= note: it also made 2 deallocations; its budget is `deallocations = 0`"),
        "{message}"
    );
}

#[test]
fn the_first_places_are_shown_and_the_rest_is_counted() {
    #[no_alloc]
    fn many() {
        drop(black_box(vec![1_u8; 1]));
        drop(black_box(vec![1_u8; 2]));
        for _ in 0..5 {
            drop(black_box(vec![1_u8; 3]));
        }
        drop(black_box(vec![1_u8; 4]));
        drop(black_box(vec![1_u8; 5]));
    }
    let line = line!() - 1;
    let message = broken(many);
    assert!(message.contains("made 9 heap allocations (27 bytes); its budget is 0"), "{message}");
    if cfg!(debug_assertions) {
        for label in ["1 allocation, 1 byte\n", "1 allocation, 2 bytes\n", "5 allocations, 15 bytes\n"] {
            assert!(message.contains(label), "no {label:?} in:\n{message}");
        }
        let [first, second] =
            [line - 2, line - 1].map(|line| format!("{}:{line}:24", file!().replace('\\', "/")));
        assert!(
            message.contains(&format!("= note: 2 more at 2 other places: {first}, {second}\n")),
            "{message}"
        );
    }
}

#[test]
fn more_than_can_be_traced_is_counted_all_the_same() {
    #[no_alloc]
    fn floods() {
        for _ in 0..100_000 {
            drop(black_box(Box::new(1_u8)));
        }
    }
    let message = broken(floods);
    assert!(message.contains("made 100000 heap allocations (100000 bytes)"), "{message}");
    assert!(
        message.contains("= note: 99000 more were counted without being traced: what is traced is bounded"),
        "{message}"
    );
}

#[test]
fn a_broken_inner_budget_is_told_by_itself_and_an_outer_one_after_it_was_caught() {
    #[no_alloc]
    fn inner() {
        drop(black_box(Box::new(1_u32)));
    }
    #[alloc_budget(0)]
    fn outer() -> String {
        broken(inner)
    }
    let message = title(outer);
    // The panic's own allocations are the thread's, too.
    assert!(message.starts_with("alloc-kit: `outer` made "), "{message}");
    inner_is_fine_again();
}

#[no_alloc]
fn inner_is_fine_again() {}

#[test]
fn a_message_shows_what_broke_its_own_budget() {
    #[no_alloc]
    fn inner(n: usize) {
        for _ in 0..n {
            drop(black_box(vec![1_u8; 77]));
        }
    }
    #[alloc_budget(10_000_000, peak_bytes = 500_000_000)]
    fn outer() {
        // More than is traced, and caught: that neither fills the outer region's message nor a later inner one's.
        broken(|| inner(2_000));
        let message = broken(|| inner(1));
        assert!(!cfg!(debug_assertions) || message.contains("^^^^ 1 allocation, 77 bytes"), "{message}");
        drop(black_box(Vec::<u8>::with_capacity(600_000_000)));
    }
    let message = broken(outer);
    assert!(message.contains("held 6"), "{message}");
    assert!(!cfg!(debug_assertions) || message.contains("1 allocation, 600000000 bytes"), "{message}");
    // Not "77 bytes" alone: the peak itself may end in those digits.
    assert!(!message.contains(", 77 bytes"), "{message}");
}

#[test]
fn an_inner_region_has_its_line_when_the_outer_one_is_far_over_already() {
    #[no_alloc]
    fn inner() {
        drop(black_box(vec![1_u8; 77]));
    }
    #[no_alloc]
    fn outer_that_looks() {
        for _ in 0..2_000 {
            drop(black_box(vec![1_u8; 5]));
        }
        let message = broken(inner);
        assert!(
            !cfg!(debug_assertions) || message.contains("^^^^ 1 allocation, 77 bytes"),
            "seen: {message}"
        );
    }
    let message = broken(outer_that_looks);
    assert!(message.contains("`outer_that_looks` made"), "{message}");
}

#[test]
fn columns_are_in_characters_and_carets_under_the_name() {
    #[no_alloc]
    fn after_umlauts() -> (&'static str, usize) {
        ("ähnlich größer", black_box(vec![1_u8; 3]).len())
    }
    let message = broken(after_umlauts);
    if cfg!(debug_assertions) {
        let line = include_str!("verdicts.rs").lines().find(|line| line.contains("ähnlich")).unwrap();
        let column = line.chars().count() - line.split_once("vec!").unwrap().1.chars().count() - 3;
        let [source, caret] = ["ähnlich", "^^^^ 1 allocation"].map(|part| {
            message
                .lines()
                .find(|line| line.contains(part))
                .unwrap_or_else(|| panic!("{part} in:\n{message}"))
        });
        assert!(message.lines().nth(1).unwrap().ends_with(&format!(":{column}")), "{message}");
        let under = caret.find('^').unwrap();
        assert_eq!(source.chars().skip(under).take(4).collect::<String>(), "vec!", "{message}");
    }
}

#[test]
fn an_outer_budget_that_breaks_inside_an_inner_region_points_there() {
    #[alloc_budget(10)]
    fn within() {
        drop(black_box(vec![1_u8; 7]));
    }
    #[no_alloc]
    fn around() {
        within();
    }
    let message = broken(around);
    assert!(message.starts_with("alloc-kit: `around` made 1 heap allocation (7 bytes); its budget is 0"));
    if cfg!(debug_assertions) {
        assert!(message.contains("drop(black_box(vec![1_u8; 7]));"), "{message}");
    }
    within();
}

#[test]
fn an_outer_budget_that_breaks_after_an_inner_region_points_there() {
    #[alloc_budget(10)]
    fn lean() {}
    #[alloc_budget(10, peak_bytes = 1_000, deallocations = 10)]
    fn plain() {}
    #[no_alloc]
    fn allocates(inner: fn()) {
        inner();
        drop(black_box(vec![1_u8; 7]));
    }
    #[alloc_budget(deallocations = 0)]
    fn frees(inner: fn(), list: Vec<u8>) {
        inner();
        drop(list);
    }
    #[alloc_budget(peak_bytes = 6)]
    fn holds(inner: fn()) {
        inner();
        drop(black_box(vec![1_u8; 7]));
    }
    for inner in [lean as fn(), plain] {
        let list = black_box(vec![1_u8; 7]);
        for message in [broken(|| allocates(inner)), broken(|| frees(inner, list)), broken(|| holds(inner))] {
            assert!(!cfg!(debug_assertions) || message.contains("allocation, 7 bytes"), "{message}");
        }
    }
}

#[test]
fn an_inner_budget_hides_no_peak_of_the_outer_one() {
    #[alloc_budget(peak_bytes = 1_000)]
    fn within(n: usize) {
        drop(black_box(vec![1_u8; n]));
    }
    #[alloc_budget(peak_bytes = 50)]
    fn around(before: usize, inside: usize) {
        drop(black_box(vec![1_u8; before]));
        within(inside);
    }
    around(50, 50);
    for message in [broken(|| around(80, 5)), broken(|| around(5, 80))] {
        let expected = "alloc-kit: `around` held 80 bytes at its peak; its budget is `peak_bytes = 50`\n";
        assert!(message.starts_with(expected), "{message}");
        assert!(!cfg!(debug_assertions) || message.contains("1 allocation, 80 bytes"), "{message}");
    }
}

#[test]
fn macros_judge_expressions_blocks_and_closures() {
    assert_eq!(assert_no_alloc!(1 + 1), 2);
    let list = assert_alloc_budget!(1, vec![1, 2, 3]);
    let sum: i32 = assert_no_alloc!(|| list.iter().sum());
    assert_eq!(sum, 6);
    let list = assert_alloc_budget!(bytes = 0, deallocations = 0, move || list);
    assert_alloc_budget!(0, deallocations = list.len(), drop(list));
    let said = title(|| assert_no_alloc!(|| black_box(vec![1_u8; 3]).len()));
    assert_eq!(said, "alloc-kit: `assert_no_alloc!` made 1 heap allocation (3 bytes); its budget is 0");
    let said = title(|| assert_alloc_budget!(1, (black_box(vec![1_u8]), black_box(vec![2_u8]))));
    assert_eq!(said, "alloc-kit: `assert_alloc_budget!` made 2 heap allocations (2 bytes); its budget is 1");
}

#[test]
fn macros_let_control_flow_out() {
    fn early(text: &str) -> Result<i32, std::num::ParseIntError> {
        for _ in 0..2 {
            assert_no_alloc!({
                if text.is_empty() {
                    break;
                }
                text.parse::<i32>()?
            });
        }
        Ok(1)
    }
    assert_eq!(early(""), Ok(1));
    assert!(early("x").is_err());
}

#[test]
#[should_panic(expected = "`grows` made 2 heap allocations (24 bytes); its budget is 1")]
fn should_panic_sees_the_message() {
    #[alloc_budget(1)]
    fn grows(list: &mut Vec<u8>) {
        for _ in 0..9 {
            list.push(black_box(1));
        }
    }
    grows(&mut Vec::new());
}

fn insert(map: &mut HashMap<u8, u8>) {
    map.insert(1, 2);
}

#[test]
fn hints_are_given_where_they_are_certain() {
    let text = black_box("text");
    let list = [black_box(1), 2, 3];
    let owned = list.to_vec();
    let texts = [black_box("a"), "b"].map(String::from);
    let nested = [owned.clone()];
    #[expect(clippy::type_complexity, reason = "a table of a text and a call")]
    let cases: [(&str, Box<dyn Fn()>); 9] = [
        ("`write!` into a String", Box::new(|| assert_no_alloc!(drop(black_box(format!("{text}!")))))),
        ("borrow it as `&str`", Box::new(|| assert_no_alloc!(drop(black_box(text.to_owned()))))),
        ("`a.clone_from(&b)`", Box::new(|| drop(black_box(assert_no_alloc!(owned.clone()))))),
        (
            "go on with the iterator",
            Box::new(|| assert_no_alloc!(drop(black_box(list.iter().collect::<Vec<_>>())))),
        ),
        (
            "`Slots` keeps their buffers",
            Box::new(|| {
                let mut kept = Vec::with_capacity(8);
                assert_no_alloc!(kept.extend(texts.iter().map(String::as_str).map(str::to_uppercase)));
            }),
        ),
        (
            "`Slots` keeps their buffers",
            Box::new(|| {
                let mut kept = Vec::with_capacity(8);
                assert_no_alloc!(kept.extend(nested.iter().cloned()));
            }),
        ),
        ("`upsert` looks up a key", Box::new(|| assert_no_alloc!(drop(black_box(text.to_string()))))),
        (
            "make room before the region",
            Box::new(|| assert_no_alloc!(insert(black_box(&mut HashMap::new())))),
        ),
        (
            "make room before the region",
            Box::new(|| assert_no_alloc!(black_box(&mut String::new()).push_str(text))),
        ),
    ];
    for (hint, call) in cases {
        let message = broken(call);
        assert!(!cfg!(debug_assertions) || message.contains(hint), "no {hint:?} in:\n{message}");
    }
}
