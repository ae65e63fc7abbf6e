//! Every form that the attributes and macros take, with each of its properties, in every edition and mode: the table
//! in tests/README.md, of which each cell is a test of `fixtures/forms`.
//!
//! The variants are members of one workspace, so that a mode is built by one run of cargo. One test, since cargo
//! builds the fixture in each mode to the same place.
//! Run with: `cargo test -p alloc-kit-tests --test forms`.

mod support;

use std::collections::BTreeSet;
use std::fs;

use support::Project;

/// How a member differs from the fixture, which is of the edition 2024 and has nothing in the way.
struct Variant {
    name: &'static str,
    edition: &'static str,
    /// Whether things with the names of the prelude's are in scope of each form.
    shadowed: bool,
    /// Whether it calls alloc-kit by another name.
    renamed: bool,
}

const VARIANTS: [Variant; 5] = [
    Variant { name: "edition_2024", edition: "2024", shadowed: false, renamed: false },
    Variant { name: "edition_2021", edition: "2021", shadowed: false, renamed: false },
    Variant { name: "shadowed_2024", edition: "2024", shadowed: true, renamed: false },
    Variant { name: "shadowed_2021", edition: "2021", shadowed: true, renamed: false },
    Variant { name: "renamed_2021", edition: "2021", shadowed: false, renamed: true },
];

/// What cargo is told in each mode.
const ON: [&str; 2] = ["--features", "audit"];
const MODES: [(&str, &[&str]); 3] =
    [("on", &ON), ("on, release", &[ON[0], ON[1], "--release"]), ("off", &[])];

/// Where names are shadowed, `async_trait` itself does not compile.
const NOT_SHADOWED: [&str; 2] = ["async_trait_method::", "async_trait_default::"];
/// In off mode a budget in a crate's own tests is a compile error.
const NOT_OFF: [&str; 2] = ["test::", "tokio_test::"];

#[test]
fn every_form_in_every_edition_and_mode() {
    let cells = cells();
    let forms = Project::copy_of("forms");
    for variant in &VARIANTS {
        make_member(&forms, variant);
    }
    let members = VARIANTS.map(|variant| format!("{:?}", variant.name)).join(", ");
    forms.write("Cargo.toml", &format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"));

    for (mode, arguments) in MODES {
        let target = ["--test", "forms"];
        let clippy = ["clippy", "--workspace", "--lib"];
        let lints = ["--", "-Dwarnings", "-Wclippy::all", "-Wclippy::pedantic"];
        if mode != "on, release" {
            forms.cargo(&[&clippy[..], &target, arguments, &lints].concat()).succeeds();
        }
        forms.cargo(&[&["test", "--workspace", "--no-run"], &target[..], arguments].concat()).succeeds();
        for variant in &VARIANTS {
            let run =
                forms.cargo(&[&["test", "-p", variant.name], &target[..], arguments].concat()).succeeds();
            let passed: BTreeSet<String> = run.stdout().lines().filter_map(passed).collect();
            let is_here = |cell: &&String| {
                let is_one_of = |left_out: &[&str]| left_out.iter().any(|form| cell.starts_with(form));
                !(variant.shadowed && is_one_of(&NOT_SHADOWED) || mode == "off" && is_one_of(&NOT_OFF))
            };
            let expected: BTreeSet<String> = cells.iter().filter(is_here).cloned().collect();
            let only = |one: &BTreeSet<String>, other| one.difference(other).cloned().collect::<Vec<_>>();
            run.expect(
                passed == expected,
                &format!(
                    "{} in mode {mode}: only in the table of tests/README.md: {:?}, only in fixtures/forms: {:?}",
                    variant.name,
                    only(&expected, &passed),
                    only(&passed, &expected)
                ),
            );
        }
    }
}

/// The name of a test that passed.
fn passed(line: &str) -> Option<String> {
    let name = line.strip_prefix("test ")?.strip_suffix(" ... ok")?;
    Some(name.strip_suffix(" - should panic").unwrap_or(name).to_owned())
}

/// The tests that the table names: a row is a form's, a column a property's. What is not tested has its reason below.
fn cells() -> BTreeSet<String> {
    let readme =
        fs::read_to_string(support::workspace().join("tests/README.md")).expect("the README of the tests");
    let (_, section) = readme.split_once("\n## Forms\n").expect("a section of forms");
    let section = section.split_once("\n### ").map_or(section, |(section, _)| section);
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let mut rows = rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>());
    let columns = rows.next().expect("the head of the table");
    let mut cells = BTreeSet::new();
    for row in rows {
        assert_eq!(row.len(), columns.len(), "a row of other columns: {row:?}");
        let form = row[1].trim_matches('`');
        for cell in &row[2..] {
            if let Some(property) = cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`')) {
                assert!(cells.insert(format!("{form}::{property}")), "{form}::{property} is there twice");
            } else if let Some(reason) = cell.strip_prefix("- ") {
                assert!(section.contains(&format!("\n- {reason}: ")), "no reason `{reason}` below the table");
            } else {
                assert!(cell.is_empty() && row[6] == *cell, "{form}: {cell:?} is no cell");
            }
        }
    }
    cells
}

/// Writes a variant of the fixture into a folder of its name.
fn make_member(forms: &Project, variant: &Variant) {
    let Variant { name, edition, shadowed, renamed } = *variant;
    let file = |path: &str, change: &dyn Fn(String) -> String| {
        forms.write(&format!("{name}/{path}"), &change(forms.read(path)));
    };
    for folder in ["src", "tests"] {
        fs::create_dir_all(forms.path(name).join(folder)).expect("a folder for the member");
        for entry in fs::read_dir(forms.path(folder)).expect("the fixture's folder") {
            let entry = entry.expect("the fixture's folder").file_name();
            let path = format!("{folder}/{}", entry.display());
            file(&path, &|text| {
                let text = text.replace("\nuse forms as subject;", &format!("\nuse {name} as subject;"));
                if renamed { with_the_other_name(&text) } else { text }
            });
        }
    }
    file("Cargo.toml", &|text| {
        let replace = |text: String, from: &str, to: &str| {
            assert_eq!(text.matches(from).count(), 1, "{from} should be once in\n{text}");
            text.replace(from, to)
        };
        let text = replace(text, "[workspace]\nmembers = []\n", "");
        let text = replace(text, "name = \"forms\"", &format!("name = {name:?}"));
        let text = replace(text, "edition = \"2024\"", &format!("edition = {edition:?}"));
        let text = if shadowed { replace(text, "default = []", "default = [\"shadowed\"]") } else { text };
        if !renamed {
            return text;
        }
        let text = replace(text, "\"alloc-kit/audit\"", "\"kit/audit\"");
        replace(text, "\nalloc-kit = {", "\nkit = { package = \"alloc-kit\",")
    });
}

/// The source of a crate that calls alloc-kit `kit`.
fn with_the_other_name(text: &str) -> String {
    let mut text = text.to_owned();
    for name in ["no_alloc", "alloc_budget"] {
        text = text.replace(&format!("::alloc_kit::{name}]"), &format!("::kit::{name}(crate = ::kit)]"));
        text = text.replace(&format!("::alloc_kit::{name}("), &format!("::kit::{name}(crate = ::kit, "));
    }
    let excepts = text.replace("otherwise\")]", "otherwise\", crate = ::kit)]");
    excepts.replace("::alloc_kit::", "::kit::")
}
