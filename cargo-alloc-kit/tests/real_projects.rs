//! Two crates of others, as they are published: httpdate 1.0.3 and semver 1.0.28, whose packages have their tests in them. Cargo gets
//! the sources, a patch of `real_projects/` puts budgets on what is called often, and their own tests are run by `cargo alloc-kit test`.
//! Then a commit of somebody's breaks a budget, another one uses more or less within it, and a third renames a function; reports and
//! `tighten` are of what that came to; shards of a run come to the same as the run.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test real_projects`.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use support::packages::{cargo, run};
use support::published::{annotated, patch, unpatch};
use support::{Project, Run};

fn test(project: &Project, more: &[&str]) -> Run {
    run(project, "", &[&["test"], more].concat())
}

/// What is known of each budget in a file of a run, by its place: over all shards calls are added up, the most and the least hold.
fn known(file: &PathBuf) -> BTreeMap<String, (u64, i64, i64, bool)> {
    let run: Value = serde_json::from_slice(&fs::read(file).expect("a file")).expect("JSON");
    let mut known: BTreeMap<String, (u64, i64, i64, bool)> = BTreeMap::new();
    for budget in
        run["shards"].as_array().expect("shards").iter().flat_map(|of| of["budgets"].as_array().unwrap())
    {
        let (site, seen) = (&budget["site"], &budget["seen"]);
        let figure = |key: &str, none: i64| seen[key]["allocations"].as_i64().unwrap_or(none);
        let of = known.entry(format!("{}:{} {}", site["file"], site["line"], site["path"])).or_insert((
            0,
            i64::MIN,
            i64::MAX,
            false,
        ));
        of.0 += seen["calls"].as_u64().expect("calls");
        of.1 = of.1.max(figure("most", i64::MIN));
        of.2 = of.2.min(figure("room", i64::MAX));
        of.3 |= seen["verdict"] == "held";
    }
    known
}

const HTTPDATE: &str = "\
function                            budget      most used  room left  calls  verdict
httpdate::date::HttpDate::cmp       0                   0          0      2  held
httpdate::date::HttpDate::from_str  0                   0          0     17  held
httpdate::date::toint_2             0                   0          0     60  held
httpdate::fmt_http_date             1                   1          0      2  held
                                    bytes = 32         29          3
httpdate::parse_http_date           0                   0          0     16  held

never exercised:
  httpdate::from  src/lib.rs:43

6 budgets in 1 process: 5 held, 1 never exercised
";

/// Who called the one that broke was left by its panic.
const HTTPDATE_BROKEN: &str = "\
function                            budget      most used  room left  calls  verdict
httpdate::date::HttpDate::cmp       0                   0          0      2  held
httpdate::date::HttpDate::from_str  0                   1         -1      4  broken
httpdate::date::toint_2             0                   0          0     16  held
httpdate::fmt_http_date             1                   1          0      2  held
                                    bytes = 32         29          3
httpdate::parse_http_date           0                   -          -      3  not verified

broken:
  httpdate::date::HttpDate::from_str  src/date.rs:164  1 allocation over, in 4 of 4 calls
    --> PLACE  1 allocation, 29 bytes (used 1 of 0 allocations) in TEST

not verified:
  httpdate::parse_http_date  src/lib.rs:54  left by a panic

never exercised:
  httpdate::from  src/lib.rs:43

6 budgets in 1 process: 3 held, 1 broken, 1 not verified, 1 never exercised
";

#[test]
fn httpdate() {
    let (project, _alone) = annotated("httpdate");
    // What a table says must not depend on the optimiser, and there is no doctest.
    let held = test(&project, &[]).exits_with(0).prints(&["test tests::test_rfc_example ... ok"]);
    assert_eq!(held.stdout(), HTTPDATE);
    let denied = test(&project, &["--deny", "never-exercised"]).exits_with(5);
    assert_eq!(denied.stdout(), HTTPDATE);

    // Somebody's commit copies the text that is parsed: four tests are red, and it is told where.
    patch(&project, "httpdate-broken");
    let place = project.place("src/date.rs", "s.trim().to_owned()", "to_owned");
    let broken = test(&project, &[]).exits_with(3);
    // Which of the tests came first is for the scheduler.
    let table = broken.stdout();
    let (_, rest) = table.split_once(" of 0 allocations) in ").expect("the test");
    let first = rest.lines().next().expect("its name");
    assert!(
        ["tests::test1", "tests::test2", "tests::test3", "tests::test_rfc_example"].contains(&first),
        "{first}"
    );
    assert_eq!(table, HTTPDATE_BROKEN.replace("PLACE", &place).replace("TEST", first));
    broken.prints(&[
        "`HttpDate::from_str` made 1 heap allocation (29 bytes); its budget is 0",
        &format!("--> {place}\n"),
    ]);
    let json = test(&project, &["--message-format", "json"]).exits_with(3).stdout();
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let budgets = json["platforms"][0]["budgets"].as_array().expect("budgets");
    let from_str =
        budgets.iter().find(|of| of["site"]["path"] == "httpdate::date::from_str").expect("the budget");
    assert_eq!((&from_str["seen"]["verdict"], &from_str["seen"]["broken"]), (&"broken".into(), &4.into()));
    assert_eq!(from_str["site"]["file"], "src/date.rs");
}

/// What somebody wrote first is saved; then it gets better, and worse again, and a function another name.
#[test]
fn httpdate_by_the_ratchet() {
    let (project, _alone) = annotated("httpdate");
    let is = |run: &Run, said: &str| {
        let table = run.stdout();
        let (_, compared) =
            table.split_once("5 held, 1 never exercised\n").expect("the line that sums it up");
        // The part in brackets is the platform.
        let (name, rest) = compared.split_once(" (").expect("a platform");
        let (_, rest) = rest.split_once(')').expect("its end");
        run.expect(format!("{name}{rest}") == said, said);
    };
    let line = |allocations: u32| {
        let saved = project.read("alloc-kit.toml");
        let line = saved.lines().find(|line| line.starts_with("\"httpdate::fmt_http_date\" = "));
        let is = line.is_some_and(|line| line.contains(&format!("{{ allocations = {allocations}, ")));
        assert!(is, "it should have {allocations} in {saved}");
        assert_eq!(saved.lines().filter(|line| line.starts_with('"')).count(), 5, "{saved}");
    };
    patch(&project, "httpdate-before");
    let place = project.place("src/lib.rs", "#[alloc_kit::alloc_budget(2, bytes = 64)]", "#");
    assert_eq!(place, "src/lib.rs:62:1");
    test(&project, &["--save"]).exits_with(0).prints(&["saved in "]);
    line(2);

    unpatch(&project, "httpdate-before");
    let better = "\
alloc-kit.toml: 5 compared, 1 better
  better  httpdate::fmt_http_date  src/lib.rs:62
    allocations  2 -> 1
    bytes  58 -> 29
    peak_bytes  58 -> 29
    deallocations  1 -> 0
";
    is(&test(&project, &[]).exits_with(0), better);
    // Only said: whoever keeps it says so, too.
    line(2);
    test(&project, &["--save", "--out", "good.json"]).exits_with(0).prints(&["1 better", "saved in "]);
    line(1);

    // The old one again, whose own budget holds.
    patch(&project, "httpdate-before");
    let worse = "\
alloc-kit.toml: 5 compared, 1 worse
  worse  httpdate::fmt_http_date  src/lib.rs:62
    allocations  1 -> 2
    bytes  29 -> 58
    peak_bytes  29 -> 58
    deallocations  0 -> 1
to accept it: `cargo alloc-kit test --save`
";
    let run = test(&project, &["--out", "worse.json"])
        .exits_with(4)
        .prints(&["error: a function uses more than what is saved\n"]);
    is(&run, worse);
    line(1);
    reports(&project);
    unpatch(&project, "httpdate-before");

    patch(&project, "httpdate-renamed");
    let renamed = "\
alloc-kit.toml: 4 compared, 1 renamed?
  renamed?  httpdate::date::two_digits  src/date.rs:254, saved as httpdate::date::toint_2
";
    is(&test(&project, &[]).exits_with(0), renamed);
    unpatch(&project, "httpdate-renamed");
    // A budget that breaks is worse as well, and that it is broken is what the run ends with; it is not saved either.
    patch(&project, "httpdate-broken");
    test(&project, &["--save"]).exits_with(3).prints(&[
        "worse  httpdate::date::HttpDate::from_str",
        "    allocations  0 -> 1\n",
        "not saved: ",
    ]);
    line(1);
}

/// A run in which one function uses more than in `good.json`. By its file: the last run of the folder for what is built may be
/// that of a test beside this one.
fn reports(project: &Project) {
    let report = |more: &[&str]| {
        run(project, "", &[&["report", "worse.json", "--before", "good.json"], more].concat()).exits_with(0)
    };
    let markdown = report(&["--format", "markdown"]).stdout();
    assert!(
        markdown.starts_with("### alloc-kit: 5 of 6 budgets hold, none is broken; 1 was never exercised\n")
    );
    let row = "| `httpdate::fmt_http_date`<br>`src/lib.rs:62` | `2`<br>`bytes = 64` | 2<br>58 | 0<br>6 | 2 | held |\n";
    assert!(markdown.contains(row), "{markdown}");

    report(&["--out", "budgets.html"]);
    let page = project.read("budgets.html");
    for said in [
        "<code class=\"name\">httpdate::fmt_http_date</code>",
        "<div>allocations: 1 → 2</div><div>bytes: 29 → 58</div>",
    ] {
        assert!(page.contains(said), "{said}:\n{page}");
    }
    for word in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(word), "the page has {word}");
    }

    let junit = run(project, "", &["report", "worse.json", "--format", "junit"]).exits_with(0).stdout();
    for said in [
        "<testsuites name=\"alloc-kit\" tests=\"6\" failures=\"0\" errors=\"0\" skipped=\"1\" time=\"0\">",
        "<testcase name=\"httpdate::fmt_http_date (src/lib.rs:62:1)\"",
        "<skipped message=\"never exercised\"/>",
    ] {
        assert!(junit.contains(said), "{said}:\n{junit}");
    }
    assert_eq!(junit.matches("<testcase ").count(), 6, "{junit}");
}

const TIGHTER: &str = "\
--- a/src/lib.rs
+++ b/src/lib.rs
@@ -59,7 +59,7 @@
 /// Format a date to be used in a HTTP header field.
 ///
 /// Dates are formatted as IMF-fixdate: `Fri, 15 May 2015 15:34:21 GMT`.
-#[alloc_kit::alloc_budget(1, bytes = 32)]
+#[alloc_kit::alloc_budget(1, bytes = 29)]
 pub fn fmt_http_date(d: SystemTime) -> String {
     format!(\"{}\", HttpDate::from(d))
 }
";

#[test]
fn httpdate_tightened() {
    let (project, _alone) = annotated("httpdate");
    test(&project, &["--out", "run.json"]).exits_with(0);
    let before = (project.read("src/lib.rs"), project.read("src/date.rs"));
    let shown = run(&project, "", &["tighten", "--from", "run.json"])
        .exits_with(0)
        .prints(&["left alone: 1 budget that no test exercised", "1 limit in 1 file; `--apply` writes it"]);
    assert_eq!(shown.stdout(), TIGHTER);
    assert_eq!((project.read("src/lib.rs"), project.read("src/date.rs")), before);
    run(&project, "", &["tighten", "--from", "run.json", "--apply"])
        .exits_with(0)
        .prints(&["Tightened 1 limit in 1 file\n"]);
    assert_eq!(project.read("src/lib.rs"), before.0.replace("bytes = 32", "bytes = 29"));
    assert_eq!(project.read("src/date.rs"), before.1);
    let tight = test(&project, &["--out", "run.json"]).exits_with(0).stdout();
    assert_eq!(
        tight,
        HTTPDATE.replace("bytes = 32         29          3", "bytes = 29         29          0")
    );
    run(&project, "", &["tighten", "--from", "run.json"]).exits_with(0).prints(&["nothing to tighten"]);
}

const SEMVER: &str = "\
function                     budget  most used  room left  calls  verdict
semver::Prerelease::new      1               1          0      6  held
semver::Version::parse       2               2          0    323  held
semver::VersionReq::matches  0               0          0    213  held
semver::VersionReq::parse    2               1          1    127  held

never exercised:
  semver::cmp_precedence  src/lib.rs:467
  semver::matches  src/lib.rs:534

6 budgets in 2 processes: 4 held, 2 never exercised
";

/// Shards: each test program on a machine of its own, and the parts that nextest makes.
#[test]
fn semver() {
    let (project, _alone) = annotated("semver");
    let programs = ["--test", "test_version", "--test", "test_version_req"];
    let [whole, first, second, merged, again] =
        ["whole", "first", "second", "merged", "again"].map(|name| format!("{name}.json"));
    let table = test(&project, &[&programs[..], &["--out", &whole]].concat()).exits_with(0);
    assert_eq!(table.stdout(), SEMVER);
    test(&project, &["--test", "test_version", "--out", &first]).exits_with(0);
    test(&project, &["--test", "test_version_req", "--out", &second]).exits_with(0);
    run(&project, "", &["merge", &first, &second, "--out", &merged]).exits_with(0);
    assert_eq!(known(&project.path(&whole)), known(&project.path(&merged)));
    assert_ne!(known(&project.path(&whole)), known(&project.path(&first)));
    // In the other order, and a shard that came twice, it is the same file.
    run(&project, "", &["merge", &second, &merged, &first, "--out", &again]).exits_with(0);
    assert_eq!(project.read(&merged), project.read(&again));

    if !cargo(&project, "", &["nextest", "--version"]).succeeded() {
        assert!(std::env::var_os("CI").is_none(), "CI has to install cargo-nextest");
        eprintln!("not tested: cargo-nextest is not installed");
        return;
    }
    let nextest = |partition: &[&str], out: &str| {
        let arguments = [&["--nextest"], &programs[..], partition, &["--out", out]].concat();
        test(&project, &arguments).exits_with(0)
    };
    let [of_all, one, two] = ["of-all", "one", "two"].map(|name| format!("{name}.json"));
    nextest(&[], &of_all);
    nextest(&["--partition", "count:1/2"], &one);
    nextest(&["--partition", "count:2/2"], &two);
    run(&project, "", &["merge", &one, &two, "--out", &again]).exits_with(0);
    assert_eq!(known(&project.path(&of_all)), known(&project.path(&again)));
    assert_eq!(known(&project.path(&whole)), known(&project.path(&again)), "by whatever they were run");
}
