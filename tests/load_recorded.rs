//! What docs/trust.md records of the service under load is a run that was long enough and that held, and each handler of the service
//! has a budget that the run looks at.
//!
//! Run with: `cargo test -p alloc-kit-tests --test load_recorded`. The run itself is
//! `cargo bench -p alloc-kit-benches --bench load -- --minutes 10 --markdown`.

#[expect(dead_code, reason = "what is recorded is not written by a test")]
#[path = "support/page.rs"]
mod page;

use page::{between_marks, read};

/// A row of the first table, by the head of its column.
fn figure(row: &str, head: &str) -> String {
    let block = between_marks("docs/trust.md", "load");
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let heads = block.lines().find(|line| line.contains("verdicts planted")).expect("the table of verdicts");
    let column = cells(heads).iter().position(|cell| cell == head);
    let column = column.unwrap_or_else(|| panic!("no column `{head}`: {heads}"));
    let line = block.lines().find(|line| line.starts_with(&format!("| {row} |")));
    cells(line.unwrap_or_else(|| panic!("no row `{row}`:\n{block}"))).swap_remove(column)
}

fn number(row: &str, head: &str) -> u64 {
    let text = figure(row, head);
    text.replace(',', "").parse().unwrap_or_else(|_| panic!("{head} of `{row}` is no number: {text}"))
}

#[test]
fn the_recorded_run_held() {
    for (mode, minutes) in [("is told", 10), ("panics", 2)] {
        assert!(number(mode, "seconds of load") >= 60 * minutes, "{mode}: shorter than {minutes} minutes");
        let (planted, seen) = (number(mode, "verdicts planted"), number(mode, "verdicts seen"));
        assert!(planted == seen && planted > 1_000, "{mode}: planted {planted}, seen {seen}");
        assert!(number(mode, "requests") > 100 * planted, "{mode}: what holds its budget is looked at, too");
        assert_eq!(number(mode, "false"), 0, "{mode}");
        assert_eq!(number(mode, "growth"), 0, "{mode}");
        let own = figure(mode, "own bytes, from .. to");
        let (from, to) = own.split_once(" .. ").expect("from .. to");
        assert!(from == to && from.len() > 3, "{mode}: own bytes {own}");
    }
}

#[test]
fn the_record_says_what_it_costs_and_where_that_was() {
    let block = between_marks("docs/trust.md", "load");
    for start in
        ["| without alloc-kit |", "| its attributes off |", "| counting, no budgets |", "| budgets judged |"]
    {
        assert!(block.lines().any(|line| line.starts_with(start)), "no row {start}\n{block}");
    }
    for words in ["cores", "rustc 1.", "load average"] {
        assert!(block.contains(words), "the record does not say: {words}\n{block}");
    }
}

/// The names of handlers, as the service's router has them.
fn routed() -> Vec<String> {
    let main = read("benches/load/src/main.rs");
    let routes = main.lines().filter(|line| line.trim_start().starts_with(".route("));
    let name = |line: &str| {
        let (_, name) =
            line.split_once("(handlers::").unwrap_or_else(|| panic!("not a handler of ours: {line}"));
        name.trim_end_matches(')').to_owned()
    };
    routes.map(name).collect()
}

#[test]
fn every_handler_has_a_budget() {
    let handlers = read("benches/load/src/handlers.rs");
    let lines: Vec<&str> = handlers.lines().collect();
    let mut with_budget = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some((_, name)) = line.split_once("async fn ") else { continue };
        let name = name.split('(').next().unwrap_or_default();
        let before = lines[index - 1];
        let has_budget = before.starts_with("#[cfg_attr(feature = \"budgets\", alloc_kit::");
        assert!(has_budget, "`{name}` has no budget, but `{before}`");
        with_budget.push(name.to_owned());
    }
    with_budget.sort_unstable();
    let mut routed = routed();
    routed.sort_unstable();
    assert!(routed.len() >= 6, "only {routed:?}");
    assert_eq!(with_budget, routed, "handlers with a budget, and handlers that are asked for");
}

#[test]
fn something_is_planted_in_every_handler() {
    let table = read("benches/load/driver/routes.rs");
    let script = read("benches/load/driver/counted.lua");
    let (_, planted) = script.split_once("local planted = {").expect("what can be planted");
    let (planted, _) = planted.split_once("\n}").expect("its end");
    let handlers = read("benches/load/src/handlers.rs");
    for name in routed() {
        assert!(table.contains(&format!("\"{name}\"")), "the driver has no verdict on `{name}`");
        let path = format!("get(\"/{name}");
        assert!(
            planted.contains(&path) || name == "echo" && planted.contains("echo"),
            "nothing planted in `{name}`"
        );
    }
    let places = handlers.matches("over.plant()").count();
    assert_eq!(places, routed().len(), "handlers that plant what they are asked to");
}
