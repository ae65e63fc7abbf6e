//! The words of a source, without comments and texts. What a macro writes, in `quote!`, is among them.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// The identifiers and keywords of a file, in order; not the one that syn's `Token![..]` names.
pub(crate) fn words(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    words_of(&text).unwrap_or_else(|why| panic!("{}: {why}", file.display()))
}

/// Likewise of a text.
pub(crate) fn words_of(text: &str) -> Result<Vec<String>, String> {
    let stream: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
    let mut words = Vec::new();
    collect(stream, &mut words);
    Ok(words)
}

/// The `.rs` files below a folder, sorted.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn collect(stream: TokenStream, words: &mut Vec<String>) {
    let mut last_word = String::new();
    let mut is_macro = false;
    for token in stream {
        match token {
            TokenTree::Group(group) => {
                if !(is_macro && last_word == "Token") {
                    collect(group.stream(), words);
                }
                is_macro = false;
            }
            TokenTree::Ident(word) => {
                last_word = word.to_string();
                is_macro = false;
                words.push(last_word.clone());
            }
            TokenTree::Punct(mark) => is_macro = mark.as_char() == '!',
            TokenTree::Literal(_) => is_macro = false,
        }
    }
}
