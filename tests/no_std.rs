//! Without the standard library alloc-kit builds, links and works: `fixtures/no_std` is a program with its own allocator and
//! panic handler, which has everything of alloc-kit in it that needs no std.
//!
//! That std is not linked is not looked for, it cannot be: there would be two panic handlers. With `std` the program must
//! not compile, so the check can fail.
//!
//! Run with: `cargo test -p alloc-kit-tests --test no_std`. The program needs the C library of Linux.

mod support;

use std::fs;
use std::path::Path;

use support::{Project, workspace};

/// One test, since cargo builds the fixture to the same place.
#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "the fixture needs the C library of Linux")]
fn a_program_without_std() {
    let bare = Project::copy_of("no_std");
    bare.cargo(&["run"]).succeeds();
    bare.cargo(&["run", "--release"]).succeeds();
    bare.cargo(&["run", "--features", "serde"]).succeeds();
    bare.cargo(&["build", "--features", "std"]).fails().prints(&["E0152", "panic_impl"]);
}

/// A name that the crate has without `std` has to be in the program: what is never used there may not even link.
#[test]
fn all_of_it_is_in_the_program() {
    let fixture = workspace().join("tests/fixtures/no_std/src");
    let program = text_of(&fixture.join("helpers.rs")) + &text_of(&fixture.join("runtime.rs"));
    let words: Vec<&str> = program.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let source = workspace().join("alloc-kit/src");
    let mut names = exported(&text_of(&source.join("lib.rs")));
    macros(&source, &mut names);
    for known in ["Reuse", "no_alloc", "SmallVec", "bumpalo", "allow_alloc"] {
        assert!(names.iter().any(|name| name == known), "{known} is not in {names:?}");
    }
    for with_std in ["measure", "Usage", "assert_growth"] {
        assert!(!names.iter().any(|name| name == with_std), "{with_std} is in {names:?}");
    }
    names.retain(|name| !words.contains(&name.as_str()));
    assert!(names.is_empty(), "not in {}: {names:?}", fixture.display());
}

fn text_of(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What `lib.rs` has for everybody, by its last name: items with their attributes end with `;` or `}` at the margin.
fn exported(lib: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut attributes, mut item) = (String::new(), String::new());
    for line in lib.lines().filter(|line| !line.trim_start().starts_with("//")) {
        if line.starts_with("#[") {
            attributes += line;
            continue;
        }
        item += line;
        if !item.ends_with([';', '}']) {
            continue;
        }
        let is_public = item.starts_with("pub ") && !attributes.contains("hidden");
        let needs = |feature| attributes.contains(&format!("#[cfg(feature = \"{feature}\")]"));
        let needs_std = ["std", "audit", "enforce", "dhat"].into_iter().any(needs);
        if is_public && !needs_std {
            let item = item.split(" = ").next().unwrap_or_default().split('<').next().unwrap_or_default();
            let item = item.trim_end_matches([';', '}', '{', ' ']);
            let list = item.rsplit_once('{').map_or(item, |(_, list)| list);
            let last_part = |name: &str| name.rsplit([' ', ':']).next().unwrap_or_default().to_owned();
            names.extend(list.split(',').map(|name| last_part(name.trim())));
        }
        attributes.clear();
        item.clear();
    }
    names.retain(|name| !name.is_empty() && !name.starts_with('_'));
    names
}

/// The macros that are exported in this folder. (`assert_growth!` is an error without `audit`, on purpose.)
fn macros(folder: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            macros(&entry, names);
        } else if entry.extension().is_some_and(|end| end == "rs") {
            let text = text_of(&entry);
            let exported = text.split("#[macro_export]").skip(1);
            let found =
                exported.filter_map(|after| after.split("macro_rules!").nth(1)?.split_whitespace().next());
            names.extend(
                found.filter(|name| !name.starts_with("__") && *name != "assert_growth").map(str::to_owned),
            );
        }
    }
}
