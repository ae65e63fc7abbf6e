//! What the report says of each breach, when it happens: the limits, the places with their stacks, the message. The budgets
//! are in `fixtures/register/tests/breaches.rs`.

use std::fs;

use serde_json::{Value, json};

use super::Report;
use super::support::Project;

const BREACHES: [&str; 3] = ["test", "--test", "breaches"];
const FILE: &str = "tests/breaches.rs";
/// Of one budget in one process no more breaches are written.
const BOUND: usize = 16;

pub(crate) fn are_told(user: &Project) {
    let (report, run) = Report::of(user, &BREACHES);
    run.succeeds();
    says_all_of_it(user, &report);
    has_the_frames_of_a_dependency(user, &report);
    has_every_limit(&report);
    knows_every_form(&report);
    counts_what_is_in_no_place(&report);
    are_bounded(&report);
    are_there_after_a_kill(user);
    are_told_in_every_mode(user);
    have_no_colour(user);
    are_counted_nowhere(user);
}

/// The functions of a stack are those, the last ones of the harness apart.
#[track_caller]
fn goes_through(place: &Value, functions: &[&str]) {
    let stack = place["stack"].as_array().unwrap();
    let named = |frame: &Value| frame["function"].as_str().unwrap().to_owned();
    let stack: Vec<String> = stack.iter().map(named).take(functions.len()).collect();
    assert_eq!(stack, functions, "{place}");
}

/// There is one place, of so many allocations, and its stack has those functions and no more.
#[track_caller]
pub(crate) fn is_by_way_of(places: &Value, times: u64, functions: &[&str]) {
    let [place] = places.as_array().unwrap().as_slice() else { panic!("{places}") };
    assert_eq!((&place["event"], &place["times"]), (&json!("allocation"), &json!(times)), "{place}");
    assert_eq!(place["stack"].as_array().unwrap().len(), functions.len(), "{place}");
    goes_through(place, functions);
}

/// Where a piece of the source stands, as a frame has it.
#[track_caller]
fn is_at(frame: &Value, user: &Project, line_with: &str, expression: &str) {
    let shown = ["file", "line", "column"].map(|field| frame[field].to_string().replace('"', ""));
    assert_eq!(shown.join(":"), user.place(FILE, line_with, expression), "{frame}");
}

fn says_all_of_it(user: &Project, report: &Report) {
    let breach = report.one_breach("breaches::deep");
    let function = report.one("breaches::deep");
    for field in ["id", "path", "file", "line", "column", "program", "pid", "started"] {
        assert_eq!(breach[field], function[field], "{field}");
    }
    assert_eq!(breach["type_path"], "breaches::deep");
    assert_eq!(breach["thread"], "of_many_callers");
    assert_eq!(breach["limits"], json!([{ "key": "allocations", "limit": 0, "used": 3 }]));
    assert_eq!(breach["not_shown"], 0);

    // All callers, where the message has four.
    let [text, lists] = breach["places"].as_array().unwrap().as_slice() else { panic!("{breach}") };
    let callers = ["breaches::third", "breaches::second", "breaches::first", "breaches::deep"];
    let first = "breaches::of_many_callers";
    assert_eq!((figures(text), figures(lists)), (("allocation", 1, 4), ("allocation", 2, 9)));
    assert_eq!((&text["inside"], &lists["inside"]), (&json!(0), &json!(0)), "{breach}");
    let place = text;
    let functions = place["stack"].as_array().unwrap().iter();
    let functions: Vec<&str> = functions.map(|frame| frame["function"].as_str().unwrap()).collect();
    assert_eq!(functions[..4], callers, "{place}");
    assert!(functions.iter().any(|function| function.starts_with(first)), "{place}");
    let runtime = |function: &&str| {
        ["core::", "std::", "alloc_kit::", "test::", "__rust"].iter().any(|own| function.starts_with(own))
    };
    assert_eq!(functions.iter().find(|function| runtime(function)), None, "{place}");
    // In characters, behind one that has two bytes.
    is_at(&place["stack"][0], user, "\"text\".to_owned()", "to_owned");
    is_at(&place["stack"][1], user, "    third();", "third");
    is_at(&place["stack"][3], user, "    first();", "first");

    let message = breach["message"].as_str().unwrap();
    let title =
        "alloc-kit: `deep` made 3 heap allocations (13 bytes); its budget is 0\n  --> tests/breaches.rs:";
    assert!(message.starts_with(title) && message.contains("= called from: tests/breaches.rs:"), "{message}");
    let help = breach["help"].as_str().unwrap_or_else(|| panic!("{breach}"));
    assert!(message.ends_with(&format!("= help: {help}")), "{message}");
}

fn has_the_frames_of_a_dependency(user: &Project, report: &Report) {
    let breach = report.one_breach("breaches::through_a_dependency");
    assert_eq!(breach["type_path"], "breaches::Parser::through_a_dependency");
    let place = &breach["places"][0];
    let (inside, stack) = (place["inside"].as_u64().unwrap(), place["stack"].as_array().unwrap());
    let inside = usize::try_from(inside).unwrap();
    assert!(inside > 0, "{place}");
    for frame in &stack[..inside] {
        let file = frame["file"].as_str().unwrap().replace('\\', "/");
        assert!(frame["function"].as_str().unwrap().contains("compact_str::"), "{frame}");
        assert!(file.contains("compact_str") && file.contains("/src/"), "{frame}");
        assert!(frame["line"].as_u64() > Some(0) && frame["column"].as_u64() > Some(0), "{frame}");
    }
    assert_eq!(stack[inside]["function"], "breaches::Parser::through_a_dependency");
    is_at(&stack[inside], user, "    CompactString::from(text)", "CompactString");
    assert_eq!(breach["help"], json!(null), "none for what a dependency does");
}

fn has_every_limit(report: &Report) {
    let breach = report.one_breach("breaches::several_limits");
    let limit = |key, limit, used| json!({ "key": key, "limit": limit, "used": used });
    assert_eq!(
        breach["limits"],
        json!([limit("allocations", 1, 3), limit("bytes", 30, 40), limit("deallocations", 0, 2)])
    );
    let places: Vec<(&str, u64, u64)> = breach["places"].as_array().unwrap().iter().map(figures).collect();
    assert_eq!(
        places,
        [("reallocation", 1, 20), ("allocation", 1, 10), ("deallocation", 1, 20), ("deallocation", 1, 10)]
    );
    assert_eq!(breach["not_shown"], 0);

    let keeps = report.one_breach("breaches::keeps");
    assert_eq!(keeps["limits"], json!([limit("live_bytes", 0, 7)]));
    assert_eq!((&keeps["places"], &keeps["not_shown"]), (&json!([]), &json!(0)));
    assert!(keeps["help"].as_str().unwrap().starts_with("what was kept is not traced; "), "{keeps}");
}

fn figures(place: &Value) -> (&str, u64, u64) {
    let number = |field: &str| place[field].as_u64().unwrap();
    (place["event"].as_str().unwrap(), number("times"), number("bytes"))
}

fn knows_every_form(report: &Report) {
    let polled = report.one_breach("breaches::polled");
    assert_eq!(
        (&polled["type_path"], &polled["thread"]),
        (&json!("breaches::polled"), &json!("in_a_future"))
    );
    assert_eq!(figures(&polled["places"][0]), ("allocation", 2, 20));
    for (path, limit, used) in
        [("breaches::assert_no_alloc!", 0, 1), ("breaches::assert_alloc_budget!", 1, 3)]
    {
        let breach = report.one_breach(path);
        let limits = json!([{ "key": "allocations", "limit": limit, "used": used }]);
        assert_eq!((&breach["limits"], &breach["thread"]), (&limits, &json!("in_macros")), "{breach}");
        assert_eq!(breach["places"][0]["stack"][0]["function"], "register::allocate", "{breach}");
    }
}

fn counts_what_is_in_no_place(report: &Report) {
    // Nobody knows the lines of other threads that are not attached.
    let breach = report.one_breach("breaches::all_threads");
    assert_eq!((&breach["limits"][0]["limit"], &breach["thread"]), (&json!(0), &json!("on_other_threads")));
    let used = breach["limits"][0]["used"].as_u64().unwrap();
    let places = breach["places"].as_array().unwrap().iter();
    let of = |event: fn(&str) -> bool| {
        let those = places.clone().map(figures).filter(move |(of, ..)| event(of));
        those.map(|(_, times, _)| times).sum::<u64>()
    };
    let allocated = of(|event| event != "deallocation");
    assert!(used >= 500 && breach["not_shown"] == used - allocated, "{breach}");
    assert!(breach["not_shown"].as_u64() >= Some(500), "{breach}");

    // Those of an attached one are known.
    let breach = report.one_breach("breaches::attached");
    let used = breach["limits"][0]["used"].as_u64().unwrap();
    let traced: u64 = breach["places"].as_array().unwrap().iter().map(|place| figures(place).1).sum();
    assert!(used >= 200 && traced > 0, "{breach}");
    assert_eq!(breach["not_shown"], (used - 100).saturating_sub(traced), "{breach}");

    // 32 are traced; what came after them is counted.
    let breach = report.one_breach("breaches::recursive");
    let places = breach["places"].as_array().unwrap();
    assert_eq!((places.len(), &breach["not_shown"]), (32, &json!(8)), "{breach}");
    for (outer, place) in places.iter().enumerate() {
        goes_through(place, &vec!["breaches::recursive"; outer + 1]);
    }
}

fn are_bounded(report: &Report) {
    assert_eq!(report.breaches("breaches::many_times").len(), BOUND);
    let of = |line: &&Value| line["kind"] == "function" && line["path"] == "breaches::many_times";
    let lines: Vec<&Value> = report.lines.iter().filter(of).collect();
    let broken: Vec<u64> = lines.iter().map(|line| line["broken"].as_u64().unwrap()).collect();
    // At each of these breaches, and at the end, where it is exact.
    let expected: Vec<u64> = (1..=BOUND as u64).chain([40]).collect();
    assert_eq!(broken, expected, "{}", report.text);
}

fn are_there_after_a_kill(user: &Project) {
    let (report, run) = Report::of(user, &[&BREACHES[..], &["--", "--ignored", "ends_the_process"]].concat());
    run.fails().prints(&["signal: 6, SIGABRT"]);
    assert_eq!(report.breaches("breaches::many_times").len(), BOUND);
    let last = report.one("breaches::many_times");
    assert_eq!((&last["verdict"], &last["broken"]), (&json!("broken"), &json!(BOUND)));
    assert_eq!(report.lines.len(), 2 * BOUND, "there was no end to write at");
}

fn are_told_in_every_mode(user: &Project) {
    let with = |mode: &str, test: &str| {
        let file = Report::new_file(user);
        let variables = [("ALLOC_KIT_REPORT", file.to_str().unwrap()), ("ALLOC_KIT_MODE", mode)];
        let run = user.cargo_with(&variables, &[&BREACHES[..], &["--", "--exact", test]].concat());
        (Report::read(&file, &run), run)
    };
    let (report, run) = with("warn", "again_and_again");
    run.succeeds();
    assert_eq!(report.breaches("breaches::many_times").len(), BOUND);
    assert_eq!(report.one("breaches::many_times")["broken"], 40);

    // What is on the stack at the allocation is in the report, and the process does not get further.
    let (report, run) = with("abort", "of_many_callers");
    let breach = report.one_breach("breaches::deep");
    let said = breach["message"].as_str().unwrap();
    assert!(said.ends_with(" is over its budget here: ALLOC_KIT_MODE=abort"), "{said}");
    run.fails().prints(&[said, "signal: 6, SIGABRT"]);
    assert_eq!(breach["limits"], json!([{ "key": "allocations", "limit": 0, "used": 1 }]));
    assert_eq!((&breach["thread"], &breach["not_shown"]), (&json!("of_many_callers"), &json!(0)));
    assert_eq!(figures(&breach["places"][0]), ("allocation", 1, 4));
    let callers = ["breaches::second", "breaches::first", "breaches::deep"];
    let stack = breach["places"][0]["stack"].as_array().unwrap();
    let stack: Vec<&str> = stack.iter().map(|frame| frame["function"].as_str().unwrap()).collect();
    let deep = stack.iter().position(|function| *function == "breaches::deep").unwrap();
    assert_eq!(stack[deep - 2..=deep], callers, "{breach}");
    let last = report.one("breaches::deep");
    assert_eq!((&last["verdict"], report.lines.len()), (&json!("broken"), 2), "{last}");

    // What only the end can break.
    let (report, run) = with("abort", "at_the_end");
    let breach = report.one_breach("breaches::keeps");
    run.fails().prints(&[breach["message"].as_str().unwrap(), "signal: 6, SIGABRT"]);
    assert_eq!(report.one("breaches::keeps")["broken"], 1);

    let (report, run) = with("off", "of_many_callers");
    run.succeeds();
    assert_eq!(report.lines.iter().find(|line| line["kind"] == "breach"), None);
}

/// Whatever a terminal gets.
fn have_no_colour(user: &Project) {
    let file = Report::new_file(user);
    let variables = [("ALLOC_KIT_REPORT", file.to_str().unwrap()), ("CLICOLOR_FORCE", "1")];
    let run =
        user.cargo_with(&variables, &[&BREACHES[..], &["--", "--nocapture", "of_many_callers"]].concat());
    let run = run.succeeds().prints(&["alloc-kit: `deep` made 3", "\u{1b}["]);
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("\\u001b") && !text.contains('\u{1b}'), "{text}");
    let report = Report::read(&file, &run);
    let message = report.one_breach("breaches::deep")["message"].as_str().unwrap();
    assert!(message.contains("\n   = called from: "), "{message}");
}

/// The regions around a breach see the same of it with a report and without.
fn are_counted_nowhere(user: &Project) {
    let command = [&BREACHES[..], &["--", "--exact", "counted_around", "--nocapture"]].concat();
    let counted = |text: String| text.lines().find(|line| line.contains("counted: ")).map(str::to_owned);
    let without = counted(user.cargo(&command).succeeds().stdout());
    let (report, run) = Report::of(user, &command);
    assert_eq!(report.breaches("breaches::counted").len(), BOUND);
    assert_eq!(report.one("breaches::swallowed_around")["verdict"], "held");
    assert!(without.is_some(), "{run}");
    assert_eq!(counted(run.stdout()), without);
}
