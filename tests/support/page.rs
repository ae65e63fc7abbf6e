//! What stands on a page between two marks `<!-- mark -->`: read, compared with what it has to be, or written anew.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// What `file` has between its two marks, without blank lines round it.
pub(crate) fn between_marks(file: &str, mark: &str) -> String {
    parts(file, mark)[1].trim().to_owned()
}

/// `file` must have these lines between its two marks. Where the variable `TRUST` is `overwrite` it gets them.
#[track_caller]
pub(crate) fn assert_holds(file: &str, mark: &str, lines: &[String]) {
    let lines = lines.join("\n");
    let [before, found, after] = parts(file, mark);
    if found.trim() == lines {
        return;
    }
    if env::var("TRUST").as_deref() == Ok("overwrite") {
        let line = line_of(mark);
        let text = format!("{before}{line}{lines}\n{line}{after}");
        fs::write(path(file), text).unwrap_or_else(|error| panic!("{file}: {error}"));
        return;
    }
    panic!("{file} has to have between its marks `{mark}` (TRUST=overwrite writes it):\n{lines}");
}

/// The text of a file of the workspace.
pub(crate) fn read(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn parts(file: &str, mark: &str) -> [String; 3] {
    let text = read(file);
    let parts: Vec<String> = text.split(&line_of(mark)).map(str::to_owned).collect();
    parts.try_into().unwrap_or_else(|_| panic!("{file} has to have two marks `{mark}`"))
}

fn line_of(mark: &str) -> String {
    format!("<!-- {mark} -->\n")
}

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)
}
