//! What each line of the log costs, lines that are odd, and what must not bring the program down.

use crate::lean::{Event, Reading, Text, add, parse, parse_by_mistake};
use crate::summary::{Kind, Report, Summary};
use crate::{LOG, events, lean, run, usual};
use alloc_kit::{assert_no_alloc, measure, no_alloc};
use std::borrow::Cow;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

const LINE: &str = r#"{"kind":"served","client":"::1","user":"mary","path":"/a?b=1","status":200,"ms":7}"#;

/// The log as JSON.
fn log() -> Vec<u8> {
    events::from_log(LOG).unwrap()
}

/// Reads events in all ways, sees to it that they agree, and hands over what they say.
fn all(lines: impl AsRef<[u8]>) -> Summary {
    let lines = lines.as_ref();
    let lean = lean::summary(lines).unwrap();
    assert_eq!(usual::summary(lines).unwrap(), lean);
    let mut by_mistake = Reading::default();
    by_mistake.read(lines, parse_by_mistake).unwrap();
    assert_eq!(by_mistake.summary, lean);
    lean
}

/// The texts of an event that are copies, of so many.
fn copied(event: &Event<'_>) -> [usize; 2] {
    let user = event.user.as_ref().map(|Text(user)| user);
    let texts = || [&event.client, &event.path].into_iter().chain(user);
    [texts().filter(|text| matches!(text, Cow::Owned(_))).count(), texts().count()]
}

mod budgets {
    use super::*;

    #[test]
    fn a_line_of_the_log_costs_what_its_escapes_do() {
        let mut with_escapes = 0;
        for line in log().split_inclusive(|&byte| byte == b'\n') {
            let (event, usage) = measure(|| parse(line).unwrap());
            let [copies, texts] = copied(&event);
            // The copy, and `serde_json`'s own buffer before it: one for the line, which grows.
            let most = if copies == 0 { 0 } else { copies as u64 + 7 };
            assert!(usage.allocations <= most, "{usage:?}: {}", String::from_utf8_lossy(line));
            with_escapes += copies;

            let (event, usage) = measure(|| parse_by_mistake(line).unwrap());
            assert_eq!(copied(&event), [texts, texts]);
            assert!(usage.allocations >= texts as u64, "{usage:?}");
        }
        assert!((10..100).contains(&with_escapes), "{with_escapes} texts with escapes");
    }

    #[test]
    fn a_second_pass_over_lines_without_escapes_allocates_nothing() {
        let mut lines = log();
        let plain = lines.split_inclusive(|&byte| byte == b'\n').filter(|line| !line.contains(&b'\\'));
        lines = plain.collect::<Vec<_>>().concat();
        let mut reading = Reading::default();
        reading.read(&lines[..], parse).unwrap();
        let events = reading.summary.events();
        assert!(events > 10_900, "{events}");
        assert_no_alloc!(reading.read(&lines[..], parse)).unwrap();
        assert_eq!(reading.summary.events(), 2 * events);
    }

    #[test]
    fn the_log_costs_an_allocation_or_two_a_key() {
        let lines = log();
        let (usual, usual_usage) = measure(|| usual::summary(&lines[..]).unwrap());
        let (lean, lean_usage) = measure(|| lean::summary(&lines[..]).unwrap());
        assert_eq!(usual, lean);
        let keys = (lean.paths.len() + lean.users.len()) as u64;
        assert!(lean_usage.allocations < 2 * keys, "{lean_usage:?} for {keys} keys");
        assert!(usual_usage.allocations > 4 * lean.events(), "{usual_usage:?}");
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn a_cow_that_does_not_borrow_is_over_the_budget() {
        let mut reading = Reading::default();
        reading.read(LINE.as_bytes(), parse).unwrap();
        assert_no_alloc!(reading.read(LINE.as_bytes(), parse_by_mistake)).unwrap();
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn an_owned_key_is_over_the_budget() {
        #[no_alloc]
        fn add_by_owned_key(summary: &mut Summary, event: &Event<'_>) {
            *summary.users.entry(event.client.to_string()).or_default() += 1;
        }
        let event = parse(LINE.as_bytes()).unwrap();
        let mut summary = Summary::default();
        add(&mut summary, &event);
        add_by_owned_key(&mut summary, &event);
    }
}

mod lines {
    use super::*;

    #[test]
    fn the_log_becomes_events() {
        let log = log();
        let summary = all(&log);
        assert_eq!((summary.events(), summary.rejected.lines), (LOG.lines().count() as u64, 0));
        assert_eq!(summary.paths["/tag/\"new\""].events, 3, "nginx wrote \\x22, and JSON \\\"");
        let text = String::from_utf8(log).unwrap();
        assert!(text.contains(r"\u0016\u0003\u0001"), "a TLS hello");
        assert_eq!(events::from_log("no log\n\n").unwrap(), b"");
    }

    #[test]
    fn a_plain_line_is_borrowed() {
        let event = parse(LINE.as_bytes()).unwrap();
        assert_eq!((event.kind, event.ms, copied(&event)), (Kind::Served, 7, [0, 3]));
        let summary = all(LINE);
        assert_eq!(
            (summary.kinds, summary.paths["/a"].slowest_ms, summary.users["mary"]),
            ([1, 0, 0, 0], 7, 1)
        );
    }

    #[test]
    fn an_escape_is_read_and_costs_its_text_only() {
        let line = LINE.replace("/a?", r"\/caf\u00e9\ud83d\ude00?");
        let event = parse(line.as_bytes()).unwrap();
        assert_eq!((&*event.path, copied(&event)), ("/café😀?b=1", [1, 3]));
        // What a `&str` does with it, and so why `path` is a `Cow`.
        assert!(serde_json::from_str::<&str>(r#""\/a""#).is_err());
        assert_eq!(all(line).paths.len(), 1);
    }

    #[test]
    fn without_a_user_it_is_the_client() {
        for user in [r#""user":null,"#, ""] {
            assert_eq!(all(LINE.replace(r#""user":"mary","#, user)).users["::1"], 1);
        }
    }

    #[test]
    fn blank_lines_and_line_endings() {
        let summary = all(format!("\n{LINE}\r\n \t\r\n\n{LINE}"));
        assert_eq!((summary.events(), summary.rejected.lines), (2, 0));
    }

    #[test]
    fn lines_that_are_no_events_are_named_and_the_others_kept() {
        let lines = [
            LINE,
            "{",
            &LINE.replace("served", "lost"),
            "",
            &LINE.replace(":7", ":-7"),
            &LINE.replace("client", "host"),
            "[1]",
            "17",
            &LINE.replace("/a", "/\u{1}"),
        ];
        let mut lines = lines.join("\n").into_bytes();
        lines.extend(b"\n\xff\n");
        lines.extend(LINE.bytes());
        let summary = all(lines);
        assert_eq!((summary.events(), summary.rejected.lines), (2, 8));
        let wanted = [
            "8 lines are left out:",
            "  line 2, column 1: EOF while parsing an object",
            "  line 3, column 14: unknown variant `lost`, expected one of `served`, `refused`, `failed`, `gone`",
            "  line 5, column 82: invalid value: integer `-7`, expected u64",
            "  line 6, column 80: missing field `client`",
            "  line 7, column 2: expected value",
            "  and 3 more",
        ];
        let rejected = summary.rejected.to_string();
        assert_eq!(rejected.lines().collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn values_come_to_the_same() {
        let lines = log();
        assert_eq!(usual::summary_of_values(&lines[..]).unwrap(), all(&lines));
    }

    #[test]
    fn what_clients_send_does_not_reach_the_terminal() {
        let summary = all(LINE.replace("/a", r"\u001b[2J"));
        let report = Report { summary: &summary, top: 9 }.to_string();
        assert!(report.contains(r"\u{1b}[2J") && !report.contains('\u{1b}'), "{report}");
    }
}

mod program {
    use super::*;

    /// What the program answers: its outcome, standard output and standard error.
    fn answer(arguments: &[&Path]) -> (Result<(), (String, u8)>, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let outcome = run(arguments.iter().map(OsString::from), &mut out, &mut err);
        (outcome, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn the_log_by_default() {
        let (outcome, out, err) = answer(&[]);
        outcome.unwrap();
        assert!(out.starts_with("11,001 events: 10,265 served") && out.contains("\ntrap "), "{out}");
        assert_eq!(err, "");
    }

    #[test]
    fn a_file_with_lines_that_are_no_events() {
        let file = env::temp_dir().join(format!("alloc-kit-json-events-{}", std::process::id()));
        fs::write(&file, format!("{LINE}\nwhat?\n")).unwrap();
        let (outcome, out, err) = answer(&[&file]);
        fs::write(&file, "what?\n").unwrap();
        let (nothing, _, rejected) = answer(&[&file]);
        fs::remove_file(&file).unwrap();
        outcome.unwrap();
        assert!(out.starts_with("1 events: 1 served"), "{out}");
        assert!(err.contains("line 2, column 1: expected value"), "{err}");
        assert_eq!(nothing, Err(("there is no event in it".to_owned(), 1)));
        assert!(rejected.contains("1 lines are left out"), "{rejected}");
    }

    #[test]
    fn what_cannot_be_read() {
        let (outcome, ..) = answer(&[Path::new("no/such.jsonl")]);
        assert!(matches!(outcome, Err((why, 1)) if why.starts_with("cannot read no/such.jsonl: ")));
        assert!(matches!(answer(&[&env::temp_dir()]).0, Err((_, 1))));
    }

    #[test]
    fn arguments() {
        let (outcome, out, _) = answer(&[Path::new("-h")]);
        assert!(outcome.is_ok() && out.starts_with("usage: json_events"), "{out}");
        for wrong in [&["--fast"][..], &["a", "b"]] {
            let wrong: Vec<_> = wrong.iter().map(Path::new).collect();
            assert!(matches!(answer(&wrong).0, Err((_, 2))));
        }
    }
}
