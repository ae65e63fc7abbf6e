//! A place in the source, as debug information gives it: whose file it is in, and how it is shown.

use core::ops::Range;
use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// A place in the source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) file: PathBuf,
    /// From 1.
    pub(super) line: usize,
    /// In bytes, as rustc writes it, from 1; 0 where it is not known.
    pub(super) column: usize,
}

impl Place {
    /// `src/main.rs:10:5`, the column in characters.
    pub(super) fn shown(&self) -> String {
        let Place { file, line, column } = self;
        let file = shorten(file);
        match *column {
            0 => format!("{file}:{line}"),
            bytes => {
                let column = self.text().and_then(|text| self.column_in(&text)).unwrap_or(bytes);
                format!("{file}:{line}:{column}")
            }
        }
    }

    /// The column in characters, from 1, if the line has it.
    fn column_in(&self, line: &str) -> Option<usize> {
        line.get(..self.column.checked_sub(1)?).map(|before| before.chars().count() + 1)
    }

    /// The text of the line, if the file is at hand.
    pub(super) fn text(&self) -> Option<String> {
        let text = fs::read_to_string(&self.file).ok()?;
        text.lines().nth(self.line.checked_sub(1)?).map(str::to_owned)
    }

    /// The bytes of the name that starts at the place: what was called.
    pub(super) fn name_in(&self, line: &str) -> Range<usize> {
        let text_starts = line.len() - line.trim_start().len();
        let start = match self.column {
            0 => text_starts,
            bytes => Some(bytes - 1).filter(|&at| line.is_char_boundary(at)).unwrap_or(text_starts),
        };
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let end = line[start..].find(|c| !is_name(c)).map_or(line.len(), |at| start + at);
        let end = start + line[start..end].trim_end_matches(':').len();
        let end = if line[end..].starts_with('!') { end + 1 } else { end };
        // A place that is no name (an operator, a brace) is one character wide.
        let first = line[start..].chars().next().map_or(0, char::len_utf8);
        start..end.max(start + first)
    }
}

/// Whether a file is the standard library's.
pub(super) fn is_of_std(file: &Path) -> bool {
    let built_by_rust = ["/rustc", "/rust/deps", "/rust/library"].iter().any(|root| file.starts_with(root));
    built_by_rust || parts(file).any(|part| part == "rustlib")
}

/// Whether cargo fetched the file: where its package starts in `registry/src/<index>-<hash>/<package>`, or in
/// `git/checkouts/<repository>-<hash>/<commit>`, as cargo's home has them.
pub(super) fn fetched_package(file: &Path) -> Option<usize> {
    let parts: Vec<_> = parts(file).collect();
    let is_hashed = |name: &str| {
        let hash = name.rsplit_once('-').map_or("", |(_, hash)| hash);
        hash.len() == 16 && hash.chars().all(|c| c.is_ascii_hexdigit())
    };
    let start = parts.windows(3).position(|window| {
        let fetched = matches!(window[..2], ["registry", "src"] | ["git", "checkouts"]);
        fetched && is_hashed(window[2])
    });
    start.map(|start| start + 3)
}

/// Whether the file is in a folder called `vendor`, where `cargo vendor` puts dependencies by default.
pub(super) fn is_vendored(file: &Path) -> bool {
    parts(file).any(|part| part == "vendor")
}

fn parts(file: &Path) -> impl Iterator<Item = &str> {
    file.components().map(|part| part.as_os_str().to_str().unwrap_or_default())
}

/// A path as rustc would show it: from the root of the workspace, and a dependency's from its package.
pub(super) fn shorten(file: &Path) -> String {
    shorten_from(root().as_deref(), file)
}

/// The workspace's folder, or else the one that the program is in.
fn root() -> Option<PathBuf> {
    let dir = env::current_dir().ok()?;
    let root = dir.ancestors().find(|dir| dir.join("Cargo.lock").exists()).unwrap_or(&dir);
    Some(root.to_owned())
}

fn shorten_from(root: Option<&Path>, file: &Path) -> String {
    if let Some(inside) = root.and_then(|root| file.strip_prefix(root).ok()) {
        return inside.display().to_string();
    }
    match fetched_package(file) {
        Some(package) => file.components().skip(package).collect::<PathBuf>().display().to_string(),
        None => file.display().to_string(),
    }
}

/// How many places are shown, of which many are in the same files.
pub(super) struct Shown {
    root: Option<PathBuf>,
    texts: HashMap<PathBuf, Option<String>>,
    known: HashMap<Place, (String, Option<usize>)>,
}

impl Shown {
    pub(super) fn new() -> Self {
        Self { root: root(), texts: HashMap::new(), known: HashMap::new() }
    }

    /// The file as it is [shown](Place::shown), and the column in characters, if it is known.
    pub(super) fn of(&mut self, place: &Place) -> &(String, Option<usize>) {
        let Self { root, texts, known } = self;
        known.entry(place.clone()).or_insert_with(|| {
            let text =
                texts.entry(place.file.clone()).or_insert_with(|| fs::read_to_string(&place.file).ok());
            let line = || text.as_ref()?.lines().nth(place.line.checked_sub(1)?);
            let bytes = Some(place.column).filter(|column| *column > 0);
            let column = line().and_then(|line| place.column_in(line)).or(bytes);
            (shorten_from(root.as_deref(), &place.file), column)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cargo_fetched_is_a_dependency() {
        let package = |file: &str| fetched_package(Path::new(file));
        let fetched = "/home/a/.cargo/registry/src/index-1949cf8c6b5b557f/memchr-2.8.3/src/lib.rs";
        assert!(package(fetched).is_some());
        assert_eq!(shorten(Path::new(fetched)), "memchr-2.8.3/src/lib.rs");
        assert!(package("/home/a/.cargo/git/checkouts/serde-0123456789abcdef/1a2b3c4/src/lib.rs").is_some());
        for own in [
            "/home/a/app/src/registry/mod.rs",
            "/home/a/registry/src/lib.rs",
            "/git/checkouts/app/src/lib.rs",
        ] {
            assert_eq!(package(own), None, "{own}");
        }
    }

    #[test]
    fn names_are_found_from_a_column_in_bytes() {
        let name = |line: &'static str, column| {
            let place = Place { file: PathBuf::new(), line: 1, column };
            &line[place.name_in(line)]
        };
        assert_eq!(name("a.push(b.to_string());", 10), "to_string");
        assert_eq!(name("  let x = vec![1];", 11), "vec!");
        assert_eq!(name("(\"\u{e9}\", vec![1])", 8), "vec!");
        assert_eq!(name("let x: T = std::mem::take(y);", 12), "std::mem::take");
        assert_eq!(name("  }", 3), "}");
        // What is not in the line points at its start.
        assert_eq!(name("  end", 0), "end");
        assert_eq!(name("  end", 99), "end");
        assert_eq!(name("  \u{e9}t\u{e9}", 4), "\u{e9}t\u{e9}");
        assert_eq!(name("", 7), "");
    }
}
