//! A program as it will be in memory: its code, what of its data is never written, its symbols, and what it imports.
//!
//! Addresses are those of the file, as the linker gave them; where it is loaded does not matter. The file stays as it was read: the
//! tables hold numbers into it, and what is asked for is taken from its bytes.
//!
//! `header.rs` refuses what can't be judged, `memory.rs` has segments and sections, `symbols.rs` functions and objects,
//! `relocations.rs` what the loader writes, `plt.rs` the stubs of imports, `catches.rs` where panics are caught.

mod catches;
mod header;
mod lsda;
#[cfg(test)]
pub(super) mod made;
mod memory;
mod plt;
mod ranges;
mod relocations;
mod symbols;
mod tables;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use super::isa::Isa;
pub(crate) use catches::{Catch, Kind as CatchKind};
use memory::Memory;
use relocations::{Relocations, Target};
use symbols::Symbols;

/// What the file is that can't be judged, in words for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What was wrong, and what is accepted.
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// A function that has a symbol. Its names are asked of the image: `Image::name`, `Image::names`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) start: u64,
    /// Its end by the symbol's size; where that is 0, the start of the next symbol or the section's end.
    pub(crate) end: u64,
    /// Its names are these of `Symbols::names`, the one to show first.
    names: (u32, u32),
}

/// Eight bytes of memory that is never written once the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// As it is in the file: a number. In a program that is loaded where it was linked, addresses are such numbers too.
    Number(u64),
    /// An address in the program, by a relocation.
    Address(u64),
    /// The address of an imported function or variable, by its number in `Image::imports`.
    Import(u32),
}

/// How a program is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Linked for one address: what is an address is not marked.
    Fixed,
    /// Position-independent.
    Pie,
    /// Others may take the place of what it exports.
    SharedLibrary,
}

/// A program or shared library.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) isa: &'static dyn Isa,
    pub(crate) form: Form,
    /// No loader: the C library is in it, if it has one.
    pub(crate) is_static: bool,
    /// Names of what is imported, without versions. In static programs also those of functions that are chosen at the start
    /// (`STT_GNU_IFUNC`, `memcpy` for one).
    pub(crate) imports: Vec<String>,
    /// In the order of their addresses, one for each address.
    pub(crate) functions: Vec<Function>,
    bytes: Vec<u8>,
    memory: Memory,
    symbols: Symbols,
    relocations: Relocations,
    addresses: OnceLock<Vec<(u64, u64)>>,
    frames: OnceLock<catches::Frames>,
}

impl Image {
    /// Reads an ELF file.
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, Refusal> {
        let header = header::Header::read(&bytes)?;
        let memory = Memory::read(&header)?;
        let (functions, symbols) = Symbols::read(&header, &memory)?;
        let mut imports = Vec::new();
        let relocations = Relocations::read(&header, &memory, &symbols, &mut imports)?;
        let (isa, form, is_static) = (header.isa, header.form, header.is_static);
        let mut image = Self {
            isa,
            form,
            is_static,
            imports,
            functions,
            bytes,
            memory,
            symbols,
            relocations,
            addresses: OnceLock::new(),
            frames: OnceLock::new(),
        };
        image.memory.never_written_is_final(&image.relocations, &image.symbols, &image.bytes, is_static);
        Ok(image)
    }

    /// The bytes from there on to the end of the executable section that has it.
    pub(crate) fn code(&self, at: u64) -> Option<&[u8]> {
        self.memory.code(&self.bytes, at)
    }

    /// All code: where each executable section begins, and its bytes.
    pub(crate) fn all_code(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.memory.all_code(&self.bytes)
    }

    /// Whether that is the address of code of this program.
    pub(crate) fn is_code(&self, at: u64) -> bool {
        self.memory.code_end(at).is_some()
    }

    /// Eight bytes that are never written: of a segment that is not writable, or that is made read-only once relocations are done
    /// (RELRO). `None` for anything else, and for what the loader writes that is no address (thread-locals).
    pub(crate) fn word(&self, at: u64) -> Option<Word> {
        if !self.memory.is_never_written(at, 8) {
            return None;
        }
        self.initial_word(at)
    }

    /// Bytes that are never written, and that no relocation touches.
    pub(crate) fn constant(&self, at: u64, bytes: usize) -> Option<&[u8]> {
        if !self.memory.is_never_written(at, bytes as u64) || self.relocations.touches(at, bytes as u64) {
            return None;
        }
        self.memory.file_bytes(&self.bytes, at, bytes)
    }

    /// What a static that may be written holds when the program starts.
    pub(crate) fn initial_word(&self, at: u64) -> Option<Word> {
        if self.relocations.copies_to(at, 8) {
            return None;
        }
        match self.relocations.at(at) {
            Some(relocation) => match relocation.target {
                Target::Address(address) => Some(Word::Address(address)),
                Target::Number(number) => Some(Word::Number(number)),
                Target::Import(import) => Some(Word::Import(import)),
                Target::Other => None,
            },
            None if self.relocations.touches(at, 8) => None,
            None => self.memory.raw_word(&self.bytes, at).map(Word::Number),
        }
    }

    /// Whether that is the address of data (of any kind) of this program.
    pub(crate) fn is_data(&self, at: u64) -> bool {
        self.memory.is_loaded(at) && !self.is_code(at)
    }

    /// The import that a stub of the PLT at that address jumps to. (Of the loader's own slots: one that a program writes is none.)
    pub(crate) fn plt(&self, at: u64) -> Option<u32> {
        let slot = plt::slot(self.isa, self.code(at)?, at)?;
        self.relocations.slot(slot)
    }

    /// The function whose symbol has that address inside; of several, the one that starts last.
    pub(crate) fn function(&self, at: u64) -> Option<&Function> {
        self.symbols.function(&self.functions, at)
    }

    /// As in the file, mangled. Of several at one address the first that is global, else the first by name.
    pub(crate) fn name(&self, function: &Function) -> &str {
        self.names(function).next().unwrap_or_default()
    }

    /// All names of a function: what is folded into one (ICF) has several, and so do aliases. The one to show is first.
    pub(crate) fn names(&self, function: &Function) -> impl Iterator<Item = &str> {
        self.symbols.names(&self.bytes, function.names)
    }

    /// The object (a static) whose symbol has that address inside: its start and end.
    pub(crate) fn object(&self, at: u64) -> Option<(u64, u64)> {
        self.symbols.object(at)
    }

    /// The object of that name.
    #[cfg(test)]
    pub(crate) fn object_of(&self, name: &str) -> Option<(u64, u64)> {
        self.symbols.object_named(&self.bytes, name)
    }

    /// Whether no other object's symbol has any of its bytes.
    pub(crate) fn is_alone(&self, object: (u64, u64)) -> bool {
        self.symbols.is_alone(object)
    }

    /// Whether an object or a function there may be reached by name from other libraries.
    pub(crate) fn is_exported(&self, object: (u64, u64)) -> bool {
        self.symbols.exports(object)
    }

    /// All data words of the file that hold an address: where, and what address. For who asks whether the address of a static is
    /// anywhere in memory. In a program that is linked for one address they are not marked: all words that could be one are given.
    pub(crate) fn addresses_in_data(&self) -> &[(u64, u64)] {
        self.addresses.get_or_init(|| {
            let mut all = self.relocations.addresses();
            if self.form == Form::Fixed {
                self.memory.possible_addresses(&self.bytes, &mut all);
                all.sort_unstable();
                all.dedup();
            }
            all
        })
    }

    /// A section that is loaded, by its name (`.note.alloc_kit`): its address, and its bytes as they are in the file.
    pub(crate) fn loaded(&self, name: &str) -> Option<(u64, &[u8])> {
        self.memory.loaded(&self.bytes, name)
    }

    /// A section that is not loaded, by its name (`.debug_alloc_kit`), inflated if it was compressed.
    pub(crate) fn unloaded(&self, name: &str) -> Option<&[u8]> {
        self.memory.unloaded(&self.bytes, name)
    }
}
