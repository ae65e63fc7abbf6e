//! The mutants of `mutants.rs` are mutants of this source: what each replaces is in its file, once. Nothing is broken
//! and nothing is run here, so this is quick; what notices each mutant is for the example to say.
//!
//! Run with: `cargo test -p alloc-kit-tests --test mutants_listed`.

#[path = "mutants/list.rs"]
mod list;
#[path = "mutants/of_counting.rs"]
mod of_counting;
#[path = "mutants/of_faults.rs"]
mod of_faults;
#[path = "mutants/of_functions.rs"]
mod of_functions;
#[path = "mutants/of_futures.rs"]
mod of_futures;
#[path = "mutants/of_regions.rs"]
mod of_regions;
#[path = "mutants/of_reports.rs"]
mod of_reports;
#[path = "mutants/of_signals.rs"]
mod of_signals;
#[path = "mutants/of_threads.rs"]
mod of_threads;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use list::{Mutant, TESTS};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace around the tests")
}

#[test]
fn none_is_stale() {
    let stale: Vec<String> =
        list::all().iter().filter_map(|mutant| mutant.text_in(workspace()).err()).collect();
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

#[test]
fn each_is_another_source() {
    let (mut names, mut sources) = (BTreeSet::new(), BTreeSet::new());
    for mutant in list::all() {
        assert!(names.insert(mutant.name), "two are called `{}`", mutant.name);
        // One that is stale is for `none_is_stale` to name.
        let Ok((original, mutated)) = mutant.text_in(workspace()) else { continue };
        assert_ne!(original, mutated, "`{}` changes nothing", mutant.name);
        assert!(sources.insert((mutant.file, mutated)), "`{}` is another one, too", mutant.name);
    }
}

#[test]
fn what_notices_them_is_there() {
    let manifest = fs::read_to_string(workspace().join("tests/Cargo.toml")).expect("the tests' manifest");
    let program = |test: &'static str| test.split(' ').next().unwrap_or(test);
    for program in TESTS.iter().copied().map(program) {
        // The crate's own tests are no program of this package.
        let is_there = program == "unit" || manifest.contains(&format!("[[test]]\nname = \"{program}\"\n"));
        assert!(is_there, "{program} is no test program");
    }
    for Mutant { name, tests, .. } in list::all() {
        assert!(!tests.is_empty(), "nothing is to notice `{name}`");
        for test in tests {
            let is_listed = TESTS.iter().any(|known| program(known) == program(test));
            assert!(is_listed, "`{name}`: {test} is not in the list of test programs");
        }
    }
}

/// A search that finds everything once would find nothing.
#[test]
fn a_text_that_is_not_there_or_twice_is_noticed() {
    let stale = |file, text| {
        let mutant = Mutant { name: "example", file, text, instead: "", tests: &["unit"] };
        mutant.text_in(workspace()).expect_err("it is stale")
    };
    let file = "tests/mutants/list.rs";
    assert!(stale(file, "nobody would write this").contains("`example` is stale: its text is 0 times"));
    assert!(stale(file, "pub(crate)").contains("not once:\npub(crate)"));
    assert!(stale("tests/no_such_file.rs", "").contains("`example` is stale: tests/no_such_file.rs"));
}
