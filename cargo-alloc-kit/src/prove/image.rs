//! A program as it will be in memory: its code, what of its data is never written, its symbols, and what it imports.
//!
//! Addresses are those of the file, as the linker gave them; where it is loaded does not matter.

use std::collections::HashMap;

use super::isa::Isa;

/// What the file is that can't be judged, in words for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What was wrong, and what is accepted.
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// A function that has a symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) start: u64,
    /// Its end by the symbol's size; where that is 0, the start of the next symbol or the section's end.
    pub(crate) end: u64,
    /// As in the file, mangled. Of several at one address the first that is global, else the first by name.
    pub(crate) name: String,
}

/// Eight bytes of memory that is never written once the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// As it is in the file: a number.
    Number(u64),
    /// An address in the program, by a relocation.
    Address(u64),
    /// The address of an imported function or variable, by its number in `Image::imports`.
    Import(u32),
}

/// A program or shared library.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) isa: &'static dyn Isa,
    /// Names of what is imported, without versions.
    pub(crate) imports: Vec<String>,
    pub(crate) functions: Vec<Function>,
    _private: HashMap<u64, u32>,
}

#[expect(unused_variables, clippy::unused_self, reason = "the interface, before it is filled in")]
impl Image {
    /// Reads an ELF file.
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, Refusal> {
        todo!()
    }

    /// The bytes from there on to the end of the executable section that has it.
    pub(crate) fn code(&self, at: u64) -> Option<&[u8]> {
        todo!()
    }

    /// Eight bytes that are never written: of a section that is not writable, or that is made read-only once relocations are done
    /// (RELRO). `None` for anything else.
    pub(crate) fn word(&self, at: u64) -> Option<Word> {
        todo!()
    }

    /// Bytes that are never written, and that no relocation touches.
    pub(crate) fn constant(&self, at: u64, bytes: usize) -> Option<&[u8]> {
        todo!()
    }

    /// What a static that may be written holds when the program starts.
    pub(crate) fn initial_word(&self, at: u64) -> Option<Word> {
        todo!()
    }

    /// Whether that is the address of data (of any kind) of this program.
    pub(crate) fn is_data(&self, at: u64) -> bool {
        todo!()
    }

    /// The import that a stub of the PLT at that address jumps to.
    pub(crate) fn plt(&self, at: u64) -> Option<u32> {
        todo!()
    }

    /// The function whose symbol has that address inside.
    pub(crate) fn function(&self, at: u64) -> Option<&Function> {
        todo!()
    }

    /// The object (a static) whose symbol has that address inside: its start and end.
    pub(crate) fn object(&self, at: u64) -> Option<(u64, u64)> {
        todo!()
    }

    /// All data words of the file that hold an address by a relocation: where, and what address. For who asks whether the address of
    /// a static is anywhere in memory.
    pub(crate) fn addresses_in_data(&self) -> &[(u64, u64)] {
        todo!()
    }

    /// A section that is not loaded, by its name (`.debug_alloc_kit`), inflated if it was compressed.
    pub(crate) fn unloaded(&self, name: &str) -> Option<&[u8]> {
        todo!()
    }
}
