//! The failure gallery (docs/gallery): what is printed for each kind of broken budget is what its texts and pictures show.
//!
//! Run with: `cargo test -p alloc-kit-tests --test gallery`; `docs/gallery/make` writes them anew.
//!
//! Each kind is a file of the package docs/gallery/app. Its first lines are what the page says, and have the command that
//! is run here, in a copy of the package. The texts are of Linux: elsewhere only the page and the pictures are looked at.

#[path = "gallery/kind.rs"]
mod kind;
#[path = "gallery/page.rs"]
mod page;
#[path = "gallery/printed.rs"]
mod printed;
mod support;
#[path = "gallery/svg.rs"]
mod svg;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::PathBuf;

use kind::Kind;
use support::{Project, workspace};

/// The files of the package, in the order of the page.
const KINDS: [&str; 27] = [
    "src/no_alloc.rs",
    "src/budget_of_n.rs",
    "src/growing_buffer.rs",
    "src/several_places.rs",
    "src/in_std.rs",
    "src/in_a_dependency.rs",
    "src/bytes.rs",
    "src/peak_bytes.rs",
    "src/live_bytes.rs",
    "src/deallocations.rs",
    "src/block.rs",
    "src/async_fn.rs",
    "src/recursion.rs",
    "src/expression.rs",
    "src/growth.rs",
    "src/failing_allocation.rs",
    "src/attached_thread.rs",
    "src/uncounted_thread.rs",
    "examples/whole_process.rs",
    "src/summary.rs",
    "src/warn.rs",
    "src/abort.rs",
    "src/no_debug_info.rs",
    "no_allocator/src/lib.rs",
    "not_enforced/src/lib.rs",
    "src/unknown_key.rs",
    "benches/over_budget.rs",
];

/// A picture's limit.
const SVG_BYTES: usize = 20 * 1024;

#[test]
fn what_is_printed_is_what_is_shown() {
    if !cfg!(target_os = "linux") {
        eprintln!("not tested: the gallery shows what is printed on Linux");
        return;
    }
    let app = Project::copy_from(&folder().join("app"));
    app.lock();
    // All at once, so that each kind has only itself to build.
    let mended = app.cargo(&["test", "--lib", "mended::"]).succeeds();
    let count = kinds().iter().filter(|kind| kind.mended.is_some()).count();
    mended.expect(mended.stdout().contains(&format!(" {count} passed")), "what is mended is tested");

    let mut changed = Vec::new();
    for kind in kinds() {
        let coloured = printed::of(&app, &kind);
        let text = svg::plain(&coloured);
        let path = folder().join(format!("{}.txt", kind.name));
        let kept = fs::read_to_string(&path).unwrap_or_default();
        if overwrites() {
            write(&path, &text);
            write(&path.with_extension("svg"), &svg::picture(&kind.title, &coloured));
        } else if kept != text {
            changed.push(format!("--- {}, kept\n{kept}--- now\n{text}", path.display()));
        }
    }
    if overwrites() {
        write(&folder().join("README.md"), &page::of(&kinds()));
    }
    assert!(
        changed.is_empty(),
        "{}\n{} of the gallery's texts are not what is printed now; `docs/gallery/make` makes them anew",
        changed.join("\n"),
        changed.len()
    );
}

#[test]
fn every_kind_has_its_entry_and_its_picture() {
    if overwrites() {
        return;
    }
    let mut expected = BTreeSet::from(["README.md", "app", "make"].map(str::to_owned));
    for kind in kinds() {
        let [text, svg] = ["txt", "svg"].map(|end| format!("{}.{end}", kind.name));
        let read = |file: &str| {
            fs::read_to_string(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
        };
        assert_eq!(svg::text_of(&read(&svg)), svg::wrapped(&read(&text)), "{svg} is of another text: {MAKE}");
        assert!(read(&svg).len() < SVG_BYTES, "{svg} has {} bytes", read(&svg).len());
        assert!(
            ["alloc-kit: ", "error: "].iter().any(|said| read(&text).contains(said)),
            "{text} shows nothing"
        );
        expected.extend([text, svg]);
    }
    let page = fs::read_to_string(folder().join("README.md")).expect("a page");
    assert!(page == page::of(&kinds()), "docs/gallery/README.md is not what the package says: {MAKE}");
    let there: BTreeSet<String> = fs::read_dir(folder())
        .expect("the gallery")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(there, expected, "what is in docs/gallery");
}

#[test]
fn every_module_of_the_package_is_a_kind() {
    let library = fs::read_to_string(folder().join("app/src/lib.rs")).expect("the package");
    let modules = library.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    let modules: BTreeSet<String> = modules.map(|module| format!("src/{module}.rs")).collect();
    let listed: BTreeSet<String> =
        KINDS.iter().filter(|file| file.starts_with("src/")).map(|file| (*file).to_owned()).collect();
    assert_eq!(modules, listed);
}

const MAKE: &str = "`docs/gallery/make` makes it anew";

fn kinds() -> Vec<Kind> {
    KINDS.into_iter().map(|file| Kind::read(&folder().join("app"), file)).collect()
}

fn folder() -> PathBuf {
    workspace().join("docs/gallery")
}

fn overwrites() -> bool {
    env::var_os("GALLERY").is_some_and(|value| value == "overwrite")
}

fn write(path: &std::path::Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
