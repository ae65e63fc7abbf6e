//! `cargo alloc-kit init` in fresh packages, whose tests then pass and fail where they should, and with what users have of files.
//! `init_manifests.rs` has the forms of a manifest.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test init`.

mod support;

use std::fs;

use support::packages::{cargo, folder, library, lock, run, write};
use support::{Project, Run, clean_command};

const LIBRARY: &str = "pub fn one() -> u8 { 1 }\n";

fn init(project: &Project, of: &str, more: &[&str]) -> Run {
    let library = library();
    run(project, of, &[&["init", "--path", &library], more].concat())
}

/// All files but for cargo's and git's own.
fn files(project: &Project, of: &str) -> Vec<(String, String)> {
    fn walk(folder: &std::path::Path, root: &std::path::Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let name = entry.strip_prefix(root).expect("below").display().to_string().replace('\\', "/");
            if entry.is_dir() && name != ".git" {
                walk(&entry, root, found);
            } else if entry.is_file() && name != "Cargo.lock" {
                found.push((name, fs::read_to_string(&entry).expect("text")));
            }
        }
    }
    let mut found = Vec::new();
    walk(&project.path(of), &project.path(of), &mut found);
    found.sort();
    found
}

#[test]
fn fresh_packages_hold_their_budgets() {
    let project = folder();
    for (name, kind, edition) in
        [("fresh-lib", "--lib", "2024"), ("fresh-bin", "--bin", "2021"), ("fresh-old", "--lib", "2018")]
    {
        cargo(&project, "", &["new", kind, "--edition", edition, "--vcs", "git", name]).succeeds();
        lock(&project, name);
        let before = files(&project, name);

        // Shown, and nothing else.
        let shown = init(&project, name, &[]).exits_with(0).prints(&["Would write 3 files: `--apply` does"]);
        shown.expect(before == files(&project, name), "it should have written nothing");
        let patch = shown.stdout();
        for part in [
            "--- a/Cargo.toml\n",
            "--- /dev/null\n+++ b/tests/budgets.rs\n",
            "+++ b/.github/workflows/alloc-kit.yml\n",
        ] {
            shown.expect(patch.contains(part), part);
        }

        init(&project, name, &["--apply"]).exits_with(0).prints(&["Wrote 3 files"]);
        let after = files(&project, name);
        assert_eq!(after.len(), before.len() + 2, "{after:#?}");
        let again = init(&project, name, &["--apply"]).exits_with(0).prints(&["Unchanged nothing to do"]);
        again.expect(again.stdout().is_empty() && after == files(&project, name), "nothing to do");

        cargo(&project, name, &["test"])
            .succeeds()
            .prints(&["test budgets_hold ... ok", "test allocations_are_counted ... ok"]);
        let table = run(&project, name, &["test", "--deny", "never-exercised"]).exits_with(0);
        assert_eq!(
            table.stdout(),
            "function           budget  most used  room left  calls  verdict\n\
             budgets::checksum  0               0          0      2  held\n\
             budgets::doubled   1               1          0      2  held\n\n\
             2 budgets in 1 process: 2 held\n"
        );
        // What is shown is a patch.
        if name == "fresh-lib" {
            for (file, _) in &after {
                fs::remove_file(project.path(name).join(file)).expect("a file");
            }
            for (file, text) in &before {
                write(&project, &format!("{name}/{file}"), text);
            }
            write(&project, &format!("{name}/shown.patch"), &patch);
            let mut git = clean_command("git");
            git.args(["apply", "shown.patch"]).current_dir(project.path(name));
            if git.output().is_ok_and(|output| output.status.success()) {
                fs::remove_file(project.path(name).join("shown.patch")).expect("the patch");
                assert_eq!(files(&project, name), after);
            } else {
                let has_git = clean_command("git").arg("--version").output().is_ok();
                assert!(!has_git, "git does not take the patch:\n{patch}");
                eprintln!("not tested: there is no git");
                init(&project, name, &["--apply"]).exits_with(0);
            }
        }
    }

    // Its test is none that always passes: without the feature it is red.
    let manifest = project.read("fresh-bin/Cargo.toml");
    project.write("fresh-bin/Cargo.toml", &manifest.replace(", features = [\"enforce\"]", ""));
    cargo(&project, "fresh-bin", &["test"]).fails();
    project.write("fresh-bin/Cargo.toml", &manifest.replace("\"enforce\"", "\"audit\""));
    cargo(&project, "fresh-bin", &["test"]).fails().prints(&["test allocations_are_counted ... FAILED"]);
    project.write("fresh-bin/Cargo.toml", &manifest);
    // And so it is where a function allocates that must not.
    let test = project.read("fresh-bin/tests/budgets.rs");
    let allocates = test.replace("bytes.iter().map(", "bytes.to_vec().iter().map(");
    assert_ne!(test, allocates);
    project.write("fresh-bin/tests/budgets.rs", &allocates);
    run(&project, "fresh-bin", &["test"])
        .exits_with(3)
        .prints(&["`checksum` made 1 heap allocation", "budgets::checksum  0               1         -1"]);
}

#[test]
fn a_member_of_a_workspace() {
    let project = folder();
    write(&project, "Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"init-one\", \"init-two\"]\n");
    for name in ["init-one", "init-two"] {
        write(
            &project,
            &format!("{name}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n"),
        );
        write(&project, &format!("{name}/src/lib.rs"), LIBRARY);
    }
    let before = files(&project, "");
    // Which one?
    init(&project, "", &[]).exits_with(2).prints(&[
        "is a workspace without a package of its own",
        "`-p NAME` for one of `init-one`, `init-two`, or `--workspace` for all",
    ]);
    init(&project, "", &["-p", "init-three"])
        .exits_with(2)
        .prints(&["no package `init-three` in the workspace of", "its members are `init-one`, `init-two`"]);
    assert_eq!(before, files(&project, ""));
    // By its folder, by its name, by its manifest.
    let in_folder = init(&project, "init-two", &[]).exits_with(0).stdout();
    assert!(
        in_folder.contains("+++ b/init-two/Cargo.toml") && !in_folder.contains("init-one"),
        "{in_folder}"
    );
    assert_eq!(in_folder, init(&project, "", &["-p", "init-two"]).exits_with(0).stdout());
    let by_path = ["--manifest-path", "init-two/Cargo.toml"];
    assert_eq!(in_folder, init(&project, "", &by_path).exits_with(0).stdout());
    let all = init(&project, "", &["--workspace"]).exits_with(0).prints(&["Would write 5 files"]).stdout();
    assert!(
        all.contains("b/init-one/tests/budgets.rs") && all.contains("b/init-two/tests/budgets.rs"),
        "{all}"
    );

    init(&project, "init-two", &["--apply"])
        .exits_with(0)
        .prints(&["no git repository here", "Wrote 3 files"])
        .never_prints(&["resolver"]);
    assert!(project.path(".github/workflows/alloc-kit.yml").is_file());
    cargo(&project, "", &["test", "-p", "init-two"]).succeeds().prints(&["test budgets_hold ... ok"]);
    // The other one gets what is still to do.
    init(&project, "", &["--workspace", "--apply"]).exits_with(0).prints(&["Wrote 2 files"]);
    init(&project, "", &["--workspace"]).exits_with(0).prints(&["nothing to do"]);
}

const ALLOCATOR: &str = "\
use std::alloc::{GlobalAlloc, Layout, System};
pub struct Own;
unsafe impl GlobalAlloc for Own {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 { unsafe { System.alloc(layout) } }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) { unsafe { System.dealloc(at, layout) } }
}
#[global_allocator]
static GLOBAL: Own = Own;
";

/// `enforce` would not even compile: such a package gets `audit`, and is told to count by its own allocator.
#[test]
fn an_allocator_of_its_own() {
    let project = folder();
    write(
        &project,
        "owner-lib/Cargo.toml",
        "[package]\nname = \"owner-lib\"\nedition = \"2024\"\n\n[dependencies]\n\n[workspace]\n",
    );
    write(&project, "owner-lib/src/lib.rs", &format!("// #[global_allocator]\n{ALLOCATOR}"));
    lock(&project, "owner-lib");
    let place = format!("{}:8", project.path("owner-lib/src/lib.rs").display()).replace('\\', "/");
    init(&project, "owner-lib", &["--apply"])
        .exits_with(0)
        .prints(&[&format!("{place} is a `#[global_allocator]`: it has to count"), "CountingAlloc<Inner>"]);
    let manifest = project.read("owner-lib/Cargo.toml");
    assert!(manifest.contains("features = [\"audit\"]") && !manifest.contains("enforce"), "{manifest}");
    assert!(project.read("owner-lib/tests/budgets.rs").contains("\nuse owner_lib as _;\n"));
    // Until it counts, nothing holds.
    cargo(&project, "owner-lib", &["test"]).fails().prints(&["test allocations_are_counted ... FAILED"]);
    let counts = ALLOCATOR.replace(
        "static GLOBAL: Own = Own;",
        "static GLOBAL: alloc_kit::CountingAlloc<Own> = alloc_kit::CountingAlloc::new(Own);",
    );
    write(&project, "owner-lib/src/lib.rs", &counts);
    cargo(&project, "owner-lib", &["test"]).succeeds().prints(&["test allocations_are_counted ... ok"]);
    init(&project, "owner-lib", &[]).exits_with(0).prints(&["nothing to do"]).never_prints(&["has to count"]);

    // In a program only: the first test is another one, and gets its own.
    write(
        &project,
        "owner-bin/Cargo.toml",
        "[package]\nname = \"owner-bin\"\nedition = \"2021\"\n\n[workspace]\n",
    );
    write(&project, "owner-bin/src/main.rs", &format!("{ALLOCATOR}fn main() {{}}\n"));
    lock(&project, "owner-bin");
    init(&project, "owner-bin", &["--apply"]).exits_with(0).prints(&["is a `#[global_allocator]`"]);
    assert!(project.read("owner-bin/tests/budgets.rs").contains("\nalloc_kit::install!();\n"));
    cargo(&project, "owner-bin", &["test"]).succeeds().prints(&["test allocations_are_counted ... ok"]);
}

fn package(project: &Project, more: &str) {
    write(project, "Cargo.toml", &format!("[package]\nname = \"app\"\nedition = \"2024\"\n{more}"));
    write(project, "src/lib.rs", LIBRARY);
}

#[test]
fn files_that_are_there_stay_as_they_are() {
    // A test of the user's, that has nothing to do with this.
    let project = folder();
    package(&project, "autotests = false\n");
    write(&project, "tests/budgets.rs", "// what a household spends, and no alloc_kit\n");
    init(&project, "", &["--apply"])
        .exits_with(0)
        .prints(&["tests/budgets.rs is there, and stays as it is: the first test is tests/alloc_budgets.rs"]);
    assert_eq!(project.read("tests/budgets.rs"), "// what a household spends, and no alloc_kit\n");
    let manifest = project.read("Cargo.toml");
    assert!(
        manifest.contains("\n[[test]]\nname = \"alloc_budgets\"\npath = \"tests/alloc_budgets.rs\"\n"),
        "{manifest}"
    );
    init(&project, "", &[]).exits_with(0).prints(&["nothing to do"]);

    // Tests with budgets already, and a workflow that runs them.
    let project = folder();
    package(&project, "");
    write(&project, "tests/mine.rs", "use alloc_kit::assert_no_alloc;\n");
    let workflow = "jobs:\n  x:\n    steps:\n      - run: cargo alloc-kit test\n";
    write(&project, ".github/workflows/ci.yaml", workflow);
    let run = init(&project, "", &["--apply"]).exits_with(0).prints(&["Wrote 1 file;"]);
    run.expect(
        !run.stdout().contains("budgets.rs") && !run.stdout().contains(".github"),
        "the manifest alone",
    );
}

#[test]
fn a_job_for_workflows_that_are_there() {
    let project = folder();
    package(&project, "");
    write(&project, ".github/workflows/ci.yml", "on: push\n");
    let run = init(&project, "", &["--apply"])
        .exits_with(0)
        .prints(&["there are workflows already: put this under `jobs:` of one\n  alloc-kit:\n"]);
    run.expect(run.stderr().contains("- run: cargo alloc-kit test --workspace"), "the job, not as a change");
    assert!(!project.path(".github/workflows/alloc-kit.yml").exists());

    // A workspace in a folder of a repository: workflows are at the repository's root.
    let project = folder();
    fs::create_dir(project.path(".git")).expect("a folder");
    write(&project, "rust/app/Cargo.toml", "[package]\nname = \"app\"\nedition = \"2024\"\n[workspace]\n");
    write(&project, "rust/app/src/lib.rs", LIBRARY);
    init(&project, "rust/app", &["--apply"]).exits_with(0);
    let workflow = project.read(".github/workflows/alloc-kit.yml");
    assert!(workflow.contains("        working-directory: rust/app\n"), "{workflow}");
    assert!(workflow.contains("          workspaces: rust/app\n"), "{workflow}");
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let project = folder();
    package(&project, "");
    let mut permissions = fs::metadata(project.path("Cargo.toml")).expect("a manifest").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(project.path("Cargo.toml"), permissions.clone()).expect("permissions");
    let before = files(&project, "");
    init(&project, "", &["--apply"]).exits_with(2).prints(&[
        "cannot write",
        "Cargo.toml: the file is read-only",
        "no file was changed",
    ]);
    assert_eq!(before, files(&project, ""));
    #[expect(clippy::permissions_set_readonly_false, reason = "of a file for this test")]
    permissions.set_readonly(false);
    fs::set_permissions(project.path("Cargo.toml"), permissions).expect("permissions");

    // A file where a folder is to be: what was prepared before it is taken back.
    write(&project, ".github", "");
    let before = files(&project, "");
    init(&project, "", &["--apply"]).exits_with(2).prints(&["cannot write", "alloc-kit.yml"]);
    assert_eq!(before, files(&project, ""));

    let says = "it takes the folder of the package alloc-kit";
    run(&project, "", &["init", "--path", "nowhere"])
        .exits_with(2)
        .prints(&["--path nowhere: there is no Cargo.toml", says]);
    run(&project, "", &["init", "--path", "."])
        .exits_with(2)
        .prints(&["the package there is not alloc-kit", says]);
    project.write("Cargo.toml", "[package\n");
    run(&project, "", &["init"]).exits_with(2).prints(&["cargo finds no package here"]);
    run(&project, "", &["init", "--top", "3"]).exits_with(2).prints(&["--top"]);
}

#[test]
fn as_json() {
    let project = folder();
    package(&project, "");
    let run = init(&project, "", &["--message-format", "json"]).exits_with(0);
    let json: serde_json::Value = serde_json::from_str(&run.stdout()).expect("JSON");
    assert_eq!(json["applied"], false);
    let changes = json["changes"].as_array().expect("changes");
    let files: Vec<_> =
        changes.iter().map(|of| (of["file"].as_str().expect("a path"), of["new"] == true)).collect();
    assert_eq!(
        files,
        [("Cargo.toml", false), ("tests/budgets.rs", true), (".github/workflows/alloc-kit.yml", true)]
    );
    assert!(changes[0]["diff"].as_str().expect("a diff").contains("+[dev-dependencies]\n"));
    assert!(!project.path("tests").exists());
}
