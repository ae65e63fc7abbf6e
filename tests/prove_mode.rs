//! Prove mode (`--cfg alloc_kit_prove`): what the attributes and macros leave in a program for `cargo alloc-kit prove`, in debug and
//! optimised; that users' crates compile in it as they do in off and on mode; and that such a program passes no test.
//!
//! The program is `fixtures/prove`, the reader the command's own. One test, since cargo builds the fixture in all modes to the same place.
//! Run with: `cargo test -p alloc-kit-tests --test prove_mode`.

mod support;

#[path = "prove_mode/image.rs"]
mod image;
#[path = "../cargo-alloc-kit/src/prove/notes.rs"]
mod notes;
#[path = "../cargo-alloc-kit/src/prove/records.rs"]
mod records;

use std::collections::BTreeSet;
use std::fs;

use image::Image;
use records::{Kind, Records, Site};
use support::Project;

const PROVE: [(&str, &str); 1] = [("RUSTFLAGS", "--cfg alloc_kit_prove")];
const OPTIMISED: (&str, &str) = ("CARGO_PROFILE_DEV_OPT_LEVEL", "3");

/// What there is of a place in the program.
enum Left {
    /// Functions of that name, so many of them.
    Functions(&'static str, usize),
    /// An expression in a function of that name.
    Region(&'static str),
    /// The making of a future in a function of that name, and its poll.
    Future(&'static str),
    /// The poll of a future.
    Poll,
    /// An exception in a function of that name.
    Exception(&'static str),
    /// An exception in the poll of a future.
    Allowed,
    /// Nothing: no code of it was compiled, or it can't be marked.
    Nothing,
}
use Left::{Allowed, Exception, Functions, Future, Nothing, Poll, Region};

/// Each place of the fixture: its file, its name, what is put down as its form, and what is left of it.
const PLACES: [(&str, &str, &str, Left); 37] = [
    ("exceptions", "grows", "fn", Functions("grows", 1)),
    ("exceptions", "allow_alloc!", "exception", Exception("grows")),
    ("exceptions", "header", "fn", Exception("header")),
    ("exceptions", "connect", "async fn", Allowed),
    ("exceptions", "boxes", "fn of a future", Allowed),
    ("exceptions", "allow_alloc!", "exception", Allowed),
    ("expressions", "assert_no_alloc!", "assertion", Region("of_a_block")),
    ("expressions", "assert_no_alloc!", "assertion", Region("of_a_closure")),
    ("expressions", "assert_alloc_budget!", "assertion", Region("with_two_ways_out")),
    ("expressions", "assert_no_alloc!", "assertion", Poll),
    ("functions", "free", "fn", Functions("free", 1)),
    ("functions", "by_condition", "fn", Functions("by_condition", 1)),
    ("functions", "frees_nothing", "fn", Functions("frees_nothing", 1)),
    ("functions", "budget_of_none", "fn", Functions("budget_of_none", 1)),
    ("functions", "key_of_none", "fn", Functions("key_of_none", 1)),
    ("functions", "generic", "fn", Functions("generic", 2)),
    ("functions", "never_instantiated", "fn", Nothing),
    ("functions", "unused", "fn", Nothing),
    ("functions", "constant", "const fn", Nothing),
    ("functions", "tracked", "fn", Functions("tracked", 1)),
    ("functions", "foreign", "fn", Functions("foreign", 1)),
    ("functions", "never", "fn", Functions("never", 1)),
    ("functions", "opaque", "fn", Functions("opaque", 1)),
    ("functions", "by_value", "fn", Functions("by_value", 1)),
    ("functions", "by_reference", "fn", Functions("by_reference", 1)),
    ("functions", "by_mutable", "fn", Functions("by_mutable", 1)),
    ("functions", "pinned", "fn", Functions("pinned", 1)),
    ("functions", "quadruple", "fn", Functions("quadruple", 1)),
    ("functions", "double", "fn", Functions("double", 1)),
    ("functions", "first", "fn", Functions("first", 1)),
    ("functions", "second", "fn", Functions("second", 1)),
    ("functions", "inside", "fn", Functions("inside", 1)),
    ("futures", "waits", "async fn", Poll),
    ("futures", "is_not_called", "async fn", Nothing),
    ("futures", "gives", "fn of a future", Future("gives")),
    ("futures", "gives_tracked", "fn of a future", Future("gives_tracked")),
    ("futures", "boxed", "fn of a future", Future("boxed")),
    // What follows was made by `async_trait`.
];
const FETCH: (&str, &str, &str, Left) = ("futures", "fetch", "async fn", Poll);

#[test]
fn a_program_says_what_was_annotated_and_where_it_is() {
    let is_supported =
        cfg!(target_os = "linux") && cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));
    if !is_supported {
        eprintln!("not tested: prove mode is for Linux on x86_64 and aarch64");
        return;
    }
    let project = Project::copy_of("prove");
    project.cargo(&["check"]).succeeds();
    project.cargo(&["check", "--features", "enforce"]).succeeds();

    // With a target, what runs while compiling is not compiled anew for the flags.
    let target = format!("--target={}", host());
    project.cargo_with(&PROVE, &["build", &target, "--features", "enforce"]).succeeds();
    let debug = all_is_there(&program(), true);
    let ran = project.cargo_with(&PROVE, &["run", &target, "--features", "enforce"]).exits_with(2);
    ran.prints(&[
        "alloc-kit: this program was built for `cargo alloc-kit prove`",
        "and judges nothing when it runs",
    ]);

    project.cargo_with(&[PROVE[0], OPTIMISED], &["build", &target]).succeeds();
    let mut program = program();
    let optimised = all_is_there(&program, false);
    assert_eq!(debug, optimised, "a place is the same in each program");
    let text = project.read("src/functions.rs");
    let line = 1 + text.lines().position(|line| line.contains("pub fn free(")).expect("it");
    let found = debug.iter().find(|(name, ..)| name == "free").map(|(_, line, _)| *line);
    assert_eq!(found, u32::try_from(line - 2).ok(), "the line of its attribute");

    program.strip();
    let refused = Records::read(&program).expect_err("what was stripped").message;
    assert!(refused.contains("stripped"), "{refused}");
}

fn host() -> String {
    let mut rustc = support::clean_command("rustc");
    rustc.arg("-vV");
    let version = support::run::Run::of(rustc).succeeds().stdout();
    version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host").to_owned()
}

fn program() -> Image {
    let path = support::target().join(host()).join("debug/proved");
    Image::read(&fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// Compares a program with the table, and gives its places.
fn all_is_there(image: &Image, is_debug: bool) -> BTreeSet<(String, u32, u64)> {
    let records = Records::read(image).expect("its own records");
    let expected: Vec<_> = PLACES.iter().chain([&FETCH]).collect();
    let found = records.sites.iter().map(|site| (stem(&site.file), site.name.as_str(), site.form.as_str()));
    let names = expected.iter().map(|(file, name, form, _)| (*file, *name, *form));
    assert_eq!(found.collect::<Vec<_>>(), names.collect::<Vec<_>>());
    for (site, (.., left)) in records.sites.iter().zip(expected) {
        is_left(image, &records, site, left, is_debug);
        assert_eq!(site.package, "proved 0.1.0");
        assert_eq!(
            site.module,
            format!("proved::{}{}", stem(&site.file), if site.name == "inside" { "::module" } else { "" })
        );
        let is_exception = matches!(left, Exception(_) | Allowed);
        assert_eq!(site.allowed.is_some(), is_exception, "{site:?}");
    }
    let reasons: Vec<_> = records.sites.iter().filter_map(|site| site.allowed.as_deref()).collect();
    assert_eq!(reasons, ["grows once", "a header", "connects", "boxes", "a text"]);
    let forbids = records
        .sites
        .iter()
        .filter(|site| site.forbids_frees)
        .map(|site| (stem(&site.file), site.name.as_str()));
    assert_eq!(
        forbids.collect::<Vec<_>>(),
        [("expressions", "assert_no_alloc!"), ("functions", "frees_nothing")]
    );
    the_allocator_is_there(image, &records);
    records.sites.into_iter().map(|site| (site.name, site.line, site.id)).collect()
}

fn stem(file: &str) -> &str {
    file.strip_prefix("src/").and_then(|file| file.strip_suffix(".rs")).expect("a file of the fixture")
}

/// Symbols of functions that have records of a place, for each kind of record.
fn symbols<'image>(image: &'image Image, records: &Records, id: u64, kind: Kind) -> BTreeSet<&'image str> {
    let at = records.at.iter().filter(|(_, here)| here.contains(&(kind, id)));
    at.map(|(address, _)| {
        let has_nop = kind != Kind::Function;
        let code = image.code(*address).expect("code");
        // `nop dword ptr [rax + 4 bytes]`, or `movz xzr` with two bytes.
        let is_nop = match code {
            [0x0f, 0x1f, 0x80, ..] if cfg!(target_arch = "x86_64") => true,
            [low, _, high, 0xd2, ..] if cfg!(target_arch = "aarch64") => {
                low & 0x1f == 0x1f && high & 0xe0 == 0x80
            }
            _ => false,
        };
        assert!(!has_nop || is_nop, "{kind:?} at {address:#x} has no instruction of its own");
        image.function(*address)
    })
    .collect()
}

fn is_left(image: &Image, records: &Records, site: &Site, left: &Left, is_debug: bool) {
    let of = |kind| symbols(image, records, site.id, kind);
    let [functions, begins, ends] = [of(Kind::Function), of(Kind::Begin), of(Kind::End)];
    let [allows, allow_ends] = [of(Kind::Allow), of(Kind::AllowEnd)];
    let all_are = |symbols: &BTreeSet<&str>, name: &str| {
        // Mangled, a name follows its length; a function without optimisation is where it was written.
        let mangled = format!("{}{name}", name.len());
        assert!(symbols.iter().all(|symbol| symbol.contains(&mangled)), "{site:?}: {symbols:?}");
    };
    let (is_judged, is_region, is_allowed) = match left {
        Functions(name, count) => {
            all_are(&functions, name);
            assert_eq!(functions.len(), *count, "{site:?}: {functions:?}");
            (true, false, false)
        }
        Region(name) => {
            all_are(&begins, name);
            (false, true, false)
        }
        Future(name) => {
            all_are(&functions, "poll");
            if is_debug {
                all_are(&begins, name);
            }
            (true, true, false)
        }
        Poll => {
            all_are(&functions, "poll");
            (true, false, false)
        }
        Exception(name) => {
            all_are(&allows, name);
            (false, false, true)
        }
        Allowed => (false, false, true),
        Nothing => (false, false, false),
    };
    assert_eq!(!functions.is_empty(), is_judged, "{site:?}: {functions:?}");
    assert_eq!([!begins.is_empty(), !ends.is_empty()], [is_region; 2], "{site:?}: {begins:?} {ends:?}");
    assert_eq!(
        [!allows.is_empty(), !allow_ends.is_empty()],
        [is_allowed; 2],
        "{site:?}: {allows:?} {allow_ends:?}"
    );
    assert!(functions.iter().all(|symbol| !symbol.contains("closure")), "{site:?}: {functions:?}");
}

/// The program's allocator is alloc-kit's, of which each method has a record.
fn the_allocator_is_there(image: &Image, records: &Records) {
    let count = |kind| records.at.values().filter(|here| here.contains(&(kind, 0))).count();
    assert!(count(Kind::Allocates) >= 3 && count(Kind::Frees) >= 1, "{records:?}");
    let of = |kind| symbols(image, records, 0, kind).into_iter().collect::<String>();
    for method in ["alloc", "alloc_zeroed", "realloc"] {
        let (inlined, method) = (format!("__rust_{method}"), format!("{}{method}", method.len()));
        let all = of(Kind::Allocates);
        assert!(all.contains(&inlined) || all.contains(&method), "{method}: {all}");
    }
}
