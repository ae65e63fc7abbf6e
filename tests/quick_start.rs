//! The five minutes of the README, word for word: its commands, its red test with the message that it shows, the green one
//! after it, and the budget of another number.
//!
//! Run with: `cargo test -p alloc-kit-tests --test quick_start`.

mod support;

use std::fs;

use support::{Project, workspace};

/// The blocks of the README's section, each with its language.
fn blocks(section: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut parts = section.split("```");
    parts.next();
    while let (Some(block), Some(_between)) = (parts.next(), parts.next()) {
        let (language, text) = block.split_once('\n').expect("a block begins with its language");
        blocks.push((language.to_owned(), text.to_owned()));
    }
    blocks
}

#[test]
fn red_and_then_green() {
    let readme = fs::read_to_string(workspace().join("README.md")).expect("a README");
    let (_, section) = readme.split_once("\n## Five minutes\n").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("a section after it");
    let blocks = blocks(section);
    let languages: Vec<&str> = blocks.iter().map(|(language, _)| language.as_str()).collect();
    assert_eq!(languages, ["sh", "sh", "rust", "text", "rust", "rust"], "the blocks of the section");
    let [commands, by_path, red, message, green, other] =
        [0, 1, 2, 3, 4, 5].map(|nth| blocks[nth].1.as_str());

    // The same two, with a path in each.
    let without_comments = commands.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let mut by_path = by_path.lines();
    assert_eq!(by_path.next(), Some("git clone https://github.com/alloc-kit/alloc-kit ../alloc-kit"));
    let without_paths = by_path.clone().map(|line| line.replace(" --path ../alloc-kit/alloc-kit", ""));
    assert!(without_comments.eq(without_paths), "{commands}{by_path:?}");

    let hot = Project::copy_of("quick_start");
    let path = workspace().join("alloc-kit").display().to_string();
    for command in commands.lines() {
        let words = command.split('#').next().unwrap_or_default().split_whitespace();
        let arguments: Vec<&str> = words.skip(1).chain(["--path", &path]).collect();
        hot.cargo(&arguments).succeeds();
    }
    hot.lock();

    hot.write("src/lib.rs", red);
    let run = hot.cargo(&["test"]).fails().prints(&["test counts_empty_fields ... FAILED"]);
    run.prints(&[message]);

    // The function gets its new body; the test stays.
    let (_, test) = red.split_once("#[test]\n").expect("a test");
    hot.write("src/lib.rs", &format!("{green}\n#[test]\n{test}"));
    hot.cargo(&["test"]).succeeds().prints(&["test counts_empty_fields ... ok"]);

    let test = "#[test]\nfn joins() {\n    assert_eq!(join(&[\"alpha\", \"beta\"]), \"alpha,beta,\");\n}\n";
    hot.write("src/lib.rs", &format!("{other}{test}"));
    hot.cargo(&["test"]).succeeds().prints(&["test joins ... ok"]);
    let grows = other.replace("with_capacity(fields.iter().map(|field| field.len() + 1).sum())", "new()");
    hot.write("src/lib.rs", &format!("{grows}{test}"));
    hot.cargo(&["test"]).fails().prints(&["`join` made 2 heap allocations", "line.push_str(field)"]);
}
