//! What a program's file says of how it can be recorded: whether it has the dhat crate, the lines of its source, and an allocator of its
//! own, which valgrind does not see.
//!
//! Its symbols decide, where it has any: a program that only knows of these has their texts as well, and one that has the dhat crate
//! need not have `dhat-heap.json`, which the compiler may put together from numbers. Without symbols texts must do.

use std::fs;
use std::path::Path;

use memchr::memmem;
use object::{BinaryFormat, File, Object, ObjectSection, ObjectSymbol};

/// The crate at the start of a symbol, in both manglings, or in brackets.
const DHAT_SYMBOLS: [&str; 3] = ["_ZN4dhat", "$LT$dhat..", "_4dhat"];

/// What it says at the end.
const DHAT_TEXT: &str = "dhat: The data has been saved to ";

/// Allocators that are linked into programs: what their symbols have in them, what their texts have, and the name.
const ALLOCATORS: [(&[&str], &str, &str); 4] = [
    (&["_rjem_", "je_malloc", "je_mallocx"], "<jemalloc>: ", "jemalloc"),
    (&["mi_malloc", "mi_heap_malloc"], "mimalloc: ", "mimalloc"),
    (&["sn_rust_alloc", "snmalloc"], "snmalloc", "snmalloc"),
    (&["tc_malloc", "tc_new"], "tcmalloc: ", "tcmalloc"),
];

/// What is known of a program; nothing of what can't be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) has_dhat: bool,
    /// Nothing where that can't be told.
    pub(super) has_lines: Option<bool>,
    pub(super) allocator: Option<&'static str>,
}

impl Known {
    pub(super) fn of(program: &Path) -> Self {
        fs::read(program).map(|bytes| known(&bytes)).unwrap_or_default()
    }

    /// What valgrind will not show of it.
    pub(super) fn limit_of_valgrind(self, program: &Path) -> Option<String> {
        let allocator = self.allocator?;
        Some(format!(
            "{} has {allocator} linked into it, and valgrind does not see what that allocates: build it without for the capture, or record it \
             by the dhat crate",
            program.display()
        ))
    }
}

fn known(bytes: &[u8]) -> Known {
    let file = File::parse(bytes).ok();
    let names: Vec<&str> = match &file {
        Some(file) => file.symbols().filter_map(|symbol| symbol.name().ok()).collect(),
        None => Vec::new(),
    };
    let has_symbol = |parts: &[&str]| names.iter().any(|name| parts.iter().any(|part| name.contains(part)));
    // Those that a program asks the system for are no symbols of what is linked into it.
    let is_stripped = names.iter().all(|name| !name.contains("rust"));
    let has_text = |text: &str| memmem::find(bytes, text.as_bytes()).is_some();
    let has = |symbols: &[&str], text: &str| {
        if is_stripped { has_text(text) } else { has_symbol(symbols) }
    };
    let is_elf = |file: &&File<'_>| file.format() == BinaryFormat::Elf;
    Known {
        has_dhat: has(&DHAT_SYMBOLS, DHAT_TEXT),
        has_lines: file.as_ref().filter(is_elf).map(|file| {
            file.sections().any(|section| section.name().is_ok_and(|name| name.contains("debug_line")))
        }),
        allocator: ALLOCATORS.into_iter().find(|(symbols, text, _)| has(symbols, text)).map(|of| of.2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// This program knows the name of the file and the texts, and has neither.
    #[test]
    fn a_program_that_only_knows_the_names_has_none_of_them() {
        let own = Known::of(&std::env::current_exe().expect("its file"));
        if cfg!(target_os = "linux") {
            assert_eq!(own, Known { has_dhat: false, has_lines: Some(true), allocator: None });
        }
    }

    #[test]
    fn without_symbols_texts_must_do() {
        let of = |text: &str| known(text.as_bytes());
        assert_eq!(of(DHAT_TEXT), Known { has_dhat: true, ..Known::default() });
        assert_eq!(of("mimalloc: error"), Known { allocator: Some("mimalloc"), ..Known::default() });
        assert_eq!(of("#!/bin/sh"), Known::default());
        let said = of("<jemalloc>: x").limit_of_valgrind(Path::new("app")).expect("a limit");
        assert!(said.starts_with("app has jemalloc linked into it"), "{said}");
    }
}
