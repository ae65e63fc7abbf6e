//! The re-exported crates by the paths of alloc-kit, from a package that depends on nothing else: their types and macros.
//! What their pages state of memory is counted in `reexports_in_place.rs` and `reexports_shared.rs`.
//!
//! Run with: `cargo test -p alloc-kit-tests --test reexports`. The package is `fixtures/reexports`.

mod support;

use support::Project;

const CRATES: [&str; 5] = ["arrayvec", "bumpalo", "bytes", "compact_str", "smallvec"];

/// One test, since cargo builds the fixture to the same place.
#[test]
fn types_and_macros_by_the_paths_of_alloc_kit() {
    let user = Project::copy_of("reexports");
    let manifest = user.read("Cargo.toml");
    for name in CRATES {
        assert!(!manifest.contains(&format!("{name} = {{")), "{name} is a dependency of its own");
    }
    user.cargo(&["run"]).succeeds().prints(&["all of them"]);
    user.cargo(&["run", "--features", "enforce"]).succeeds().prints(&["all of them"]);
    user.cargo(&["run", "--no-default-features"]).succeeds().prints(&["none of them"]);
    each_can_be_taken_away(&user);
    a_comma_at_the_end(&user);
}

/// Without its feature a crate is neither there nor in the tree; the others are.
fn each_can_be_taken_away(user: &Project) {
    let tree = |features: &str| {
        let tree = ["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
        let tree =
            user.cargo(&[&tree[..], &["--no-default-features", "--features", features]].concat()).succeeds();
        let names: Vec<String> =
            tree.stdout().lines().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect();
        CRATES.map(|name| names.iter().any(|other| other == name))
    };
    assert_eq!(tree("std"), [false; 5]);
    for (index, name) in CRATES.iter().enumerate() {
        let mut only = [false; 5];
        only[index] = true;
        assert_eq!(tree(name), only, "with {name}");
    }
}

/// What the page of `bumpalo` says of its macros: they name the crate.
fn a_comma_at_the_end(user: &Project) {
    let main = |imports: &str, list: &str| {
        let text = "fn main() { let bump = alloc_kit::bumpalo::Bump::new(); assert_eq!(LIST, [1, 2]); }\n";
        user.write("src/main.rs", &(imports.to_owned() + &text.replace("LIST", list)));
        user.cargo(&["check"])
    };
    let (without, with) =
        ("alloc_kit::bumpalo::vec![in &bump; 1, 2]", "alloc_kit::bumpalo::vec![in &bump; 1, 2,]");
    main("", without).succeeds();
    main("", with).fails().prints(&["E0433"]);
    main("use alloc_kit::bumpalo;\n", with).succeeds();
}
