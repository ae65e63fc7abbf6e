//! The README's section on the companion: the table that stands there is the one that is printed of the README's own example.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test readme`.

mod support;

use std::fs;

use support::packages::{cargo, folder, library, lock, run, write};
use support::workspace::workspace;

fn readme() -> String {
    fs::read_to_string(workspace().join("README.md")).expect("a README").replace('\r', "")
}

/// The blocks of a section, each without its language.
fn blocks(readme: &str, heading: &str, language: &str) -> Vec<String> {
    let (_, section) = readme.split_once(&format!("\n## {heading}\n")).expect("the section");
    let section = section.split("\n## ").next().unwrap_or(section);
    let blocks = section.split("\n```").filter_map(|block| block.strip_prefix(&format!("{language}\n")));
    blocks.map(str::to_owned).collect()
}

#[test]
fn the_table_is_what_is_printed() {
    let readme = readme();
    let rust = blocks(&readme, "Five minutes", "rust");
    let [red, green, other] = &rust[..] else { panic!("three pieces of Rust: {rust:#?}") };
    let (_, test) = red.split_once("#[test]\n").expect("a test");
    let project = folder();
    write(
        &project,
        "Cargo.toml",
        &format!(
            "[package]\nname = \"hot\"\nedition = \"2024\"\n[workspace]\n[dependencies]\nalloc-kit = {{ path = '{0}' }}\n\
             [dev-dependencies]\nalloc-kit = {{ path = '{0}', features = [\"enforce\"] }}\n",
            library()
        ),
    );
    lock(&project, "");
    write(&project, "src/lib.rs", &format!("{green}\n\n{other}\n\n#[test]\n{test}\n"));
    let shown = blocks(&readme, "The companion", "text");
    let run_of = run(&project, "", &["test"]).exits_with(0);
    assert_eq!(shown.iter().map(|table| format!("{table}\n")).collect::<Vec<_>>(), [run_of.stdout()]);
    run(&project, "", &["test", "--deny", "never-exercised"]).exits_with(5);

    // What stands further down is a program, as it is.
    let programs = blocks(&readme, "Under the budget", "rust");
    let [program] = &programs[..] else { panic!("one program: {programs:#?}") };
    assert!(!program.lines().any(|line| line.starts_with("# ")), "a line that only rustdoc hides: {program}");
    write(&project, "examples/paths.rs", program);
    cargo(&project, "", &["run", "--example", "paths"]).succeeds();
    let broken = program.replace("PUT /index 201", "PUT /other 201");
    write(&project, "examples/paths.rs", &broken);
    cargo(&project, "", &["run", "--example", "paths"]).fails().prints(&["assert_no_alloc!` made"]);
}
