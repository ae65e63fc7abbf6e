//! `cargo alloc-kit init` on manifests in every form that cargo takes: what is put in, that all else stays as it was, and what
//! is said where features would leak or two crates would be taken for one.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test init_manifests`.

mod support;

use support::packages::{cargo, folder, library, run, write};
use support::{Project, Run};

const HEAD: &str = "[package]\nname = \"app\"\nedition = \"2024\"\n";

fn app(manifest: &str) -> Project {
    let project = folder();
    write(&project, "Cargo.toml", manifest);
    write(&project, "src/lib.rs", "pub fn one() -> u8 { 1 }\n");
    project
}

fn apply(project: &Project) -> Run {
    run(project, "", &["init", "--apply"]).exits_with(0)
}

/// The manifest of a package after `init`, which a second time has nothing to do.
#[track_caller]
fn becomes(before: &str, after: &str) -> Run {
    let project = app(&format!("{HEAD}{before}"));
    let run = apply(&project);
    let manifest = project.read("Cargo.toml");
    run.expect(manifest == format!("{HEAD}{after}"), &format!("{manifest}\nshould have been\n{HEAD}{after}"));
    apply(&project).prints(&["nothing to do"]);
    run
}

#[test]
fn a_dependency_that_is_not_there() {
    // In its place, with comments and spaces as they are.
    becomes(
        "\n[dependencies]  # of ours\naho = { version = '1' }\n# bytes\nbytes   = \"1\" # that\n\n\n[profile.dev]\nopt-level=1",
        "\n[dependencies]  # of ours\naho = { version = '1' }\nalloc-kit = \"0.1.0\"\n# bytes\nbytes   = \"1\" # that\n\n\
         [dev-dependencies]\nalloc-kit = { version = \"0.1.0\", features = [\"enforce\"] }\n\n\n[profile.dev]\nopt-level=1\n",
    );
    // Last, where they are in no order.
    becomes(
        "[dependencies]\nzip = \"1\"\nbytes = \"1\"\n[dev-dependencies]\nzip = \"1\"\nabc = \"1\"\n",
        "[dependencies]\nzip = \"1\"\nbytes = \"1\"\nalloc-kit = \"0.1.0\"\n[dev-dependencies]\nzip = \"1\"\nabc = \"1\"\n\
         alloc-kit = { version = \"0.1.0\", features = [\"enforce\"] }\n",
    );
    // Dependencies with tables of their own.
    becomes(
        "[dependencies.bytes]\nversion = \"1\"\n\n[lib]\ntest = true\n",
        "\n[dependencies]\nalloc-kit = \"0.1.0\"\n[dependencies.bytes]\nversion = \"1\"\n\n[dev-dependencies]\n\
         alloc-kit = { version = \"0.1.0\", features = [\"enforce\"] }\n\n[lib]\ntest = true\n",
    );
    // As the keys of a root table, and in the old spelling.
    let project = app(
        "dependencies.bytes = \"1\"\n[package]\nname = \"app\"\nedition = \"2021\"\n[dev_dependencies]\n",
    );
    apply(&project);
    let manifest = project.read("Cargo.toml");
    assert!(manifest.contains("[dev_dependencies]\nalloc-kit = {"), "{manifest}");
    assert!(!manifest.contains("dev-dependencies"), "{manifest}");
    apply(&project).prints(&["nothing to do"]);
}

#[test]
fn a_dependency_that_is_there() {
    // As a text, as a table in the line, as a table of its own, by dots: only the feature is missing.
    for (before, after) in [
        (
            "alloc-kit = \"0.1\" # for tests\n",
            "alloc-kit = { version = \"0.1\", features = [\"enforce\"] } # for tests\n",
        ),
        (
            "alloc-kit = { version = \"0.1\",  default-features = false }\n",
            "alloc-kit = { version = \"0.1\",  default-features = false , features = [\"enforce\"] }\n",
        ),
        (
            "alloc-kit = { version = \"0.1\", features = [\"dhat\"] }\n",
            "alloc-kit = { version = \"0.1\", features = [\"dhat\", \"enforce\"] }\n",
        ),
        (
            "alloc-kit.version = \"0.1\"\nalloc-kit.features = [\n    \"dhat\",\n]\n",
            "alloc-kit.version = \"0.1\"\nalloc-kit.features = [\n    \"dhat\",\n    \"enforce\",\n]\n",
        ),
    ] {
        let both = |dev: &str| format!("[dependencies]\nalloc-kit = \"0.1\"\n[dev-dependencies]\n{dev}");
        becomes(&both(before), &both(after));
    }
    becomes(
        "[dependencies]\nalloc-kit = \"0.1\"\n[dev-dependencies.alloc-kit]\nversion = \"0.1\"\n",
        "[dependencies]\nalloc-kit = \"0.1\"\n[dev-dependencies.alloc-kit]\nversion = \"0.1\"\nfeatures = [\"enforce\"]\n",
    );
    // The other one is from where the one is, with the default features that it has.
    becomes(
        "[dependencies]\nalloc-kit = { git = \"https://example.org/x\", rev = \"1\", default-features = false }\n",
        "[dependencies]\nalloc-kit = { git = \"https://example.org/x\", rev = \"1\", default-features = false }\n\n\
         [dev-dependencies]\nalloc-kit = { git = \"https://example.org/x\", rev = \"1\", default-features = false, \
         features = [\"enforce\"] }\n",
    );
    becomes(
        "[dev-dependencies]\nalloc-kit = { version = \"=0.1.0\", features = [\"enforce\"] }\n[dependencies]\n",
        "[dev-dependencies]\nalloc-kit = { version = \"=0.1.0\", features = [\"enforce\"] }\n[dependencies]\n\
         alloc-kit = \"=0.1.0\"\n",
    );
    // What the user decided on stays.
    let audits = "[dependencies]\nalloc-kit = \"0.1\"\n[dev-dependencies]\n\
                  alloc-kit = { version = \"0.1\", features = [\"audit\"] }\n";
    becomes(audits, audits).prints(&["each test program with budgets needs `alloc_kit::install!();`"]);
}

/// Another name in the manifest is another name in the code.
#[test]
fn a_dependency_of_another_name() {
    let project = app(&format!(
        "{HEAD}[dependencies]\nbudgets = {{ package = \"alloc-kit\", version = \"0.1.0\", path = '{}' }}\n",
        library()
    ));
    apply(&project);
    let manifest = project.read("Cargo.toml");
    assert!(manifest.contains("budgets = { version = \"0.1.0\", path ="), "{manifest}");
    assert!(manifest.contains("package = \"alloc-kit\", features = [\"enforce\"] }"), "{manifest}");
    let test = project.read("tests/budgets.rs");
    assert!(test.contains("use budgets::{") && test.contains("#[no_alloc(crate = budgets)]"), "{test}");
    cargo(&project, "", &["test", "--test", "budgets"]).succeeds().prints(&["2 passed"]);
    apply(&project).prints(&["nothing to do"]);
}

#[test]
fn two_versions_are_two_crates() {
    for (normal, dev, says) in [
        (
            "\"0.1\"",
            "alloc-kit = \"0.2\"",
            "version = \"0.1\", and [dev-dependencies] with version = \"0.2\"",
        ),
        ("\"0.1.2\"", "alloc-kit = \"=0.0.9\"", "[dev-dependencies] with version = \"=0.0.9\""),
        // Of one name cargo itself says that it must be of one place.
        (
            "\"0.1\"",
            "budgets = { package = \"alloc-kit\", path = \"../x\" }",
            "version = \"0.1\", and [dev-dependencies] with path = \"../x\"",
        ),
    ] {
        let project =
            app(&format!("{HEAD}[dependencies]\nalloc-kit = {normal}\n[dev-dependencies]\n{dev}\n"));
        let before = project.read("Cargo.toml");
        run(&project, "", &["init", "--apply"]).exits_with(2).prints(&[
            says,
            "no budget of the one is enforced by the other",
            "write the same in both",
        ]);
        assert_eq!(before, project.read("Cargo.toml"));
        assert!(!project.path("tests").exists() && !project.path(".github").exists());
    }
    // These are one, and so are all where the root says which is taken.
    let dev = |version: &str| {
        format!("[dev-dependencies]\nalloc-kit = {{ version = \"{version}\", features = [\"enforce\"] }}\n")
    };
    let one = format!("[dependencies]\nalloc-kit = \"^0.1\"\n{}", dev("0.1.0"));
    becomes(&one, &one);
    let patched = format!(
        "[dependencies]\nalloc-kit = \"0.2\"\n{}[patch.crates-io]\nalloc-kit = {{ path = \"../x\" }}\n",
        dev("0.1")
    );
    becomes(&patched, &patched);
}

#[test]
fn line_ends_and_byte_order_marks_stay() {
    let project = app(&format!("\u{feff}{HEAD}[dependencies]\nbytes = \"1\"\n").replace('\n', "\r\n"));
    apply(&project);
    let manifest = std::fs::read_to_string(project.path("Cargo.toml")).expect("a manifest");
    assert!(manifest.starts_with("\u{feff}[package]\r\n"), "{manifest:?}");
    assert!(manifest.ends_with("features = [\"enforce\"] }\r\n"), "{manifest:?}");
    assert!(!manifest.replace("\r\n", "").contains(['\r', '\n']), "{manifest:?}");
}

#[test]
fn without_std() {
    let project = app(&format!("{HEAD}[dependencies]\n"));
    write(&project, "src/lib.rs", "#![no_std]\n");
    apply(&project);
    let manifest = project.read("Cargo.toml");
    let both = "alloc-kit = { version = \"0.1.0\", default-features = false }\n\n[dev-dependencies]\n\
                alloc-kit = { version = \"0.1.0\", default-features = false, features = [\"enforce\"] }\n";
    assert!(manifest.ends_with(both), "{manifest}");
}

fn workspace_of(root: &str, member: &str) -> Project {
    let project = folder();
    write(&project, "Cargo.toml", root);
    write(&project, "app/Cargo.toml", member);
    write(&project, "app/src/lib.rs", "");
    project
}

#[test]
fn what_the_workspace_says_is_inherited() {
    let member = "[package]\nname = \"app\"\nedition = \"2024\"\n\n[dependencies]\n";
    let root = "[workspace]\nresolver = \"2\"\nmembers = [\"app\"]\n[workspace.dependencies]\nalloc-kit = \"0.1.7\"\n";
    let project = workspace_of(root, member);
    apply(&project);
    let manifest = project.read("app/Cargo.toml");
    let says = "[dependencies]\nalloc-kit.workspace = true\n\n[dev-dependencies]\n\
                alloc-kit = { workspace = true, features = [\"enforce\"] }\n";
    assert!(manifest.ends_with(says), "{manifest}");
    assert_eq!(project.read("Cargo.toml"), root);
    apply(&project).prints(&["nothing to do"]);

    // In two forms; and features there are features everywhere.
    let project = workspace_of(
        &root.replace("\"0.1.7\"", "{ version = \"0.1.7\", features = [\"enforce\"] }"),
        &format!(
            "{member}alloc-kit = {{ workspace = true }}\n[dev-dependencies]\nalloc-kit.workspace = true\n"
        ),
    );
    apply(&project).prints(&["[workspace.dependencies] turns counting on in every build of every member"]);
    let manifest = project.read("app/Cargo.toml");
    assert!(
        manifest.ends_with(
            "[dev-dependencies]\nalloc-kit.workspace = true\nalloc-kit.features = [\"enforce\"]\n"
        ),
        "{manifest}"
    );
    apply(&project).prints(&["nothing to do"]);

    // Under another name.
    let renamed =
        root.replace("alloc-kit = \"0.1.7\"", "ak = { package = \"alloc-kit\", version = \"0.1.7\" }");
    let project = workspace_of(&renamed, member);
    apply(&project);
    let manifest = project.read("app/Cargo.toml");
    assert!(
        manifest.contains("\nak.workspace = true\n") && manifest.contains("\nak = { workspace = true,"),
        "{manifest}"
    );
    apply(&project).prints(&["nothing to do"]);
}

/// With the first resolver what tests enforce is enforced in programs.
#[test]
fn features_that_would_leak_are_told() {
    const LEAKS: &str = "has resolver 1: it turns `enforce` of [dev-dependencies] on in `cargo build`, too";
    let of_edition =
        |edition: &str, more: &str| format!("[package]\nname = \"app\"\nedition = \"{edition}\"\n{more}");
    for (manifest, table) in [
        (of_edition("2018", ""), Some("[package]")),
        (
            of_edition("2015", "[[test]]\nname = \"x\"\npath = \"src/lib.rs\"\n[workspace]\n"),
            Some("[workspace]"),
        ),
        (of_edition("2021", "resolver = \"1\"\n"), Some("[package]")),
        (of_edition("2021", ""), None),
        (of_edition("2018", "resolver = \"2\"\n"), None),
    ] {
        let project = app(&manifest);
        let run = apply(&project);
        match table {
            Some(table) => _ = run.prints(&[LEAKS, &format!("Write `resolver = \"2\"` under {table} there")]),
            None => _ = run.never_prints(&[LEAKS]),
        }
        // Where targets are named and not looked for.
        let named = project.read("Cargo.toml").contains("path = \"tests/budgets.rs\"");
        assert_eq!(named, manifest.contains("2015"));
    }
    let member = of_edition("2024", "");
    let run = apply(&workspace_of("[workspace]\nmembers = [\"app\"]\n", &member));
    run.prints(&[LEAKS, "under [workspace] there"]);
    let run = apply(&workspace_of("[workspace]\nmembers = [\"app\"]\nresolver = \"2\"\n", &member));
    run.never_prints(&[LEAKS]);
}

/// What turns counting on for everybody, and an optional dependency.
#[test]
fn features_in_the_wrong_table_are_told() {
    let project = app(&format!(
        "{HEAD}[dependencies]\nalloc-kit = {{ version = \"0.1\", optional = true, features = [\"audit\"] }}\n"
    ));
    apply(&project).prints(&[
        "[dependencies] of `app` turns counting on in every build",
        "alloc-kit is optional in [dependencies] of `app`",
    ]);
}
