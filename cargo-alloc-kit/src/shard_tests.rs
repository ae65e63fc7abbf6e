//! Shards, however they are split, grouped, ordered or doubled, say what one run of all processes says.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::caveats;
use crate::json;
use crate::run_file::RunFile;
use crate::view;

/// The lines of a process, without what says which it is.
#[derive(Clone, Debug)]
struct Lines {
    target: &'static str,
    debug_assertions: bool,
    all: Vec<Value>,
}

/// Small numbers, and those that a sum can't hold.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0..5_u64, 1 => Just(u64::MAX)]
}

fn used() -> impl Strategy<Value = Value> {
    (0..2_u32, "[ab]", number(), number(), number()).prop_map(|(line, reason, times, allocations, bytes)| {
        json!({"file": "src/lib.rs", "line": line, "reason": reason, "times": times, "allocations": allocations, "bytes": bytes})
    })
}

fn figures() -> impl Strategy<Value = Value> {
    btree_map(prop_oneof![Just("allocations"), Just("bytes")], -9..9_i64, 0..3)
        .prop_map(|figures| json!(figures))
}

/// A budget of one of three places; several of a process share one.
fn function() -> impl Strategy<Value = Value> {
    let verdicts = ["broken", "held", "not verified", "never exercised"];
    (
        (0..6_i64, 0..3_u32, option::of("[ST]"), 0..4_usize, option::of("[xyz]")),
        (number(), number(), number(), number(), number(), number()),
        (option::of(figures()), figures(), vec(used(), 0..3)),
    )
        .prop_map(move |((id, line, kind, verdict, why), counts, (most, room, exceptions))| {
            let (calls, judged, warmed_up, not_judged, broken, threads_started) = counts;
            json!({
                "kind": "function", "id": id, "path": "app::f", "file": "src/lib.rs", "line": line, "column": 1,
                "form": "fn", "budget": {"allocations": "0"}, "scope": "thread",
                "type_path": kind.map(|kind| format!("app::{kind}::f")), "calls": calls, "judged": judged,
                "warmed_up": warmed_up, "not_judged": not_judged, "broken": broken,
                "threads_started": threads_started, "most": most, "room": room, "exceptions": exceptions,
                "verdict": verdicts[verdict], "why": why,
            })
        })
}

fn breach() -> impl Strategy<Value = Value> {
    (0..6_i64, option::of("[tu]"), 0..3_i64, "[mn]").prop_map(|(id, thread, used, message)| {
        json!({
            "kind": "breach", "id": id, "path": "app::f", "type_path": null, "file": "src/lib.rs", "line": 1, "column": 1,
            "thread": thread, "limits": [{"key": "allocations", "limit": 0, "used": used}], "places": [],
            "not_shown": 0, "help": null, "message": message,
        })
    })
}

fn exception() -> impl Strategy<Value = Value> {
    used().prop_map(|mut used| {
        used["kind"] = "exception".into();
        used["module"] = "app".into();
        used
    })
}

fn process() -> impl Strategy<Value = Lines> {
    let line = prop_oneof![6 => function(), 3 => breach(), 1 => exception()];
    (prop_oneof![Just("linux"), Just("windows")], any::<bool>(), vec(line, 0..16))
        .prop_map(|(target, debug_assertions, all)| Lines { target, debug_assertions, all })
}

/// What processes of these numbers are together. Two of them have each id of a process, and started at different times.
fn run(processes: &[(usize, Lines)]) -> RunFile {
    let mut records = Records::default();
    for (number, Lines { target, debug_assertions, all }) in processes {
        for line in all {
            let mut line = line.clone();
            line["program"] = "app".into();
            line["pid"] = (number / 2).into();
            line["started"] = (number % 2).into();
            line["target"] = (*target).into();
            line["debug_assertions"] = (*debug_assertions).into();
            records.add(Record::deserialize(line).expect("a record"));
        }
    }
    RunFile::of(records.into_shards(None))
}

/// All that is shown, but for how many shards it was.
fn shown(run: &RunFile) -> String {
    let mut platforms = view::platforms(run);
    for platform in &mut platforms {
        platform.shards = 0;
    }
    json::of(&platforms, None, None, &caveats::of(run))
}

fn read_back(run: &RunFile) -> RunFile {
    RunFile::parse(run.json().as_bytes(), "run.json".as_ref(), None).expect("what was written")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn however_they_are_split(
        processes in vec((process(), 0..4_usize), 0..8),
        mut order in vec(0..4_usize, 4..12),
        grouped_from in 0..12_usize,
    ) {
        let (lines, shards): (Vec<Lines>, Vec<usize>) = processes.into_iter().unzip();
        let numbered: Vec<(usize, Lines)> = lines.into_iter().enumerate().collect();
        let whole = run(&numbered);
        let split: Vec<RunFile> = (0..4).map(|shard| {
            let of_it: Vec<_> = numbered.iter().filter(|(number, _)| shards[*number] == shard).cloned().collect();
            run(&of_it)
        }).collect();
        // Each at least once, some more often.
        order.extend(0..4);
        let (first, second) = order.split_at(grouped_from.min(order.len()));
        let merged = |order: &[usize]| {
            let mut run = RunFile::default();
            for shard in order {
                run.merge(split[*shard].clone()).expect("the same shards");
            }
            run
        };
        let mut of_groups = read_back(&merged(first));
        of_groups.merge(read_back(&merged(second))).expect("the same shards");
        prop_assert_eq!(shown(&of_groups), shown(&whole));
        // To the byte, too: in whichever order.
        order.sort_unstable();
        prop_assert_eq!(of_groups.json(), merged(&order).json());
    }

    #[test]
    fn what_is_cut_or_foreign_is_no_panic(text in prop_oneof![any::<Vec<u8>>(), "[{}\\[\\]\",:a-z0-9\n_]{0,80}".prop_map(String::into_bytes)]) {
        let _ = RunFile::parse(&text, "any".as_ref(), None);
    }

    #[test]
    fn a_file_that_is_cut_off_is_said_to_be(processes in vec(process(), 0..3), by in any::<prop::sample::Index>()) {
        let numbered: Vec<(usize, Lines)> = processes.into_iter().enumerate().collect();
        let json = run(&numbered).json();
        let whole = json.trim_end();
        // As it is written, and as others format it.
        let value: Value = serde_json::from_str(whole).expect("JSON");
        let formatted = serde_json::to_string_pretty(&value).expect("JSON");
        for text in [whole, &formatted] {
            let cut = by.index(text.len() - 1) + 1;
            let failure = RunFile::parse(&text.as_bytes()[..cut], "cut.json".as_ref(), None).expect_err("no file");
            prop_assert!(failure.message.contains("cut.json: is "), "{}", failure.message);
            prop_assert!(failure.message.contains("cut off"), "{}: {}", &text[..cut], failure.message);
        }
    }

    #[test]
    fn a_cut_last_line_is_left_out(processes in vec(process(), 1..4), by in 1..400_usize) {
        let numbered: Vec<(usize, Lines)> = processes.into_iter().enumerate().collect();
        let mut text = String::new();
        for (number, of) in &numbered {
            for line in &of.all {
                let mut line = line.clone();
                line["alloc_kit"] = 1.into();
                line["program"] = "app-é".into();
                line["pid"] = (*number).into();
                text.extend([line.to_string(), "\n".to_owned()]);
            }
        }
        let cut = text.len().saturating_sub(by);
        let lines = text.as_bytes()[..cut].split(|byte| *byte == b'\n').count() - 1;
        let parsed = crate::record_file::Parsed::of(&text.as_bytes()[..cut]);
        let is_cut = cut > 0 && text.as_bytes()[cut - 1] != b'\n' && text.as_bytes()[cut] != b'\n';
        prop_assert_eq!(parsed.expect("no foreign line").cut, if is_cut { vec![lines + 1] } else { vec![] });
    }
}

#[test]
fn a_shard_that_was_changed_is_refused() {
    let lines = |calls: u64| Lines {
        target: "linux",
        debug_assertions: true,
        all: vec![
            json!({"kind": "exception", "module": "app", "file": "a.rs", "line": 1, "reason": "r", "times": calls, "allocations": 0, "bytes": 0}),
        ],
    };
    let (one, other) = (run(&[(0, lines(1))]), run(&[(0, lines(2))]));
    assert_eq!(one.shards.keys().collect::<Vec<_>>(), other.shards.keys().collect::<Vec<_>>());
    let mut merged = one.clone();
    merged.merge(one.clone()).expect("the same");
    assert_eq!(merged, one);
    let failure = merged.merge(other).expect_err("a different one of the same id");
    assert!(failure.message.contains("of the same processes another file says something else"), "{failure}");
    assert_eq!(merged, one, "as it was");
}

/// A process that had an id again is another one.
#[test]
fn an_id_may_come_again() {
    let line = json!({"kind": "exception", "module": "app", "file": "a.rs", "line": 1, "reason": "r", "times": 1, "allocations": 0, "bytes": 0});
    let lines = Lines { target: "linux", debug_assertions: true, all: vec![line] };
    let both = run(&[(0, lines.clone()), (1, lines)]);
    let platforms = view::platforms(&both);
    assert_eq!((platforms[0].processes, platforms[0].exceptions[0].used.times), (2, 2));
}

#[test]
fn who_did_not_come_to_its_end_is_known() {
    let function = |id: i64| {
        json!({
            "kind": "function", "id": id, "path": "app::f", "file": "src/lib.rs", "line": id, "column": 1, "form": "fn",
            "budget": {"allocations": "0"}, "scope": "thread", "type_path": null, "calls": 1, "judged": 1, "warmed_up": 0,
            "not_judged": 0, "broken": 1, "threads_started": 0, "most": null, "room": {}, "exceptions": [],
            "verdict": "broken", "why": null,
        })
    };
    let of = |ids: &[i64]| {
        let mut records = Records::default();
        for (pid, ids) in [(1, &[0, 1, 2][..]), (2, ids)] {
            for id in ids {
                let mut line = function(*id);
                line["program"] = "app".into();
                line["pid"] = pid.into();
                records.add(Record::deserialize(line).expect("a record"));
            }
        }
        records.unended().iter().map(|process| process.pid).collect::<Vec<_>>()
    };
    assert_eq!(of(&[0, 1, 2]), Vec::<u64>::new());
    assert_eq!(of(&[1]), [2], "one is missing in front, and one behind");
    assert_eq!(of(&[0, 1]), [2]);
}

/// How a run went is kept; its records, which do not say it, are the same shard, in whichever order.
#[test]
fn how_it_was_run_is_kept() {
    let line = |pid: u64| {
        json!({
            "alloc_kit": 1, "kind": "exception", "program": "app", "pid": pid, "module": "app", "reason": "a",
            "file": "src/lib.rs", "line": 1, "times": 1, "allocations": 1, "bytes": 1,
        })
    };
    let of = |pid: u64| {
        let text = format!("{}\n", line(pid));
        RunFile::parse(text.as_bytes(), "run.jsonl".as_ref(), None).expect("records")
    };
    let how = |whole| HowRun { whole, passed: true, command: vec!["cargo".to_owned()] };
    let records = of(7);
    let run = read_back(&records.clone().run_as(&how(true)));
    assert_eq!(run.shards.values().next().and_then(|shard| shard.run.clone()), Some(how(true)));
    for (first, second) in [(&run, &records), (&records, &run)] {
        let mut merged = first.clone();
        merged.merge(second.clone()).expect("the same");
        assert_eq!(merged, run);
    }
    assert!(run.clone().merge(of(7).run_as(&how(false))).is_err());

    // So is that it is not of the last run.
    let mut superseded = of(8);
    superseded.superseded = Some("why".to_owned());
    superseded = read_back(&superseded);
    for (mut first, second) in [(run.clone(), superseded.clone()), (superseded, run)] {
        first.merge(second).expect("two shards");
        assert_eq!((first.superseded.as_deref(), first.shards.len()), (Some("why"), 2));
    }
}
