//! A kind of broken budget, as its file says: title, what broke, the command, how it is mended, and the code.

use std::fs;
use std::path::Path;

/// What stands before the mended function.
const MENDED: &str = "\nmod mended {\n";
const COMMAND: &str = "```text\n$ ";

#[derive(Debug)]
pub(crate) struct Kind {
    /// Of its text and its picture.
    pub(crate) name: String,
    /// In the package.
    pub(crate) file: &'static str,
    pub(crate) title: String,
    pub(crate) what_broke: String,
    pub(crate) command: String,
    pub(crate) how_mended: String,
    pub(crate) code: String,
    pub(crate) mended: Option<String>,
}

impl Kind {
    /// Reads a file of the package.
    pub(crate) fn read(package: &Path, file: &'static str) -> Self {
        let text = fs::read_to_string(package.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let (docs, code): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("//!"));
        let docs: Vec<&str> = docs.iter().map(|line| line[3..].trim_start()).collect();
        let docs = docs.join("\n");
        let code = format!("{}\n", code.join("\n").trim());

        let expected = format!("{file}: a title, what broke, the command, how it is mended");
        let (title, rest) = docs.split_once("\n\n").expect(&expected);
        let (what_broke, rest) = rest.split_once(COMMAND).expect(&expected);
        let (command, how_mended) = rest.split_once("\n```\n").expect(&expected);
        assert!(how_mended.contains("Mended: "), "{expected}");
        let (code, mended) = match code.split_once(MENDED) {
            Some((code, mended)) => (code.to_owned(), Some(outdented(mended))),
            None => (code, None),
        };
        Self {
            name: name(file).to_owned(),
            file,
            title: title.to_owned(),
            what_broke: what_broke.trim().to_owned(),
            command: command.to_owned(),
            how_mended: how_mended.trim().to_owned(),
            code: code.trim_end().to_owned(),
            mended,
        }
    }
}

/// `no_alloc` of `src/no_alloc.rs`, and the package's where the file is its `lib.rs`.
fn name(file: &str) -> &str {
    let mut parts = file.trim_end_matches(".rs").rsplit('/');
    match parts.next() {
        Some("lib") => parts.nth(1),
        name => name,
    }
    .expect("a name")
}

/// What is inside the braces of a module.
fn outdented(module: &str) -> String {
    let inside = module.trim_end().strip_suffix('}').expect("the module is the last item");
    let lines: Vec<&str> = inside.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    lines.join("\n").trim_end().to_owned()
}
