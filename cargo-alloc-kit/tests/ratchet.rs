//! What functions use, saved and compared: the same two crates, edited between runs, as commits would.

mod support;

use std::fs;

use support::packages::run as alloc_kit;
use support::{Project, Run};

const APP: &str = "app/src/lib.rs";

/// A run of all tests with more arguments, which has to end with a code.
#[track_caller]
fn test(project: &Project, arguments: &[&str], code: i32) -> Run {
    let run = alloc_kit(project, "", &[&["test"], arguments].concat());
    run.expect(run.code() == Some(code), &format!("it should have exited with {code}"));
    run
}

/// An edit of the source.
#[track_caller]
fn edit(project: &Project, file: &str, from: &str, to: &str) {
    let text = project.read(file);
    assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
    project.write(file, &text.replace(from, to));
}

/// The lines of what is saved that two texts do not share.
fn differing(one: &str, other: &str) -> (Vec<String>, Vec<String>) {
    let without = |text: &str, other: &str| {
        let lines = text.lines().filter(|line| !other.lines().any(|known| known == *line));
        lines.map(str::to_owned).collect()
    };
    (without(one, other), without(other, one))
}

fn saved(project: &Project) -> String {
    project.read("alloc-kit.toml")
}

#[test]
#[expect(clippy::too_many_lines, reason = "each step goes on from the one before")]
fn a_change_is_seen_said_and_accepted() {
    let project = Project::copy_of("ratchet");

    // Without a file nothing is compared; `--save` makes it.
    test(&project, &[], 0).never_prints(&["alloc-kit.toml", "compared"]);
    assert!(!project.path("alloc-kit.toml").exists());
    test(&project, &["--ratchet", "other.toml"], 2).prints(&["there is no ", "other.toml", "--save"]);
    test(&project, &["--save"], 0).prints(&["saved in ", "alloc-kit.toml"]);
    let first = saved(&project);
    let function = |name: &str| {
        let start = format!("\"{name}\" = ");
        let mut lines = first.lines().filter(|line| line.starts_with(&start));
        let (line, None) = (lines.next(), lines.next()) else { panic!("two of {name}:\n{first}") };
        line.unwrap_or_else(|| panic!("no {name}:\n{first}")).to_owned()
    };
    assert_eq!(
        function("ratchet_app::Parser::grow"),
        "\"ratchet_app::Parser::grow\" = { allocations = 3, bytes = 30, peak_bytes = 10, live_bytes = 0, \
         deallocations = 3, file = \"app/src/lib.rs\" }"
    );
    assert!(function("ratchet_app::fill").contains("allocations = 9, bytes = 90"), "{first}");
    assert!(function("ratchet_util::allocate").contains("allocations = 50, bytes = 500"), "{first}");
    assert_eq!(first.lines().filter(|line| line.starts_with('[')).count(), 1, "{first}");
    let lines: Vec<&str> = first.lines().filter(|line| line.starts_with('"')).collect();
    assert!(lines.is_sorted() && lines.len() == 7, "{first}");

    // Again all is the same, wherever it is run, and is written nowhere.
    let run = test(&project, &["--save"], 0).prints(&["7 compared\n", "alloc-kit.toml is up to date"]);
    run.never_prints(&["worse", "better  ", "gone  ", "new  "]);
    assert_eq!(saved(&project), first);

    // More than was saved, and still within the budget: worse.
    edit(&project, APP, "allocate(3)", "allocate(4)");
    // Lines move all the time.
    edit(&project, APP, "//! Functions", "//! So.\n//!\n//! Functions");
    let place = project.place(APP, "Uses more later", "///");
    let line: u32 = place.split(':').nth(1).and_then(|line| line.parse().ok()).expect("a line");
    let run = test(&project, &[], 4).prints(&[
        "worse  ratchet_app::Parser::grow",
        &format!("app/src/lib.rs:{}", line + 1),
        "    allocations  3 -> 4\n",
        "    bytes  30 -> 40\n",
        "    deallocations  3 -> 4\n",
        "to accept it: `cargo alloc-kit test --save`",
    ]);
    run.expect(run.stdout().contains("worse  ratchet_app::Parser::grow"), "it is a result");
    run.expect(!run.stdout().contains("peak_bytes  10"), "what is the same is not said");
    assert_eq!(saved(&project), first);
    test(&project, &["--no-ratchet"], 0).never_prints(&["worse"]);
    test(&project, &["-p", "ratchet_app", "--", "--nocapture"], 4)
        .prints(&["to accept it: `cargo alloc-kit test --save --package ratchet_app -- --nocapture`"]);
    let run = test(&project, &["--message-format", "json"], 4);
    let json: serde_json::Value = serde_json::from_str(&run.stdout()).expect("JSON");
    let change = &json["ratchet"]["platforms"][0]["changes"][0];
    assert_eq!(
        (&change["kind"], &change["figures"]["bytes"]["after"]),
        (&"worse".into(), &40.into()),
        "{run}"
    );
    assert_eq!(json["exit_code"], 4);
    test(&project, &["--save"], 0).prints(&["worse  ratchet_app::Parser::grow", "saved in "]);
    let (gone, come) = differing(&first, &saved(&project));
    assert_eq!((gone.len(), come.len()), (1, 1), "{gone:?} {come:?}");
    assert!(come[0].starts_with("\"ratchet_app::Parser::grow\" = { allocations = 4, bytes = 40"), "{come:?}");

    // Less is said, and saved when that is asked for. A run of some tests has seen less, which is not better.
    let text = saved(&project);
    edit(&project, APP, "allocate(5)", "allocate(2)");
    let partly = ["not all tests were run"];
    test(&project, &["--save", "--", "--skip", "much"], 0)
        .prints(&partly)
        .never_prints(&["better  ", "gone  "]);
    test(&project, &["--save", "little"], 0).prints(&partly).never_prints(&["better  ", "gone  "]);
    test(&project, &["--save", "--test", "none"], 1).prints(&["not saved"]);
    assert_eq!(saved(&project), text);
    // Nor is what another package's tests use of a function.
    let run = test(&project, &["-p", "ratchet_app", "--save"], 0);
    let run = run.prints(&["better  ratchet_app::Parser::trim", "allocations  5 -> 2"]);
    run.never_prints(&["ratchet_util::allocate  util", "worse", "not all tests"]);
    let (gone, come) = differing(&text, &saved(&project));
    assert_eq!((gone.len(), come.len()), (1, 1), "{gone:?} {come:?}");
    assert!(saved(&project).contains("\"ratchet_util::allocate\" = { allocations = 50"));
    let run = alloc_kit(&project, "util", &["test"]).succeeds();
    run.never_prints(&["better  ", "gone  ", "worse"]);

    // What the package itself uses less of than those that depend on it did is not better.
    edit(&project, "util/src/lib.rs", "allocate(50)", "allocate(1)");
    test(&project, &["--save"], 0).prints(&["better  ratchet_util::allocate", "allocations  50 -> 9"]);
    let text = saved(&project);
    let some = ["some packages, or doctests, were not run"];
    for arguments in
        [&["-p", "ratchet_util", "--save"][..], &["--workspace", "--exclude", "ratchet_app", "--save"]]
    {
        test(&project, arguments, 0)
            .prints(&["up to date"])
            .prints(&some)
            .never_prints(&["better  ", "gone  "]);
    }
    alloc_kit(&project, "util/src", &["test", "--save"]).succeeds().prints(&["up to date"]).prints(&some);
    assert_eq!(saved(&project), text);

    // A new name for the same, one that nobody calls, and one that breaks.
    let text = saved(&project).replace("version = 1", "# Kept by hand.\nversion = 1");
    project.write("alloc-kit.toml", &text);
    let source = project.read(APP);
    project.write(APP, &source.replace("before()", "after()").replace("assert_eq!(parser.lines(), 0);", ""));
    test(&project, &["--deny", "never-exercised"], 5)
        .prints(&["never exercised  ratchet_app::Parser::lines", "renamed?  ratchet_app::after"])
        .prints(&["saved as ratchet_app::before", "5 compared, 1 renamed?, 1 never exercised"]);
    edit(&project, APP, "#[alloc_budget(n + 1)]", "#[alloc_budget(n - 1)]");
    let run = test(&project, &["--save"], 3).prints(&["not saved", "this one failed"]);
    run.never_prints(&["renamed?  ", "gone  ", "saved in"]);
    assert_eq!(saved(&project), text);
    edit(&project, APP, "#[alloc_budget(n - 1)]", "#[alloc_budget(n + 1)]");
    test(&project, &["--save"], 0).prints(&["renamed?  ratchet_app::after", "saved in "]);
    assert_eq!(
        saved(&project),
        {
            let mut lines: Vec<&str> = text.lines().filter(|line| !line.contains("::before")).collect();
            let after = text.lines().find(|line| line.contains("::before")).expect("a line");
            let after = after.replace("::before", "::after");
            let boxed = lines.iter().position(|line| line.contains("::boxed")).expect("a line");
            lines.insert(boxed, &after);
            lines.join("\n") + "\n"
        },
        "what was not called stays, and the comment"
    );

    // Another platform: not compared, until it is saved; then it is beside the first.
    let text = saved(&project);
    let not_compared = ["not compared: nothing is saved for ", ", release in alloc-kit.toml (it has "];
    test(&project, &["--release"], 0).prints(&not_compared).never_prints(&[" compared,"]);
    test(&project, &["--release", "--save"], 0).prints(&["saved in "]);
    let both = saved(&project);
    assert!(both.starts_with(&text), "{both}");
    let release = both.split_once(".release]\n").map(|(_, lines)| lines).expect("a section");
    assert!(release.contains("\"ratchet_app::boxed\" = { allocations = 0"), "{both}");
    assert!(text.contains("\"ratchet_app::boxed\" = { allocations = 1"), "{both}");

    // A function that is no more.
    let source = project.read(APP);
    let boxed = source.find("/// Needs what").expect("it");
    let end = source.find("#[cfg(test)]").expect("the tests");
    let source = format!("{}{}", &source[..boxed], &source[end..]);
    project.write(APP, &source.replace("assert_eq!(boxed(1), 2);", ""));
    test(&project, &[], 0).prints(&["gone  ratchet_app::boxed"]);
    test(&project, &["--save"], 0).prints(&["gone  ratchet_app::boxed"]);
    let (gone, come) = differing(&both, &saved(&project));
    let (text, is_boxed) = (saved(&project), |line: &String| line.contains("::boxed"));
    assert!(come.is_empty() && !gone.is_empty() && gone.iter().all(is_boxed), "{gone:?} {come:?}");

    project.write(APP, "it does not compile");
    test(&project, &["--save"], 1).prints(&["could not compile", "alloc-kit.toml is not saved"]);
    assert_eq!(saved(&project), text);
}

#[test]
fn a_file_that_is_wrong_is_said_before_anything_runs() {
    let project = Project::copy_of("two_members");
    // Cargo's own errors would come later.
    project.write("strict/src/lib.rs", "it does not compile");
    for (text, expected) in [
        ("version = 2\n", "alloc-kit.toml:1: is of version 2, and this `cargo alloc-kit` knows 1"),
        ("version = 1\ntolerance = 1\n", "alloc-kit.toml:2: unknown key `tolerance`; accepted: `version`"),
        ("version = 1\n<<<<<<< ours\n", "alloc-kit.toml:2: a merge conflict"),
        ("not = [TOML", "alloc-kit.toml:1: "),
    ] {
        project.write("alloc-kit.toml", text);
        for arguments in [&[][..], &["--save"]] {
            let run = test(&project, arguments, 2).prints(&["error: ", expected, "help: "]);
            run.never_prints(&["Compiling", "could not compile"]);
            assert_eq!(saved(&project), text);
        }
    }
    fs::write(project.path("alloc-kit.toml"), b"\xff").expect("it is written");
    test(&project, &[], 2).prints(&["alloc-kit.toml: not text"]);

    // Where the configuration says, which has to be there.
    let manifest = project.read("Cargo.toml");
    let with = |lines: &str| format!("{manifest}\n[workspace.metadata.alloc-kit]\n{lines}\n");
    project.write("Cargo.toml", &with("ratchet = \"ci/budgets.toml\""));
    test(&project, &[], 2).prints(&["there is no ", "ci/budgets.toml", "--save"]);
    project.write("Cargo.toml", &with("ratchet = 3"));
    test(&project, &[], 2).prints(&["[workspace.metadata.alloc-kit]", "expected path string"]);
    project.write("Cargo.toml", &manifest);

    // What can't be written is known before the tests are run: root may write all but what is no folder.
    fs::remove_file(project.path("alloc-kit.toml")).expect("it goes");
    test(&project, &["--save", "--ratchet", "Cargo.toml/x.toml"], 2)
        .prints(&["cannot "])
        .never_prints(&["Compiling"]);
    fs::write(project.path("alloc-kit.toml"), "version = 1\n").expect("it is written");
    let mut permissions = fs::metadata(project.path("alloc-kit.toml")).expect("it").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(project.path("alloc-kit.toml"), permissions).expect("they are set");
    let run = test(&project, &["--save"], 2).prints(&["cannot write ", "it is read-only"]);
    run.never_prints(&["Compiling"]);
    assert_eq!(saved(&project), "version = 1\n");
}
