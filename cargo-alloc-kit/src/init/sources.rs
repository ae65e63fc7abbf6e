//! What the sources of a package say that decides how it is set up: a global allocator of its own, tests that have budgets.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// The Rust files of a package, as far as they are Rust.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    path: PathBuf,
    words: Vec<(String, usize)>,
}

/// A `#[global_allocator]`.
#[derive(Clone, Debug)]
pub(crate) struct Allocator {
    pub(crate) path: PathBuf,
    pub(crate) line: usize,
    /// Whether it is one that counts.
    pub(crate) counts: bool,
}

impl Sources {
    /// Reads what is below the folder of a package, without packages in it and what was built there.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut sources = Self::default();
        sources.walk(folder, true);
        sources.files.sort_by(|one, other| one.path.cmp(&other.path));
        sources
    }

    fn walk(&mut self, folder: &Path, is_root: bool) {
        if !is_root && folder.join("Cargo.toml").exists() {
            return;
        }
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            // Links are not followed: they may lead round in a circle.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                let is_built = is_root && name == "target";
                if !is_built && !name.starts_with('.') {
                    self.walk(&path, false);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && let Ok(text) = fs::read_to_string(&path)
                && let Ok(tokens) = text.parse::<TokenStream>()
            {
                let mut words = Vec::new();
                collect(tokens, &mut words);
                self.files.push(Source { path, words });
            }
        }
    }

    /// The global allocators, in the order of their files.
    pub(crate) fn allocators(&self) -> impl Iterator<Item = Allocator> {
        self.files.iter().flat_map(|source| {
            let counts = source.has("CountingAlloc");
            let found = source.words.iter().filter(|(word, _)| word == "global_allocator");
            found.map(move |(_, line)| Allocator { path: source.path.clone(), line: *line, counts })
        })
    }

    /// Whether a file below the folder names the crate.
    pub(crate) fn names_below(&self, folder: &Path, word: &str) -> bool {
        self.files.iter().any(|source| source.path.starts_with(folder) && source.has(word))
    }

    /// Whether the file says the word.
    pub(crate) fn names_in(&self, path: &Path, word: &str) -> bool {
        self.files.iter().any(|source| source.path == path && source.has(word))
    }
}

impl Source {
    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|(other, _)| other == word)
    }
}

/// Words in code, each with its line: not those of comments and texts.
fn collect(tokens: TokenStream, words: &mut Vec<(String, usize)>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), words),
            TokenTree::Ident(word) => words.push((word.to_string(), word.span().start().line)),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
