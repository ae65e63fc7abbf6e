//! The same functions judged by the real-time sanitizer and by `#[no_alloc(deallocations = 0)]`: where they agree, and why
//! where they do not. And what guards do by themselves in real-time code, which is nothing. The package is `fixtures/referee`.
//!
//! Run with: `cargo test -p alloc-kit-tests --test referee`; `TRUST=overwrite` writes the table in docs/trust.md. The
//! sanitizer is for nightly compilers only: without one nothing is tested.

#[path = "support/nightly.rs"]
mod nightly;
#[allow(dead_code, reason = "a part of it is used")]
#[path = "support/page.rs"]
mod page;
mod support;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use support::Project;

/// Why a function that one of the two complains about passes the other.
const WAITS: &str = "a system call or a wait, and no allocation: not what a budget counts";
const NOT_RUSTS: &str = "memory that does not come from the global allocator: not seen by a budget";
const OF_STD: &str = "std allocates it by `System`, past the global allocator: not seen by a budget";
const SHRINKS: &str = "a `realloc` that does not grow is no event for a budget, and a call to the sanitizer";
const ALLOWED: &str = "an exception, which says why";
const ATTACHED: &str =
    "what an attached thread allocates counts for a budget; the sanitizer looks at the calling thread";

/// All functions about which the two do not agree.
const DIFFERENCES: [(&str, &str); 14] = [
    ("`shrink_to_fit` of a longer buffer", SHRINKS),
    ("`Box::new` in `allow_alloc!`", ALLOWED),
    ("`Mutex::lock`, held by another thread", WAITS),
    ("`thread::current().id()`", OF_STD),
    ("`thread::yield_now`", WAITS),
    ("`println!`, a later one", WAITS),
    ("`File::open`", WAITS),
    ("a thread-local with a destructor, its first use", NOT_RUSTS),
    ("C's `malloc`", NOT_RUSTS),
    ("C's `free`", NOT_RUSTS),
    ("C's `strdup`", NOT_RUSTS),
    ("C's `mmap`", NOT_RUSTS),
    ("`System.alloc`, by hand", NOT_RUSTS),
    ("an attached thread allocates meanwhile", ATTACHED),
];

/// One test, since both parts need the program.
#[test]
fn two_judges() {
    let Some(host) = nightly::host() else { return };
    let project = Project::copy_of("referee");
    nightly::cargo(&project, "realtime", &[], &["build", "--target", &host]).succeeds();
    let program = Program(nightly::target().join(host).join("debug/referee"));

    let rows = program.each("list", |title| {
        let called = program.realtime(&["realtime", title], &[]);
        let broken = program.budget(title);
        (title.to_owned(), called, broken)
    });
    assert!(rows.len() >= 60, "{rows:?}");
    page::assert_holds("docs/trust.md", "referee", &table(&rows));

    let report = project.path("report.jsonl");
    let report = report.to_str().expect("a path in UTF-8");
    let guards = program.each("guards", |title| {
        let calls = [&[][..], &[("ALLOC_KIT_REPORT", report)]];
        let calls = calls.map(|variables| program.realtime(&["guard", title], variables));
        (title.to_owned(), calls)
    });
    // What the page says: so many kinds, each at four times; and so many threads.
    assert_eq!(guards.len(), 13 * 4, "{guards:?}");
    assert!(page::read("tests/fixtures/referee/src/guards.rs").contains("for _ in 0..80 {"));
    let said = page::read("docs/trust.md");
    assert!(said.contains("for 13 kinds of guard") && said.contains("first in its thread (80 threads,"));
    let unclean: Vec<_> = guards.iter().filter(|(_, calls)| *calls != [None, None]).collect();
    assert!(
        unclean.is_empty(),
        "a guard whose budget holds called, without a report and with one:\n{unclean:#?}"
    );
    // With a report it was one.
    assert_eq!(
        project.read("report.jsonl").matches("\"path\":\"referee::guards::both_attributes\"").count(),
        guards.len()
    );
}

struct Program(PathBuf);

impl Program {
    /// Something for each of what the program lists, two at a time.
    fn each<R: Send>(&self, list: &str, work: impl Fn(&str) -> R + Sync) -> Vec<R> {
        let (listed, ended, _) = self.run(&[list], &[]);
        assert!(ended, "{listed}");
        let titles: Vec<&str> = listed.lines().collect();
        let (first, second) = titles.split_at(titles.len() / 2);
        let all = |titles: &[&str]| titles.iter().map(|title| work(title)).collect::<Vec<R>>();
        thread::scope(|threads| {
            let second = threads.spawn(|| all(second));
            let mut rows = all(first);
            rows.extend(second.join().expect("no panic"));
            rows
        })
    }

    /// The first function that it called and the sanitizer does not like.
    fn realtime(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Option<String> {
        let (stdout, ended, stderr) = self.run(arguments, variables);
        let called =
            stderr.split_once("Intercepted call to real-time unsafe function `").map(|(_, rest)| rest);
        let called = called.and_then(|rest| rest.split_once('`')).map(|(name, _)| name.to_owned());
        let passed = stdout.lines().any(|line| line.ends_with("passed"));
        assert!(ended == called.is_none() && passed == ended, "{arguments:?}\n{stdout}\n{stderr}");
        called
    }

    /// What it used that its budget does not have.
    fn budget(&self, title: &str) -> Option<String> {
        let (stdout, ended, stderr) = self.run(&["budget", title], &[]);
        let broken =
            stderr.split_once("alloc-kit: `budget` made ").and_then(|(_, rest)| rest.split_once(';'));
        let broken = broken.map(|(made, _)| made);
        let passed = stdout.lines().any(|line| line.ends_with("passed"));
        assert!(ended == broken.is_none() && passed == ended, "{title}\n{stdout}\n{stderr}");
        let kind = broken.map(|made| if made.contains("deallocation") { "frees" } else { "allocates" });
        kind.map(str::to_owned)
    }

    /// What a process printed, and whether it succeeded.
    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (String, bool, String) {
        let mut command = support::clean_command(&self.0);
        command.args(arguments).envs(variables.iter().copied()).env("RTSAN_OPTIONS", "symbolize=0");
        for variable in ["ALLOC_KIT_MODE", "ALLOC_KIT_REPORT"] {
            if !variables.iter().any(|(name, _)| *name == variable) {
                command.env_remove(variable);
            }
        }
        let output = Command::stdin(&mut command, Stdio::null()).output().expect("the program");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), output.status.success(), text(&output.stderr))
    }
}

type Row = (String, Option<String>, Option<String>);

/// The table, with its sums. A difference that is not explained is a failure, and so is an explanation that is none.
fn table(rows: &[Row]) -> Vec<String> {
    let why = |title: &str| DIFFERENCES.iter().find(|(of, _)| *of == title).map(|(_, why)| *why);
    let mut lines = Vec::new();
    for (title, called, broken) in rows {
        let agree = called.is_some() == broken.is_some();
        let why = why(title);
        assert_eq!(agree, why.is_none(), "{title}: the sanitizer {called:?}, the budget {broken:?}; {why:?}");
        let called = called.as_ref().map_or("nothing".to_owned(), |name| format!("`{name}`"));
        let broken = broken.as_deref().unwrap_or("holds");
        lines.push(format!("| {title} | {called} | {broken} | {} |", why.unwrap_or("agree")));
    }
    let differ = DIFFERENCES.len();
    assert!(DIFFERENCES.iter().all(|(title, _)| rows.iter().any(|(of, ..)| of == title)), "not a function");
    let mut sums = vec![
        format!(
            "{} functions: the two agree about {}, and not about {differ}:",
            rows.len(),
            rows.len() - differ
        ),
        String::new(),
    ];
    for class in [WAITS, NOT_RUSTS, OF_STD, SHRINKS, ALLOWED, ATTACHED] {
        let of = DIFFERENCES.iter().filter(|(_, why)| *why == class).count();
        sums.push(format!("- {of}: {class}"));
    }
    sums.extend([String::new()]);
    sums.push("| what is done | the sanitizer sees | `#[no_alloc(deallocations = 0)]` | |".to_owned());
    sums.push("|---|---|---|---|".to_owned());
    sums.extend(lines);
    sums
}
