//! Budgets lowered in the source, in every spelling that they have, and nothing else changed.

mod support;

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

use support::packages::{run as alloc_kit, run_with};
use support::{Project, Run, clean_command};

/// A text with one side of each `«12|3»`.
fn written_out(spellings: &str, tightened: bool) -> String {
    let mut text = String::new();
    let mut rest = spellings;
    while let Some((before, marked)) = rest.split_once('«') {
        let (limits, after) = marked.split_once('»').expect("an end");
        let (wide, tight) = limits.split_once('|').expect("two sides");
        text.push_str(before);
        text.push_str(if tightened { tight } else { wide });
        rest = after;
    }
    text + rest
}

fn windows(text: &str) -> String {
    format!("\u{feff}{}", text.replace('\n', "\r\n"))
}

#[test]
#[expect(clippy::too_many_lines, reason = "each step goes on from the one before")]
fn only_literals_change_and_the_tests_still_pass() {
    let project = Project::copy_of("tighten");
    let spellings = project.read("src/spellings.txt");
    let (wide, tight) = (written_out(&spellings, false), written_out(&spellings, true));
    project.write("src/unix.txt", &wide);
    project.write("src/windows.txt", &windows(&wide));
    let library = project.read("src/lib.rs");
    alloc_kit(&project, "", &["test", "--out", "run.json"]).exits_with(0);

    // Shown, as a diff that others take, and nothing is written.
    let run = alloc_kit(&project, "", &["tighten", "--from", "run.json"]).exits_with(0);
    let diff = run.stdout();
    run.expect(diff.starts_with("--- a/src/unix.txt\n+++ b/src/unix.txt\n@@ "), "it should be a diff");
    let limits = wide_limits(&spellings) * 2;
    let run = run.prints(&[
        "-#[alloc_budget(12)] pub fn bare() { allocate(3) }\n",
        "\n+#[alloc_budget(3)] pub fn bare() { allocate(3) }\n",
        &format!("note: {limits} limits in 2 files; `--apply` writes them"),
        "an_expression at src/unix.txt:",
        "`items.len() + 12`, an expression; the most used is 2",
        "`bytes = LIMIT`, an expression; the most used is 20",
        "`pair :: < u8, 12 > ()`, an expression",
        "tighten::unix::one at src/unix.txt:",
        "made by `twins!`, whose text is used at each of its calls",
        "made by `with_limit!`",
        "made by `checked!`",
        "unix::not_called` has the same budget, and was never exercised",
        "in a doctest",
        "left alone: 5 budgets that no test exercised",
    ]);
    run.never_prints(&[
        "\u{1b}",
        "left alone: tighten::unix::bare",
        "left alone: tighten::unix::handed_through",
    ]);
    assert_eq!(project.read("src/unix.txt"), wide);
    let coloured =
        alloc_kit(&project, "", &["tighten", "--from", "run.json", "--color", "always"]).exits_with(0);
    coloured.prints(&["\u{1b}[32m+#[alloc_budget(3)] pub fn bare()", "\u{1b}[31m-#[alloc_budget(12)]"]);
    let run =
        alloc_kit(&project, "", &["tighten", "--from", "run.json", "--message-format", "json"]).exits_with(0);
    let json: serde_json::Value = serde_json::from_str(&run.stdout()).expect("JSON");
    assert_eq!(json["changes"].as_array().map(Vec::len), Some(limits), "{run}");
    let change = &json["changes"][0];
    assert_eq!((&change["before"], &change["after"]), (&"12".into(), &"3".into()), "{run}");
    assert_eq!(json["applied"], false);
    // What git would write is what is written here. (`Run` shows no carriage returns, so not the other file.)
    let of_unix = diff.split("--- a/src/windows.txt").next().unwrap_or_default();
    project.write("tighten.diff", of_unix);
    let mut git = clean_command("git");
    git.args(["apply", "tighten.diff"]).current_dir(project.path(""));
    Run::of(git).succeeds();
    assert_eq!(project.read("src/unix.txt"), tight);
    project.write("src/unix.txt", &wide);

    // One that can't be written is left alone, and the other one is not.
    let permissions = fs::metadata(project.path("src/windows.txt")).expect("it").permissions();
    let mut read_only = permissions.clone();
    read_only.set_readonly(true);
    fs::set_permissions(project.path("src/windows.txt"), read_only).expect("they are set");
    alloc_kit(&project, "", &["tighten", "--from", "run.json", "--apply"]).exits_with(2).prints(&[
        &format!("Tightened {} limits in 1 file\n", limits / 2),
        "error: src/windows.txt is as it was: cannot write ",
    ]);
    assert_eq!(project.read("src/unix.txt"), tight);
    assert_eq!(project.read("src/windows.txt"), windows(&wide));
    project.write("src/unix.txt", &wide);
    fs::set_permissions(project.path("src/windows.txt"), permissions).expect("they are set");

    // Written, all but the literals are the same, to the byte.
    #[cfg(unix)]
    fs::set_permissions(project.path("src/unix.txt"), fs::Permissions::from_mode(0o750))
        .expect("they are set");
    alloc_kit(&project, "", &["tighten", "--from", "run.json", "--apply"])
        .exits_with(0)
        .prints(&[&format!("Tightened {limits} limits in 2 files")]);
    assert_eq!(project.read("src/unix.txt"), tight);
    assert_eq!(project.read("src/windows.txt"), windows(&tight));
    assert_eq!(project.read("src/lib.rs"), library);
    #[cfg(unix)]
    {
        let mode = fs::metadata(project.path("src/unix.txt")).expect("it").permissions().mode();
        assert_eq!(mode & 0o777, 0o750, "it is what it was");
    }

    // It holds, and has no room where there was a literal.
    let run =
        alloc_kit(&project, "", &["test", "--out", "tight.json", "--message-format", "json"]).exits_with(0);
    let json: serde_json::Value = serde_json::from_str(&run.stdout()).expect("JSON");
    let mut with_room = Vec::new();
    for budget in json["platforms"][0]["budgets"].as_array().expect("budgets") {
        let room = budget["seen"]["room"].as_object().expect("an object");
        let is_literal = |key: &str| {
            let text = budget["site"]["budget"][key].as_str().unwrap_or_default();
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && text.starts_with(char::is_numeric)
        };
        if room.iter().any(|(key, room)| is_literal(key) && *room != 0) {
            with_room.push(budget["name"].as_str().unwrap_or_default().to_owned());
        }
    }
    // Of several functions with one limit, one has none; those of macros are left alone.
    let expected = [
        "Held::called",
        "Held::two",
        "all",
        "another",
        "inner::Deep::one",
        "inner::more::two",
        "of_twelve",
        "one",
    ];
    let mut expected: Vec<String> = ["unix", "windows"]
        .iter()
        .flat_map(|module| expected.map(|name| format!("tighten::{module}::{name}")))
        .collect();
    expected.sort();
    with_room.retain(|name| name.starts_with("tighten::"));
    with_room.sort();
    assert_eq!(with_room, expected);

    // A second time there is nothing to do.
    let run = alloc_kit(&project, "", &["tighten", "--from", "tight.json", "--apply"]).exits_with(0);
    let run = run.prints(&["nothing to tighten"]);
    run.expect(run.stdout().is_empty(), "there should be no diff");
    assert_eq!(project.read("src/unix.txt"), tight);
    // Of several files the most holds, in any order.
    for files in [["tight.json", "run.json"], ["run.json", "tight.json"]] {
        let arguments = ["tighten", "--from", files[0], "--from", files[1]];
        // They were of different texts: one of them is not what the source says any more.
        alloc_kit(&project, "", &arguments).exits_with(2).prints(&["src/unix.txt has changed since the run"]);
    }

    // The source is another one now: refused, and no file is touched.
    let moved = format!("\n{wide}");
    project.write("src/unix.txt", &moved);
    project.write("src/windows.txt", &windows(&wide));
    let run = alloc_kit(&project, "", &["tighten", "--from", "run.json", "--apply"]).exits_with(2);
    run.prints(&[
        "error: src/unix.txt has changed since the run",
        "nothing was changed there",
        "in 1 file\n",
    ]);
    assert_eq!(project.read("src/unix.txt"), moved);
    assert_eq!(project.read("src/windows.txt"), windows(&tight));
    // Another limit than was run, another name, and nothing that is Rust.
    for (from, to, expected) in [
        (
            "budget(12)] pub fn bare",
            "budget(13)] pub fn bare",
            "at src/unix.txt:7 is no budget of `tighten::unix::bare`",
        ),
        ("pub fn bare", "pub fn bear", "at src/unix.txt:7 is no budget of `tighten::unix::bare`"),
        ("pub fn bare() {", "pub fn bare() ", "src/unix.txt is no Rust: "),
    ] {
        let text = wide.replace(from, to);
        project.write("src/unix.txt", &text);
        alloc_kit(&project, "", &["tighten", "--from", "run.json", "--apply"])
            .exits_with(2)
            .prints(&[expected]);
        assert_eq!(project.read("src/unix.txt"), text);
    }
    fs::remove_file(project.path("src/unix.txt")).expect("it goes");
    alloc_kit(&project, "", &["tighten", "--from", "run.json"])
        .exits_with(2)
        .prints(&["src/unix.txt cannot be read"]);

    // A broken budget is not raised.
    project.write("src/unix.txt", &tight);
    let arguments = ["test", "--out", "broken.json", "broken", "--", "--ignored"];
    alloc_kit(&project, "", &arguments).exits_with(3);
    // Nor is a run trusted that failed, or ran some of the tests.
    for from in [&["--from", "broken.json"][..], &[]] {
        let run = alloc_kit(&project, "", &[&["tighten", "--apply"], from].concat()).exits_with(2);
        let run = run.prints(&[
            "run failed, so it may not have seen the most: `cargo alloc-kit test broken -- --ignored`",
        ]);
        run.prints(&["help: run all tests", "`cargo alloc-kit test --workspace`"]);
    }
    alloc_kit(&project, "", &["test", "--", "all"]).exits_with(0);
    let run = alloc_kit(&project, "", &["tighten", "--apply"]).exits_with(2);
    run.prints(&["the last run was not of all tests"]);
    assert_eq!(project.read("src/unix.txt"), tight);
    // Of records that is not known.
    let records = project.path("records.jsonl").display().to_string();
    run_with(&project, "", &[("ALLOC_KIT_REPORT", &records)], &arguments).exits_with(3);
    let run = alloc_kit(&project, "", &["tighten", "--from", "records.jsonl", "--apply"]).exits_with(0);
    run.prints(&[
        "warning: nothing says whether all tests were run",
        "tighten::breaks at src/lib.rs:",
        "broken, and no budget is raised; the most used of `allocations` is 2",
    ]);
    assert_eq!(project.read("src/lib.rs"), library);
}

/// How many limits become others.
fn wide_limits(spellings: &str) -> usize {
    spellings.matches('«').count()
}

#[test]
fn needs_a_run() {
    let project = Project::copy_of("two_members");
    let none = ["tighten", "--target-dir", "nowhere"];
    alloc_kit(&project, "", &none).exits_with(2).prints(&[
        "there is no last run: ",
        "nowhere",
        "`cargo alloc-kit test` first",
    ]);
    // The last run is where the command keeps it.
    fs::create_dir_all(project.path("nowhere/alloc-kit")).expect("a folder");
    project.write("nowhere/alloc-kit/last-run.json", "{\"alloc_kit_run\":1,\"shards\":[]}");
    alloc_kit(&project, "", &none).exits_with(0).prints(&["nothing to tighten"]);
    project.write("nowhere/alloc-kit/last-run.json", "{}");
    alloc_kit(&project, "", &none).exits_with(2).prints(&["last-run.json: is JSON, and no file of a run"]);
    alloc_kit(&project, "", &["tighten", "--from", "nothing.json"])
        .exits_with(2)
        .prints(&["cannot read nothing.json"]);
}
