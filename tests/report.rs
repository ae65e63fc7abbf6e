//! The report: every site of the program, with what was seen of it; from many threads, many processes, processes that
//! panic and processes that are killed. The package is `fixtures/register`.
//!
//! Run with: `cargo test -p alloc-kit-tests --test report`.

#[path = "report/breaches.rs"]
mod breaches;
mod support;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use support::Project;
use support::run::Run;

/// What a process reports: the functions of the fixture, and its exceptions.
const LINES: usize = 17 + 2;

/// The lines of a report, each an object.
struct Report {
    lines: Vec<Value>,
    text: String,
}

impl Report {
    /// Runs the tests with a report, which is there even if they fail.
    fn of(project: &Project, command: &[&str]) -> (Self, Run) {
        let file = Self::new_file(project);
        let run = project.cargo_with(&[("ALLOC_KIT_REPORT", file.to_str().unwrap())], command);
        (Self::read(&file, &run), run)
    }

    fn new_file(project: &Project) -> PathBuf {
        let file = project.path("report.jsonl");
        let _ = fs::remove_file(&file);
        file
    }

    fn read(file: &PathBuf, run: &Run) -> Self {
        let text =
            fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}\n{run}", file.display()));
        let parse =
            |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}\n{run}"));
        let lines: Vec<Value> = text.lines().map(parse).collect();
        for line in &lines {
            assert_eq!(line["alloc_kit"], 1, "{line}");
            // What every line says of its process.
            assert!(line["program"].is_string() && line["pid"].is_u64(), "{line}");
            assert_eq!(
                (&line["target"], &line["debug_assertions"]),
                (&json!(target()), &json!(true)),
                "{line}"
            );
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            let age = now.saturating_sub(Duration::from_nanos(line["started"].as_u64().unwrap()));
            assert!(age < Duration::from_secs(5 * 60 * 60), "{line}");
        }
        Self { lines, text }
    }

    /// The last line of each process about a function.
    fn all(&self, path: &str) -> Vec<&Value> {
        let is_about = |line: &&Value| line["kind"] == "function" && line["path"] == path;
        let about: Vec<_> = self.lines.iter().filter(is_about).collect();
        let process = |index: usize| [&about[index]["pid"], &about[index]["started"]];
        let is_last = |index: usize| (index + 1..about.len()).all(|later| process(later) != process(index));
        (0..about.len()).filter(|&index| is_last(index)).map(|index| about[index]).collect()
    }

    /// The breaches of a function, in their order.
    fn breaches(&self, path: &str) -> Vec<&Value> {
        self.lines.iter().filter(|line| line["kind"] == "breach" && line["path"] == path).collect()
    }

    fn one_breach(&self, path: &str) -> &Value {
        let all = self.breaches(path);
        assert_eq!(all.len(), 1, "{path} in\n{}", self.text);
        all[0]
    }

    fn one(&self, path: &str) -> &Value {
        let all = self.all(path);
        assert_eq!(all.len(), 1, "{path} in\n{}", self.text);
        all[0]
    }
}

/// The target, as far as it is told.
fn target() -> String {
    let environment = if cfg!(target_env = "gnu") {
        "-gnu"
    } else if cfg!(target_env = "musl") {
        "-musl"
    } else if cfg!(target_env = "msvc") {
        "-msvc"
    } else {
        ""
    };
    format!("{}-{}{environment}", std::env::consts::ARCH, std::env::consts::OS)
}

#[test]
fn what_is_reported() {
    let user = Project::copy_of("register");
    every_site_is_there_with_what_was_seen(&user);
    broken_ones_are_there_when_the_test_fails(&user);
    what_was_written_before_a_kill_stays(&user);
    many_processes_share_a_file(&user);
    nextest_has_a_process_for_each_test(&user);
    a_path_that_cannot_be_written_is_said(&user);
    without_the_variable_nothing_is_written(&user);
    process_wide_budgets_are_exact(&user);
    what_never_ends_is_told_at_the_end(&user);
    what_broke_is_told_at_the_end(&user);
    a_forked_child_goes_on_and_writes_nothing(&user);
    breaches::are_told(&user);
}

#[expect(clippy::too_many_lines, reason = "a list of facts about one report")]
fn every_site_is_there_with_what_was_seen(user: &Project) {
    let (report, run) = Report::of(user, &["test", "--test", "holding"]);
    let run = run.succeeds();
    let verdicts: Vec<(&str, &str, &str, Option<&str>)> = [
        ("register::holds", "fn", "held", None),
        ("register::breaks", "fn", "never exercised", None),
        ("register::private", "fn", "never exercised", None),
        ("register::generic", "fn", "never exercised", None),
        ("register::new", "const fn", "held", Some("a `const fn` cannot allocate")),
        ("register::rows", "fn", "held", None),
        ("register::clear", "fn", "never exercised", None),
        ("register::waits", "async fn", "held", None),
        ("register::warms_up", "fn", "not verified", Some("no call came after the warm-up")),
        ("register::excepts", "fn", "held", None),
        ("register::panics", "fn", "not verified", Some("left by a panic")),
        ("register::recurs", "fn", "held", None),
        ("register::peaks_early", "async fn", "held", None),
        (
            "register::detaches",
            "fn",
            "not verified",
            Some("a thread or a task that has a `Handle` of it had not ended"),
        ),
        ("register::serves", "fn", "never exercised", None),
    ]
    .to_vec();
    for (path, form, verdict, why) in &verdicts {
        let line = report.one(path);
        assert_eq!((&line["verdict"], &line["form"]), (&json!(verdict), &json!(form)), "{line}");
        assert_eq!(line["why"], json!(why), "{line}");
        assert_eq!((&line["kind"], &line["file"]), (&json!("function"), &json!("src/lib.rs")), "{line}");
    }
    // Two that differ in nothing but their number, and each once.
    let twins = report.lines.iter().filter(|line| line["path"] == "register::same");
    let mut twins: Vec<_> =
        twins.map(|line| (line["verdict"].as_str().unwrap(), &line["type_path"])).collect();
    twins.sort_by_key(|(verdict, _)| *verdict);
    assert_eq!(twins, [("held", &json!("register::First::same")), ("never exercised", &json!(null))]);
    let mut ids: Vec<_> = report.lines.iter().filter_map(|line| line["id"].as_u64()).collect();
    assert_eq!(ids.len(), verdicts.len() + 2, "each once:\n{}", report.text);
    ids.sort_unstable();
    assert!(ids.iter().enumerate().all(|(index, id)| *id == index as u64), "{ids:?}");

    let holds = report.one("register::holds");
    let line = user.read("src/lib.rs").lines().position(|line| line.contains("alloc_budget(n + 1")).unwrap();
    assert_eq!((&holds["line"], &holds["column"]), (&json!(line + 1), &json!(1)), "{holds}");
    assert_eq!(
        holds["budget"],
        json!({ "allocations": "n + 1", "bytes": "1_000", "live_bytes": "0" }),
        "as it is written"
    );
    assert_eq!(
        (&holds["calls"], &holds["judged"], &holds["not_judged"]),
        (&json!(50), &json!(50), &json!(0))
    );
    assert_eq!(
        holds["most"],
        json!({ "allocations": 49, "bytes": 490, "peak_bytes": 10, "live_bytes": 0, "deallocations": 49 })
    );
    assert_eq!(
        holds["room"],
        json!({ "allocations": 1, "bytes": 510, "live_bytes": 0 }),
        "the least that was left"
    );
    assert_eq!(
        (&holds["type_path"], &holds["program"].as_str().unwrap().contains("holding")),
        (&json!("register::holds"), &true)
    );
    // Calls on one thread, which are told apart from recursion and from polls, and a panic from what is judged.
    let counted = |line: &Value| ["calls", "judged", "not_judged"].map(|key| line[key].as_u64().unwrap());
    let [recurs, peaks_early] = ["register::recurs", "register::peaks_early"].map(|path| report.one(path));
    assert_eq!((counted(recurs), counted(peaks_early)), ([4, 3, 1], [3, 3, 0]), "{recurs}\n{peaks_early}");
    assert_eq!((&recurs["most"]["allocations"], &recurs["room"]), (&json!(4), &json!({ "allocations": 6 })));
    assert_eq!(
        (&peaks_early["most"], &peaks_early["room"]),
        (
            &json!({ "allocations": 2, "bytes": 110, "peak_bytes": 100, "live_bytes": 0, "deallocations": 2 }),
            &json!({ "allocations": 0 })
        )
    );
    assert_eq!(report.one("register::rows")["type_path"], "register::Table::rows");
    assert_eq!(
        (&report.one("register::clear")["type_path"], &report.one("register::clear")["most"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(report.one("register::warms_up")["warmed_up"], 1);

    // Exceptions stand with the function that they were used in, and by themselves.
    let excepts = &report.one("register::excepts")["exceptions"];
    let of = |reason: &str| {
        excepts
            .as_array()
            .unwrap()
            .iter()
            .find(|exception| exception["reason"] == reason)
            .unwrap_or_else(|| panic!("{excepts}"))
    };
    let figures =
        |line: &Value| [&line["times"], &line["allocations"], &line["bytes"]].map(|n| n.as_u64().unwrap());
    assert_eq!(figures(of("for \"reasons\"")), [1, 3, 30]);
    assert_eq!(figures(of("a whole function")), [1, 3, 30]);
    let exceptions: Vec<_> = report.lines.iter().filter(|line| line["kind"] == "exception").collect();
    assert_eq!(exceptions.len(), 2, "{}", report.text);
    assert!(exceptions.iter().all(|line| figures(line) == [1, 3, 30]), "{}", report.text);
    // What can't be verified is said at once, past what libtest captures.
    run.prints(&[
        "alloc-kit: the budget of `detaches` is not verified: a thread or a task that has a `Handle`",
        "alloc-kit: a thread was attached to `detaches` after its end, and not counted",
    ]);
}

fn broken_ones_are_there_when_the_test_fails(user: &Project) {
    let (report, run) = Report::of(user, &["test", "--test", "breaking"]);
    run.fails().prints(&["test breaks_by_three ... FAILED", "test holds_still ... ok"]);
    let breaks = report.one("register::breaks");
    assert_eq!(
        (&breaks["verdict"], &breaks["broken"], &breaks["judged"]),
        (&json!("broken"), &json!(1), &json!(2))
    );
    assert_eq!((&breaks["room"]["allocations"], &breaks["most"]["allocations"]), (&json!(-3), &json!(3)));
    assert_eq!(report.one("register::holds")["verdict"], "held");
}

fn what_was_written_before_a_kill_stays(user: &Project) {
    let (report, run) =
        Report::of(user, &["test", "--test", "breaking", "--", "--ignored", "--test-threads=1"]);
    run.fails();
    // It was written when it broke: there was no end to write anything at.
    let breaks = report.one("register::breaks");
    assert_eq!((&breaks["verdict"], &breaks["most"]["allocations"]), (&json!("broken"), &json!(2)));
    assert_eq!(report.all("register::holds").len(), 0);

    // A line that was cut off is the only one that is lost.
    let file = user.path("report.jsonl");
    let whole = report.text.len();
    fs::write(&file, format!("{}{{\"alloc_kit\":1,\"ki", report.text)).unwrap();
    let variables = [("ALLOC_KIT_REPORT", file.to_str().unwrap())];
    user.cargo_with(&variables, &["test", "--test", "holding"]).succeeds();
    let text = fs::read_to_string(&file).unwrap();
    let broken_lines = text.lines().filter(|line| serde_json::from_str::<Value>(line).is_err()).count();
    assert_eq!((broken_lines, text.lines().count()), (1, report.lines.len() + 1 + LINES), "{text}");
    assert_eq!(&text[..whole], report.text);
}

fn many_processes_share_a_file(user: &Project) {
    let file = Report::new_file(user);
    let build = user.cargo(&["test", "--test", "holding", "--no-run", "--message-format=json"]).succeeds();
    let stdout = build.stdout();
    let (_, path) = stdout.rsplit_once("\"executable\":\"").expect("an executable");
    let program = path.split('"').next().unwrap();
    let processes: Vec<_> = (0..20)
        .map(|_| {
            let mut command = std::process::Command::new(program);
            command.env("ALLOC_KIT_REPORT", &file).stdout(std::process::Stdio::null());
            command.stderr(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let report = Report::read(&file, &build);
    assert_eq!(report.lines.len(), 20 * LINES);
    assert_eq!(report.all("register::holds").len(), 20);
    assert!(report.all("register::holds").iter().all(|line| line["calls"] == 50), "{}", report.text);
}

fn nextest_has_a_process_for_each_test(user: &Project) {
    if !user.cargo(&["nextest", "--version"]).succeeded() {
        assert!(std::env::var_os("CI").is_none(), "CI has to install cargo-nextest");
        eprintln!("not tested: cargo-nextest is not installed");
        return;
    }
    let command = ["nextest", "run", "--no-fail-fast", "--test", "holding", "--test", "breaking"];
    let (report, run) = Report::of(user, &command);
    run.fails().prints(&["8 tests run: 7 passed, 1 failed"]);
    // A process a test, and none for asking which there are.
    assert_eq!(report.all("register::holds").len(), 8, "{}", report.text);
    let verdicts = |path: &str| {
        let mut verdicts: Vec<_> =
            report.all(path).iter().map(|line| line["verdict"].as_str().unwrap().to_owned()).collect();
        verdicts.sort_unstable();
        verdicts.dedup();
        verdicts
    };
    assert_eq!(verdicts("register::holds"), ["held", "never exercised"]);
    assert_eq!(verdicts("register::breaks"), ["broken", "never exercised"]);
    assert_eq!(verdicts("register::private"), ["never exercised"]);
}

fn a_path_that_cannot_be_written_is_said(user: &Project) {
    let file = user.path("no/such/folder/report.jsonl");
    let file = file.to_str().unwrap();
    user.cargo_with(&[("ALLOC_KIT_REPORT", file)], &["test", "--test", "holding"])
        .fails()
        .prints(&[&format!("alloc-kit: cannot write the report to ALLOC_KIT_REPORT={file}: ")]);
}

fn without_the_variable_nothing_is_written(user: &Project) {
    let file = Report::new_file(user);
    user.cargo(&["test", "--test", "holding"]).succeeds();
    user.cargo_with(&[("ALLOC_KIT_REPORT", "")], &["test", "--test", "holding"])
        .succeeds()
        .never_prints(&["the report"]);
    assert!(!file.exists());
}

fn process_wide_budgets_are_exact(user: &Project) {
    let (report, run) = Report::of(user, &["test", "--test", "process_scope"]);
    run.succeeds().prints(&["all threads were counted"]);
    let with = report.one("process_scope::with");
    assert_eq!((&with["scope"], &with["verdict"]), (&json!("process"), &json!("broken")));
    assert_eq!(report.one("register::holds")["scope"], "thread");
    user.cargo(&["test", "--release", "--test", "process_scope"]).succeeds();
}

fn what_never_ends_is_told_at_the_end(user: &Project) {
    let (report, run) = Report::of(user, &["test", "--test", "unended"]);
    run.succeeds();
    let serves = report.one("register::serves");
    assert_eq!((&serves["verdict"], &serves["why"]), (&json!("not verified"), &json!("no call returned")));

    let file = Report::new_file(user);
    let variables = [("ALLOC_KIT_REPORT", file.to_str().unwrap()), ("ALLOCATIONS", "2")];
    let run = user.cargo_with(&variables, &["test", "--test", "unended"]).fails();
    let place = user.place("src/lib.rs", "pub fn serves", "pub");
    let line: usize = place.split(':').nth(1).unwrap().parse().unwrap();
    let said = format!(
        "alloc-kit: `serves` (src/lib.rs:{}) went over its budget, and had not returned when the process ended",
        line - 1
    );
    let run = run.prints(&[&said]);
    let report = Report::read(&file, &run);
    let serves = report.one("register::serves");
    assert_eq!((&serves["verdict"], &serves["calls"]), (&json!("broken"), &json!(1)));
    let breach = report.one_breach("register::serves");
    assert_eq!(breach["limits"], json!([{ "key": "allocations", "limit": 0, "used": 2 }]), "{breach}");
    assert_eq!((&breach["message"], &breach["thread"]), (&json!(said), &json!(null)));
    breaches::is_by_way_of(
        &breach["places"],
        2,
        &["register::allocate", "register::serves", "unended::main"],
    );
}

/// A task that is dropped, or a thread that nobody joins, has told nobody.
fn what_broke_is_told_at_the_end(user: &Project) {
    let place = user.place("src/lib.rs", "pub fn breaks", "pub");
    let line = place.split(':').nth(1).unwrap().parse::<usize>().unwrap() - 1;
    user.cargo(&["test", "--test", "breaking"])
        .fails()
        .prints(&[&format!("alloc-kit: `breaks` (src/lib.rs:{line}) was over its budget in 1 call\n")]);
    user.cargo(&["test", "--test", "holding"]).succeeds().never_prints(&["was over its budget"]);
}

fn a_forked_child_goes_on_and_writes_nothing(user: &Project) {
    let (report, run) = Report::of(user, &["test", "--test", "forks"]);
    run.succeeds().prints(&["parent and child went on"]);
    // In the child `breaks` was called, and `holds` 500 times more.
    assert_eq!(report.one("register::breaks")["verdict"], "never exercised");
    assert_eq!(report.one("register::holds")["calls"], 8);
    let of_child = |line: &&Value| line["kind"] == "breach" || line["pid"] != report.lines[0]["pid"];
    assert_eq!(report.lines.iter().find(of_child), None);
    user.cargo(&["test", "--release", "--test", "forks"]).succeeds();
}
