//! Shards of nextest, merged, against one run of all tests; and what `cargo alloc-kit merge` takes and refuses.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test merge`

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::two_members::{Companion, folder};
use support::{Run, alloc_kit};

fn merge(in_folder: &Path, arguments: &[&str]) -> Run {
    let mut command = alloc_kit();
    command.current_dir(in_folder).arg("merge").args(arguments);
    Run::of(command)
}

fn has_nextest() -> bool {
    let found =
        Command::new("cargo").args(["nextest", "--version"]).output().is_ok_and(|said| said.status.success());
    if !found {
        eprintln!("not tested: cargo-nextest is not installed");
    }
    found
}

#[test]
fn shards_are_as_one_run() {
    if !has_nextest() {
        return;
    }
    let companion = Companion::new();
    let run = |arguments: &[&str]| {
        let arguments = [&["test", "-q", "--nextest"], arguments].concat();
        companion.run_with(&[("COMPANION", "break,panic")], &arguments)
    };
    run(&["--out", "whole.json"]).exits_with(3).prints(&["fields::upper", "fields::gives_up"]);
    run(&["--partition", "count:1/2", "--out", "shards/one/run.json"]);
    run(&["--partition", "count:2/2", "--out", "shards/two/run.json"]);
    let root = companion.project.path("");
    let whole = merge(&root, &["whole.json"]).exits_with(3);
    // Each half says less.
    for shard in ["shards/one/run.json", "shards/two/run.json"] {
        let half = merge(&root, &[shard]);
        half.expect(half.stdout() != whole.stdout(), "a half is not the whole");
    }
    let merged = merge(&root, &["shards", "--out", "all.json"]).exits_with(3);
    merged.expect(merged.stdout() == whole.stdout(), &format!("it should show what one run shows\n{whole}"));
    let merged = merged.prints(&["Merged 2 shards of 2 files into all.json\n"]);
    // In whichever order, grouped, and more than once.
    let all = companion.project.read("all.json");
    let (one, two) = ("shards/one/run.json", "shards/two/run.json");
    let again = merge(&root, &[two, one, "all.json", "--out", "again.json"]).exits_with(3);
    again.expect(again.stdout() == merged.stdout(), "the same again");
    assert_eq!(companion.project.read("again.json"), all);
    let piped = merge(&root, &[two, one, "--out", "-"]).exits_with(3);
    piped.expect(piped.stdout() == all, "the file on standard output, and nothing else");

    // The same codes, by the same rules.
    let codes = |goes_wrong: &str| {
        let arguments = ["test", "-q", "--nextest", "--out", "run.json"];
        companion.run_with(&[("COMPANION", goes_wrong)], &arguments);
        let code = |arguments: &[&str]| merge(&root, &[&["run.json"], arguments].concat()).code();
        [
            code(&[]),
            code(&["--allow", "not-verified"]),
            code(&["--deny", "never-exercised", "--allow", "not-verified"]),
        ]
    };
    assert_eq!(codes("panic"), [Some(6), Some(0), Some(5)]);
    assert_eq!(codes("break"), [Some(3); 3]);
}

/// A line of a report, of a budget that held or broke.
fn line(process: u64, target: &str, used: u64) -> String {
    let (verdict, broken) = if used > 0 { ("broken", 1) } else { ("held", 0) };
    let room = 0 - i64::try_from(used).expect("a small number");
    format!(
        "{{\"alloc_kit\":1,\"kind\":\"function\",\"program\":\"app\",\"pid\":{process},\"started\":1,\"target\":\"{target}\",\
         \"debug_assertions\":true,\"id\":0,\"path\":\"app::line\",\"type_path\":null,\"file\":\"src/lib.rs\",\"line\":4,\
         \"column\":1,\"form\":\"fn\",\"budget\":{{\"allocations\":\"0\"}},\"scope\":\"thread\",\"calls\":1,\"judged\":1,\
         \"warmed_up\":0,\"not_judged\":0,\"broken\":{broken},\"threads_started\":0,\"most\":{{\"allocations\":{used}}},\
         \"room\":{{\"allocations\":{room}}},\"exceptions\":[],\"verdict\":\"{verdict}\",\"why\":null}}\n"
    )
}

#[test]
fn platforms_stay_apart() {
    let (folder, file) = folder();
    fs::write(file("linux.jsonl"), line(1, "x86_64-linux-gnu", 0) + &line(2, "x86_64-linux-gnu", 0))
        .expect("a file");
    // With line ends as Windows has them.
    let windows = line(1, "x86_64-windows-msvc", 2).replace('\n', "\r\n");
    fs::write(file("windows.jsonl"), windows).expect("a file");
    let run = merge(folder.path(), &["linux.jsonl", "windows.jsonl", "--out", "all.json"]).exits_with(3);
    let expected = "\
x86_64-linux-gnu, dev
function   budget  most used  room left  calls  verdict
app::line  0               0          0      2  held

x86_64-windows-msvc, dev
function   budget  most used  room left  calls  verdict
app::line  0               2         -2      1  broken

broken:
  app::line  src/lib.rs:4  2 allocations over, in 1 of 1 call

2 budgets in 3 processes on 2 platforms: 1 held, 1 broken
";
    run.expect(run.stdout() == expected, &format!("it should show\n{expected}"));
    let one = merge(folder.path(), &["linux.jsonl"]).exits_with(0);
    one.expect(!one.stdout().contains("linux"), "one platform needs no name");
    let json = merge(folder.path(), &["all.json", "--message-format", "json"]).exits_with(3);
    let report: Value = serde_json::from_str(&json.stdout()).expect("JSON");
    let targets: Vec<&str> = report["platforms"]
        .as_array()
        .expect("platforms")
        .iter()
        .filter_map(|of| of["target"].as_str())
        .collect();
    assert_eq!(targets, ["x86_64-linux-gnu", "x86_64-windows-msvc"]);
    assert_eq!(report["exit_code"], 3);
}

/// Compared with what is saved, as a run is; lowered only by what is known to be all.
#[test]
fn what_is_saved_is_compared() {
    let (folder, file) = folder();
    let merge = |arguments: &[&str], code: i32| merge(folder.path(), arguments).exits_with(code);
    for used in [2, 3, 5] {
        let text = line(1, "t", 0)
            .replace("\"most\":{\"allocations\":0}", &format!("\"most\":{{\"allocations\":{used}}}"));
        fs::write(file(&format!("{used}.jsonl")), text).expect("a file");
    }
    let saved = || fs::read_to_string(file("alloc-kit.toml")).expect("a file");
    merge(&["3.jsonl"], 0).never_prints(&["alloc-kit.toml"]);
    merge(&["3.jsonl", "--ratchet", "other.toml"], 2).prints(&["there is no other.toml"]);
    merge(&["3.jsonl", "--save"], 0).prints(&["saved in ", "alloc-kit.toml"]);
    let first = saved();
    assert!(first.contains("\"app::line\" = { allocations = 3, file = \"src/lib.rs\" }"), "{first}");

    let run = merge(&["3.jsonl", "5.jsonl"], 2);
    run.prints(&["there are two different shards"]);
    let run = merge(&["5.jsonl"], 4).prints(&["worse  app::line", "allocations  3 -> 5"]);
    run.prints(&["to accept it: `cargo alloc-kit merge --save 5.jsonl`"]);
    merge(&["5.jsonl", "--out", "-"], 4).prints(&["alloc_kit_run"]).never_prints(&["worse"]);
    merge(&["5.jsonl", "--no-ratchet"], 0).never_prints(&["worse"]);
    let json = merge(&["5.jsonl", "--message-format", "json"], 4);
    let json: Value = serde_json::from_str(&json.stdout()).expect("JSON");
    assert_eq!(
        (&json["exit_code"], &json["ratchet"]["platforms"][0]["changes"][0]["kind"]),
        (&4.into(), &"worse".into())
    );

    // Less of what may be a part is not better.
    merge(&["2.jsonl", "--save"], 0)
        .prints(&["not all tests were run", "up to date"])
        .never_prints(&["better  "]);
    assert_eq!(saved(), first);
    merge(&["2.jsonl", "--whole"], 0).prints(&["better  app::line", "allocations  3 -> 2"]);
    // The file of a run says whether it is.
    merge(&["2.jsonl", "--out", "records.json"], 0);
    let records = fs::read_to_string(file("records.json")).expect("a file");
    let of = |whole: bool, passed: bool| {
        let how =
            format!("\"processes\":1,\"run\":{{\"whole\":{whole},\"passed\":{passed},\"command\":[]}},");
        fs::write(file("run.json"), records.replace("\"processes\":1,", &how)).expect("a file");
    };
    of(false, true);
    merge(&["run.json"], 0).prints(&["not all tests were run"]).never_prints(&["better  "]);
    of(true, false);
    merge(&["run.json", "--save"], 0).prints(&["not saved: alloc-kit.toml is written by a run that passes"]);
    merge(&["run.json", "--save", "--whole"], 0).prints(&["not saved"]).never_prints(&["better  "]);
    assert_eq!(saved(), first);
    of(true, true);
    merge(&["run.json"], 0).prints(&["better  app::line"]);
    merge(&["run.json", "2.jsonl", "--save"], 0).prints(&["better  app::line", "saved in "]);
    assert_eq!(saved(), first.replace("allocations = 3", "allocations = 2"));
    merge(&["3.jsonl", "--whole", "--save"], 0).prints(&["worse  app::line", "saved in "]);
    assert_eq!(saved(), first);
}

/// The line of the program that allocated, behind those of dependencies; each place once.
#[test]
fn a_breach_has_the_line_that_allocated() {
    let (folder, file) = folder();
    let frame = |name: &str, line: u32| {
        format!("{{\"function\":\"{name}\",\"file\":\"src/{name}.rs\",\"line\":{line},\"column\":9}}")
    };
    let breach = |line: u32, thread: &str| {
        let stack = [frame("dependency", 1), frame("own", line), frame("caller", 2)].join(",");
        format!(
            "{{\"alloc_kit\":1,\"kind\":\"breach\",\"program\":\"app\",\"pid\":1,\"started\":1,\"target\":\"t\",\
             \"debug_assertions\":true,\"id\":0,\"path\":\"app::line\",\"type_path\":null,\"file\":\"src/lib.rs\",\
             \"line\":4,\"column\":1,\"thread\":\"{thread}\",\"limits\":[{{\"key\":\"allocations\",\"limit\":0,\
             \"used\":2}}],\"places\":[{{\"event\":\"allocation\",\"times\":2,\"bytes\":1024,\"inside\":1,\
             \"stack\":[{stack}]}}],\"not_shown\":0,\"help\":null,\"message\":\"text {line} {thread}\"}}\n"
        )
    };
    let breaches =
        [breach(7, "one"), breach(7, "two"), breach(8, "two"), breach(9, "two"), breach(10, "two")].concat();
    fs::write(file("run.jsonl"), breaches + &line(1, "t", 2)).expect("a file");
    let run = merge(folder.path(), &["run.jsonl", "-q"]).exits_with(3);
    let expected = "\
broken:
  app::line  src/lib.rs:4  2 allocations over, in 1 of 1 call
    --> src/own.rs:7:9  2 allocations, 1,024 bytes (used 2 of 0 allocations) in one
    --> src/own.rs:8:9  2 allocations, 1,024 bytes (used 2 of 0 allocations) in two
    --> src/own.rs:9:9  2 allocations, 1,024 bytes (used 2 of 0 allocations) in two
    and at 1 other

1 budget in 1 process: 1 broken
";
    run.expect(run.stdout() == expected, &format!("it should show\n{expected}"));
}

/// A line that a kill cut off is left out, also within a character, and what goes on in it is not. What it said is not known, so
/// it is no pass: not now, and not of the file that is made of it.
#[test]
fn what_a_kill_cut_off_is_no_pass() {
    let (folder, file) = folder();
    let good = line(1, "x86_64-linux-gnu", 0);
    let within = &"{\"alloc_kit\":1,\"program\":\"é".as_bytes()[..27];
    let cuts = [
        (2, [good.as_bytes(), b"{\"alloc_kit\":1,\"kind\":\"fun"].concat()),
        (2, [good.as_bytes(), within].concat()),
        (1, [&good.as_bytes()[..300], good.as_bytes()].concat()),
        (1, [within, good.as_bytes()].concat()),
    ];
    for (at, text) in cuts {
        fs::write(file("cut.jsonl"), text).expect("a file");
        let lost = format!(
            "warning: cut.jsonl:{at}: a kill cut this line off: what its process knew is lost in part\n"
        );
        let said = [
            lost.as_str(),
            "1 budget in 1 process: 1 held\n",
            "error: what test programs knew is lost in part: it is not shown that every budget holds\n",
        ];
        merge(folder.path(), &["cut.jsonl", "--out", "cut.json"]).exits_with(6).prints(&said);
        merge(folder.path(), &["cut.json", "--allow", "not-verified"]).exits_with(6).prints(&said);
    }
}

#[test]
fn refuses_what_it_does_not_know() {
    let (folder, file) = folder();
    let good = line(1, "x86_64-linux-gnu", 0);
    fs::write(file("good.jsonl"), &good).expect("a file");
    merge(folder.path(), &["good.jsonl", "--out", "good.json"]).exits_with(0);
    let kept = fs::read_to_string(file("good.json")).expect("a file");
    let refused = |name: &str, text: &[u8], said: &[&str]| {
        fs::write(file(name), text).expect("a file");
        let run = merge(folder.path(), &["good.jsonl", name, "--out", "good.json"]).exits_with(2);
        run.expect(run.stdout().is_empty(), "there is no result");
        run.expect(run.stderr().starts_with(&format!("error: {name}: ")), "it names the file");
        let run = run.prints(said);
        run.never_prints(&["Merged", "panicked"]);
        let now = fs::read_to_string(file("good.json")).expect("a file");
        assert_eq!(now, kept, "the old file stays as it is");
    };
    let lines = |second: &str| (good.clone() + second + "\n" + &good).into_bytes();
    refused("foreign.jsonl", &lines("{\"level\":\"info\"}"), &["line 2: is no record of alloc-kit"]);
    refused("glued.jsonl", &lines("what, this?{\"alloc_kit\":1}"), &["line 2: no JSON: "]);
    refused("broken.jsonl", &lines("what, this?"), &["line 2: no JSON: "]);
    refused("number.jsonl", &lines("17"), &["line 2: is no record of alloc-kit"]);
    refused(
        "field.jsonl",
        &lines(&good.trim_end().replace("\"calls\":1,", "")),
        &["line 2: missing field `calls`"],
    );
    refused(
        "later.jsonl",
        &lines(&good.trim_end().replace("\"alloc_kit\":1", "\"alloc_kit\":2")),
        &["line 2: is of version 2 of the report, and this `cargo alloc-kit` knows version 1"],
    );
    refused("bytes.jsonl", &[good.as_bytes(), b"{\"a\":\"\xff\"}\n"].concat(), &["line 2: no text: "]);
    refused("empty.jsonl", b"\n", &["is empty"]);
    refused(
        "package.json",
        b"{\"name\": \"left-pad\",\n \"version\": \"1\"}\n",
        &["is JSON, and no file of a run"],
    );
    refused("list.json", b"[1, 2]", &["is JSON, and no file of a run"]);
    refused("picture.json", &[0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0], &["line 1: no text: "]);
    let later = kept.replace("\"alloc_kit_run\":1", "\"alloc_kit_run\":9");
    refused("later.json", later.as_bytes(), &["is of version 9, and this `cargo alloc-kit` knows version 1"]);
    let unknown = kept.replace("\"nth\":1", "\"nth\":1,\"mood\":2");
    refused("unknown.json", unknown.as_bytes(), &["unknown field `mood`"]);
    for cut in [kept.len() / 2, kept.len() - 2, 17, 12] {
        refused("cut.json", &kept.as_bytes()[..cut], &["is a file of a run, and is cut off: "]);
    }
    refused(
        "cut.jsonl",
        &good.as_bytes()[..40],
        &["is cut off in line 1, and has no whole record of alloc-kit"],
    );
    let without = kept.replacen(',', "", 1);
    refused("comma.json", without.as_bytes(), &["is a file of a run, and was changed: "]);
    let changed = kept.replace("\"calls\":1", "\"calls\":7");
    refused(
        "changed.json",
        changed.as_bytes(),
        &["there are two different shards ", "of the same processes another file says something else"],
    );

    refused(
        "only.jsonl",
        &good.as_bytes()[..200],
        &["is cut off in line 1, and has no whole record of alloc-kit"],
    );
    let says = |arguments: &[&str], said: &[&str]| {
        merge(folder.path(), arguments).exits_with(2).prints(said);
    };
    says(&["missing.json"], &["error: cannot read missing.json: "]);
    says(&[], &["required arguments were not provided", "<FILE>..."]);
    fs::create_dir(file("nothing")).expect("a folder");
    says(&["nothing"], &["error: nothing: no .json or .jsonl file is in it"]);
    says(
        &["good.json", "--out", "./good.json"],
        &["error: `--out good.json` would overwrite what is to be read"],
    );
    fs::create_dir(file("runs")).expect("a folder");
    fs::copy(file("good.json"), file("runs/one.json")).expect("a file");
    says(&["runs", "--out", "runs/one.json"], &["would overwrite what is to be read"]);
    says(&["good.json", "--out", "nothing"], &["error: cannot write nothing: it is a folder"]);
    says(&["good.json", "--out", "good.json/below.json"], &["error: cannot write good.json/below.json: "]);
    says(&["good.json", "--out", "-", "--message-format", "json"], &["both write to standard output"]);
    let exception = "{\"alloc_kit\":1,\"kind\":\"exception\",\"program\":\"app\",\"pid\":1,\"module\":\"app\",\"reason\":\"r\",\
                     \"file\":\"a.rs\",\"line\":1,\"times\":1,\"allocations\":0,\"bytes\":0}\n";
    fs::write(file("none.jsonl"), exception).expect("a file");
    merge(folder.path(), &["none.jsonl"])
        .exits_with(7)
        .prints(&["error: no budgets: none of the files has one\n"]);
}
