//! Where the published crates have `unsafe`: in the files that SECURITY.md names, and nowhere else, in what macros write
//! neither. The crates deny it to themselves, but a macro's text is denied only where it is expanded.
//!
//! Run with: `cargo test -p alloc-kit-tests --test unsafe_code`.

#[allow(dead_code, reason = "the table is written by hand")]
#[path = "support/page.rs"]
mod page;
#[path = "support/tokens.rs"]
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const PUBLISHED: [&str; 4] = ["alloc-kit", "alloc-kit-bench", "alloc-kit-macros", "cargo-alloc-kit"];

/// Files with `unsafe` in them, by their paths in the workspace.
fn found() -> BTreeSet<String> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let files = PUBLISHED.iter().flat_map(|name| tokens::sources(&workspace.join(name).join("src")));
    let with = files.filter(|file| tokens::words(file).iter().any(|word| word == "unsafe"));
    with.map(|file| slashed(file.strip_prefix(workspace).expect("a file of the workspace").to_owned()))
        .collect()
}

fn slashed(path: PathBuf) -> String {
    path.into_os_string().into_string().expect("UTF-8").replace('\\', "/")
}

/// The rows of the table: a file, why, and what looks at it.
fn listed() -> BTreeMap<String, [String; 2]> {
    let table = page::between_marks("SECURITY.md", "unsafe");
    let rows = table.lines().skip(2).map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [file, why, by] = cells[..] else { panic!("three cells: {row}") };
        (file.trim_matches('`').to_owned(), [why.to_owned(), by.to_owned()])
    });
    let rows: Vec<_> = rows.collect();
    assert!(rows.is_sorted(), "in the order of their paths");
    let files: BTreeMap<_, _> = rows.iter().cloned().collect();
    assert_eq!(files.len(), rows.len(), "each once");
    files
}

#[test]
fn unsafe_is_in_the_files_that_are_named_and_no_other() {
    let (found, listed) = (found(), listed());
    let listed: BTreeSet<String> = listed.into_keys().collect();
    let difference: Vec<_> = found.symmetric_difference(&listed).collect();
    assert!(difference.is_empty(), "in the source or in SECURITY.md, but not in both: {difference:#?}");
    assert!(found.contains("alloc-kit/src/on/hook.rs"), "an allocator without it: the search finds nothing");
}

#[test]
fn each_file_says_why_and_what_looks_at_it() {
    const BY: [&str; 6] =
        ["hook", "memory", "memory, loom", "off", "tests/benched.rs", "tests/prove_mode.rs"];
    let text = page::read("SECURITY.md");
    for (file, [why, by]) in listed() {
        assert!(why.split_whitespace().count() >= 3, "{file}: {why:?}");
        assert!(BY.contains(&by.as_str()), "{file}: {by:?}");
        let named =
            by.split(", ").all(|name| name.starts_with("tests/") || text.contains(&format!("**{name}**")));
        assert!(named, "{file}: {by:?} is explained nowhere");
    }
}

/// The compiler holds it as well: a root that denies, and an `allow` with its reason in each file, or at the one place.
#[test]
fn the_compiler_holds_it_too() {
    let listed = listed();
    for (name, word) in [("alloc-kit", "deny"), ("alloc-kit-bench", "deny"), ("alloc-kit-macros", "forbid")] {
        let root = page::read(&format!("{name}/src/lib.rs"));
        assert!(
            root.lines().any(|line| line.starts_with(&format!("#![{word}(unsafe_code)]"))),
            "{name}: {word}"
        );
        assert_eq!(listed.keys().any(|file| file.starts_with(&format!("{name}/"))), word == "deny", "{name}");
    }
    // A program, which has none.
    assert!(page::read("cargo-alloc-kit/src/main.rs").lines().any(|line| line == "#![deny(unsafe_code)]"));
    assert!(!listed.keys().any(|file| file.starts_with("cargo-alloc-kit/")));
    for file in listed.keys() {
        let text = page::read(file);
        let given = ["#![allow(unsafe_code, reason = \"", "#[expect(unsafe_code, reason = \""];
        assert!(
            given.iter().any(|given| text.lines().any(|line| line.trim_start().starts_with(given))),
            "{file}"
        );
    }
}

/// Comments, texts, and syn's name for the keyword are none; what a macro is to write is.
#[test]
fn the_search_knows_code_from_words() {
    let has = |text: &str| tokens::words_of(text).expect("tokens").iter().any(|word| word == "unsafe");
    assert!(!has("/// unsafe\n// unsafe\nfn f() { let _ = \"unsafe\"; /* unsafe */ }"));
    assert!(!has("fn f() { let _ = r#\"unsafe { }\"#; let _ = input.peek(Token![unsafe]); }"));
    assert!(has("fn f() { quote! { unsafe { #body } } }"));
    assert!(has("macro_rules! m { ($e:expr) => { unsafe { $e } } }"));
    assert!(has("#[unsafe(no_mangle)] fn f() {}"));
    assert!(has("unsafe impl Send for X {}") && has("fn f(g: unsafe fn()) {}"));
}
