//! The budgets on the sample log, the line formats, and what must not bring the program down.

use crate::compare::Log;
use crate::parse::{BROKEN_REQUEST, Entry, Malformed, parse_line};
use crate::{Command, Failure, SAMPLE, lean, parse_arguments, run, usual};
use alloc_kit::{assert_no_alloc, measure, no_alloc};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

const LINE: &str =
    r#"127.0.0.1 - - [22/Nov/2026:22:34:29 +0000] "GET /a?b=1 HTTP/1.1" 502 150 "-" "curl/8" 0.250"#;

/// A file in the folder for temporary ones, removed at the end of the test.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let file = env::temp_dir().join(format!("alloc-kit-triage-{}-{name}", process::id()));
        fs::write(&file, content).unwrap();
        Self(file)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// What the program answers for a file: its outcome, standard output and standard error.
fn answer(arguments: &[&Path]) -> (Result<(), Failure>, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run(arguments.iter().map(OsString::from), &mut out, &mut err);
    (outcome, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// Reads a log both ways, sees to it that they agree on every row, and hands over the lean one.
fn both(name: &str, content: impl AsRef<[u8]>) -> lean::Triage {
    let file = TempFile::new(name, &content);
    let log = Log { file: &file.0, file_bytes: content.as_ref().len() as u64 };
    let (usual, lean) = (log.usual().unwrap(), log.lean().unwrap());
    assert_eq!(usual.report(usize::MAX), lean.report(usize::MAX));
    lean
}

fn with_line(change: impl Fn(&str) -> String) -> String {
    change(LINE)
}

fn entry(line: &str) -> Entry<'_> {
    parse_line(line).unwrap_or_else(|why| panic!("{why}: {line}"))
}

mod budgets {
    use super::*;
    use std::io::{BufReader, Seek};

    #[test]
    fn a_second_pass_over_the_sample_allocates_nothing() {
        let mut triage = lean::Triage::default();
        let mut reader = BufReader::new(fs::File::open(SAMPLE).unwrap());
        triage.read(&mut reader).unwrap();
        let lines = triage.report(0).totals.lines;
        assert!(lines > 10_000);
        reader.rewind().unwrap();
        assert_no_alloc!(triage.read(&mut reader)).unwrap();
        assert_eq!(triage.report(0).totals.lines, 2 * lines);
    }

    #[test]
    fn a_second_pass_allocates_nothing_for_lines_that_are_not_utf_8() {
        let log = [LINE.as_bytes(), b" \xff\xfe\n", b"\xc3\n", LINE.as_bytes()].concat();
        let mut triage = lean::Triage::default();
        triage.read(&mut &log[..]).unwrap();
        assert_no_alloc!(triage.read(&mut &log[..])).unwrap();
    }

    #[test]
    fn the_sample_costs_about_one_allocation_a_key() {
        let log = Log { file: Path::new(SAMPLE), file_bytes: fs::metadata(SAMPLE).unwrap().len() };
        let (usual, usual_usage) = measure(|| log.usual().unwrap());
        let (lean, lean_usage) = measure(|| log.lean().unwrap());
        let report = lean.report(usize::MAX);
        assert_eq!(usual.report(usize::MAX), report);
        let keys = (report.slowest.len() + report.clients.len()) as u64;
        assert!(lean_usage.allocations < keys + 64, "{lean_usage:?} for {keys} keys");
        assert!(usual_usage.allocations > 10 * report.totals.lines, "{usual_usage:?}");
        assert!(lean_usage.peak_bytes < usual_usage.peak_bytes / 4, "{lean_usage:?}, {usual_usage:?}");
    }

    /// Without this, all of the above might pass because nothing is enforced.
    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn a_broken_budget_is_noticed() {
        #[no_alloc]
        fn owned(line: &str) -> String {
            line.to_string()
        }
        black_box(owned(LINE));
    }
}

mod lines {
    use super::*;

    #[test]
    fn a_plain_line() {
        let time = Some(Duration::from_millis(250));
        let wanted = Entry { client: "127.0.0.1", path: "/a", status: 502, bytes: 150, time };
        assert_eq!(entry(LINE), wanted);
        assert_eq!(entry(&with_line(|line| format!("{line}\r\n"))).time, time);
    }

    #[test]
    fn the_time_is_optional_and_the_last_number() {
        let seconds = |tail: &str| entry(&LINE.replace(" 0.250", tail)).time;
        assert_eq!(seconds(""), None);
        assert_eq!(seconds(" -"), None);
        assert_eq!(seconds(" 2"), Some(Duration::from_secs(2)));
        assert_eq!(seconds(r#" "203.0.113.9" 0.5"#), Some(Duration::from_millis(500)));
        assert_eq!(seconds(r#" "203.0.113.9""#), None);
        for odd in [" nan", " inf", " -1", " 1e999", " 1e30", " 0.1.2"] {
            assert_eq!(seconds(odd), None, "{odd}");
        }
    }

    #[test]
    fn clients_and_users() {
        let client = |who: &'static str| parse_line(who).map(|entry| entry.client);
        assert_eq!(client(r#"2001:db8::1 - - [t] "GET / HTTP/1.1" 200 0 "-" "-""#), Ok("2001:db8::1"));
        assert_eq!(client(r#"::1 - mary ann [t] "GET / HTTP/1.1" 200 0 "-" "-""#), Ok("::1"));
        assert_eq!(client(r#"a.example - [x] \"y\" [t] "GET / HTTP/1.1" 200 0 "-" "-""#), Ok("a.example"));
        assert_eq!(client(r#"::1 - [t] "GET / HTTP/1.1" 200 0 "-" "-""#), Err(Malformed::Client));
    }

    #[test]
    fn escaped_quotes() {
        let path = |request: &str| {
            let line = LINE.replace("GET /a?b=1 HTTP/1.1", request).replace("curl/8", r#"a \"b\" \\"#);
            entry(&line).path.to_string()
        };
        assert_eq!(path(r"GET /tag/\x22new\x22 HTTP/1.1"), r"/tag/\x22new\x22");
        assert_eq!(path(r#"GET /tag/\"new\" HTTP/1.1"#), r#"/tag/\"new\""#);
        assert_eq!(path(r"GET /back\\ HTTP/1.1"), r"/back\\");
    }

    #[test]
    fn broken_requests_are_counted_under_a_name_of_their_own() {
        for request in
            ["", "-", "GARBAGE", r"\x16\x03\x01", "get / http/1.1", "GET  HTTP/1.1", "GET HTTP/1.1", " "]
        {
            assert_eq!(
                entry(&LINE.replace("GET /a?b=1 HTTP/1.1", request)).path,
                BROKEN_REQUEST,
                "{request}"
            );
        }
        for (request, path) in [
            ("GET /", "/"),
            ("GET /old page.html HTTP/1.1", "/old page.html"),
            ("OPTIONS * HTTP/1.1", "*"),
            ("GET http://shop.example/x?y HTTP/1.1", "http://shop.example/x"),
            ("GET /?? HTTP/1.1", "/"),
        ] {
            assert_eq!(entry(&LINE.replace("GET /a?b=1 HTTP/1.1", request)).path, path, "{request}");
        }
    }

    #[test]
    fn bytes_may_be_a_dash() {
        assert_eq!(entry(&LINE.replace(" 150 ", " - ")).bytes, 0);
    }

    #[test]
    fn malformed_lines_say_why() {
        for (line, why) in [
            (String::new(), Malformed::Empty),
            ("\r\n".into(), Malformed::Empty),
            ("nonsense".into(), Malformed::Time),
            (LINE.replace('[', "("), Malformed::Time),
            (LINE.replace("- - ", "- "), Malformed::Client),
            (LINE[..60].into(), Malformed::Request),
            (LINE.replace("502", "OK"), Malformed::Status),
            (LINE.replace("502", "5020"), Malformed::Status),
            (LINE.replace(" 150 ", " many "), Malformed::Bytes),
            (LINE.replace(" 150 ", " -1 "), Malformed::Bytes),
            (LINE.replace(r#" "-" "curl/8" 0.250"#, ""), Malformed::Referer),
            (LINE.replace(r#" "curl/8" 0.250"#, ""), Malformed::Agent),
            (LINE.replace("0.250", "\"open"), Malformed::Tail),
        ] {
            assert_eq!(parse_line(&line), Err(why), "{line}");
        }
    }
}

mod logs {
    use super::*;

    #[test]
    fn both_ways_agree_on_the_sample() {
        let content = fs::read(SAMPLE).unwrap();
        let report = both("sample", &content);
        let totals = report.report(0).totals;
        assert_eq!(totals.lines, content.split_inclusive(|&byte| byte == b'\n').count() as u64);
        assert_eq!(totals.malformed, 0);
    }

    #[test]
    fn line_endings() {
        let [unix, dos] = ["\n", "\r\n"].map(|end| format!("{LINE}{end}{LINE}{end}"));
        let unix = both("unix", unix);
        assert_eq!(unix.report(9), both("dos", dos).report(9));
        assert_eq!(unix.report(9), both("no-last-newline", format!("{LINE}\n{LINE}")).report(9));
        assert_eq!(unix.report(9).totals.lines, 2);
    }

    #[test]
    fn not_utf_8() {
        let line =
            |path: &[u8]| [&b"::1 - - [t] \"GET /"[..], path, b" HTTP/1.1\" 404 1 \"-\" \"\xe4\"\n"].concat();
        let triage = both("bytes", [line(b"caf\xe9"), line(b"\xff\x00\x1b[2J"), line(b"\xe2\x82")].concat());
        let report = triage.report(9);
        assert_eq!((report.totals.lines, report.totals.malformed), (3, 0));
        let paths: Vec<&str> = report.failing.iter().map(|row| &*row.path).collect();
        assert_eq!(paths, ["/caf\u{fffd}", "/\u{fffd}", "/\u{fffd}\0\u{1b}[2J"]);
        assert!(!report.to_string().contains('\u{1b}'), "escape sequences do not reach the terminal");
    }

    #[test]
    fn very_long_lines() {
        let path = "a".repeat(3_000_000);
        let log = with_line(|line| format!("{line}\n{}\n{line}\n", line.replace("/a", &format!("/{path}"))));
        let triage = both("long", log);
        let report = triage.report(9);
        assert_eq!((report.totals.lines, report.totals.malformed, report.failing.len()), (3, 0, 2));
        assert!(report.to_string().lines().all(|line| line.len() < 120), "tables stay narrow");
    }

    #[test]
    fn absurd_figures_add_up_without_overflow() {
        let line = LINE.replace(" 150 ", &format!(" {} ", u64::MAX)).replace("0.250", "18000000000000000000");
        let triage = both("absurd", format!("{line}\n{line}\n"));
        assert_eq!(triage.report(1).clients[0].stats.bytes, u64::MAX);
        assert!(!triage.report(1).to_string().is_empty());
    }

    /// Cut, doubled, swapped and overwritten lines of the sample: nothing panics, and no line is lost.
    #[test]
    fn both_ways_agree_on_damaged_lines() {
        let sample = fs::read(SAMPLE).unwrap();
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % below as u64).unwrap()
        };
        let mut damaged = Vec::new();
        for line in sample.split_inclusive(|&byte| byte == b'\n').take(6_000) {
            let mut line = line.to_vec();
            for _ in 0..=random(3) {
                let (at, other) = (random(line.len()), random(line.len()));
                match random(6) {
                    0 => line.truncate(at + 1),
                    1 => line.swap(at, other),
                    2 => line[at] = b"\"\\ []-?/\r\n\xff\x80"[random(12)],
                    3 => line.insert(at, b"\"\\ []-?/\r\n\xff\x80"[random(12)]),
                    4 => line.extend_from_within(at..),
                    _ => drop(line.remove(at)),
                }
                line.push(b'x');
            }
            *line.last_mut().unwrap() = b'\n';
            damaged.append(&mut line);
        }
        let triage = both("damaged", &damaged);
        let totals = triage.report(0).totals;
        assert!(totals.malformed > 1_000 && totals.malformed < totals.lines, "{totals:?}");
        let counted: u64 = triage.report(usize::MAX).clients.iter().map(|row| row.stats.requests).sum();
        assert_eq!(counted + totals.malformed, totals.lines);
    }
}

mod program {
    use super::*;

    #[test]
    fn the_sample_by_default() {
        let (outcome, out, err) = answer(&[]);
        outcome.unwrap();
        for wanted in
            ["access.log: ", "Failing paths", "Slowest paths", "Top clients", "allocations", "peak bytes"]
        {
            assert!(out.contains(wanted), "{wanted} is not in {out}");
        }
        assert_eq!(err.lines().count(), 1, "{err}");
    }

    #[test]
    fn a_log_without_times_says_so() {
        let file = TempFile::new("untimed", LINE.replace(" 0.250", ""));
        let (outcome, out, _) = answer(&[&file.0]);
        outcome.unwrap();
        assert!(out.contains("has no request times") && !out.contains("Slowest"), "{out}");
    }

    #[test]
    fn malformed_lines_are_named_and_the_others_kept() {
        let log = format!("{LINE}\nwhat?\n{LINE}\n\n{}", "x\n".repeat(9));
        let file = TempFile::new("malformed", log);
        let (outcome, out, err) = answer(&[&file.0]);
        outcome.unwrap();
        assert!(out.contains("2 requests, 2 with a 5xx"), "{out}");
        for wanted in
            ["11 of 13 lines", "line 2: no [time]", "line 4: it is empty", "line 7: no [time]", "and 6 more"]
        {
            assert!(err.contains(wanted), "{wanted} is not in {err}");
        }
    }

    #[test]
    fn nothing_but_malformed_lines() {
        let file = TempFile::new("garbage", [0x1f, 0x8b, 8, 0, b'\n', 0xff]);
        let (outcome, out, _) = answer(&[&file.0]);
        assert!(matches!(outcome, Err(Failure::Log(why)) if why.contains("combined format")));
        assert_eq!(out, "");
    }

    #[test]
    fn an_empty_file() {
        let file = TempFile::new("empty", "");
        let (outcome, out, err) = answer(&[&file.0]);
        outcome.unwrap();
        assert_eq!(out, "");
        assert!(err.contains("is empty"), "{err}");
        assert_eq!(both("empty-too", "").report(9), lean::Triage::default().report(9));
        assert_eq!(usual::Triage::default().report(9), lean::Triage::default().report(9));
    }

    #[test]
    fn no_file_and_a_folder() {
        let missing = Path::new("no/such/access.log");
        let (outcome, ..) = answer(&[missing]);
        assert!(matches!(outcome, Err(Failure::Log(why)) if why.contains("no/such/access.log")));
        let (outcome, ..) = answer(&[&env::temp_dir()]);
        assert!(matches!(outcome, Err(Failure::Log(why)) if why.contains("directory")));
    }

    #[test]
    fn arguments() {
        let parse = |arguments: &[&str]| parse_arguments(arguments.iter().map(OsString::from));
        for (arguments, word) in
            [(&["--fast"][..], "`--fast`"), (&["a.log", "b.log"], "`b.log`"), (&["-"], "`-`")]
        {
            assert!(
                matches!(parse(arguments), Err(Failure::Usage(why)) if why.contains(word)),
                "{arguments:?}"
            );
        }
        assert!(
            matches!(parse(&["--", "--odd.log"]), Ok(Command::Triage(file)) if file == Path::new("--odd.log"))
        );
        assert!(matches!(parse(&["x.log", "-h"]), Ok(Command::Help)));
    }
}
