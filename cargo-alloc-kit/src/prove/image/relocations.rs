//! What the loader writes into memory before the program runs.
//!
//! `tables.rs` finds where the relocations are.

use std::collections::HashMap;

use object::elf::{self, Machine, Rela64, Sym64};
use object::read::elf::{Rela, Sym, SymbolTable};
use object::{LittleEndian, SymbolIndex};

use super::header::{Header, LE};
use super::memory::Memory;
use super::symbols::Symbols;
use super::tables::{Tables, table};
use super::{Form, Refusal};
use crate::prove::names;

type Imports<'a> = &'a mut Vec<String>;
type DynamicSymbols<'data> = SymbolTable<'data, elf::FileHeader64<LittleEndian>>;

/// What a word holds once it is relocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Address(u64),
    Number(u64),
    Import(u32),
    /// Thread-locals, and what is not known.
    Other,
}

/// Of eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Relocation {
    pub(super) at: u64,
    pub(super) target: Target,
    /// A slot of the linker's own table, which the loader writes and nothing else.
    is_slot: bool,
}

#[derive(Debug, Default)]
pub(super) struct Relocations {
    /// By address, one for each.
    all: Vec<Relocation>,
    /// Where objects of other libraries are copied to.
    copies: Vec<(u64, u64)>,
    /// Words that hold the address of what a shared library exports, which another may take the place of.
    exported: Vec<(u64, u64)>,
}

impl Relocations {
    pub(super) fn read(
        header: &Header<'_>,
        memory: &Memory,
        symbols: &Symbols,
        imports: Imports<'_>,
    ) -> Result<Self, Refusal> {
        let tables = Tables::of(header, memory)?;
        let dynamic_symbols = header.sections.symbols(LE, header.bytes, elf::SHT_DYNSYM).unwrap_or_default();
        let mut reader = Reader {
            header,
            memory,
            symbols,
            dynamic_symbols,
            numbers: HashMap::new(),
            imports,
            read: Self::default(),
        };
        for (start, bytes) in tables.with_addends {
            reader.with_addends(start, bytes)?;
        }
        for (start, bytes) in tables.packed {
            reader.packed(start, bytes)?;
        }
        let mut read = reader.read;
        read.all.sort_unstable_by_key(|relocation| relocation.at);
        read.all.dedup_by(|again, kept| {
            let is_same_place = again.at == kept.at;
            if is_same_place && again.target != kept.target {
                kept.target = Target::Other;
            }
            is_same_place
        });
        read.copies.sort_unstable();
        Ok(read)
    }

    /// The relocation of the word there, if no other one touches it.
    pub(super) fn at(&self, at: u64) -> Option<&Relocation> {
        let index = self.all.binary_search_by_key(&at, |relocation| relocation.at).ok()?;
        let before = index.checked_sub(1).and_then(|index| self.all.get(index));
        let overlaps = before.is_some_and(|before| at - before.at < 8)
            || self.all.get(index + 1).is_some_and(|after| after.at - at < 8);
        (!overlaps).then(|| &self.all[index])
    }

    /// Whether any of these bytes are written by the loader.
    pub(super) fn touches(&self, at: u64, bytes: u64) -> bool {
        let end = at.saturating_add(bytes);
        let next = self.all.partition_point(|relocation| relocation.at < end);
        next > 0 && self.all[next - 1].at.saturating_add(8) > at || self.copies_to(at, bytes)
    }

    /// The import in a slot of the linker's own table.
    pub(super) fn slot(&self, at: u64) -> Option<u32> {
        match self.at(at)? {
            Relocation { target: Target::Import(import), is_slot: true, .. } => Some(*import),
            _ => None,
        }
    }

    pub(super) fn copies(&self) -> &[(u64, u64)] {
        &self.copies
    }

    pub(super) fn copies_to(&self, at: u64, bytes: u64) -> bool {
        self.copies.iter().any(|&(start, end)| at < end && start < at.saturating_add(bytes))
    }

    /// Where the address of what is in this program is written, and what address.
    pub(super) fn addresses(&self) -> Vec<(u64, u64)> {
        let of_own = self.all.iter().filter_map(|relocation| match relocation.target {
            Target::Address(address) => Some((relocation.at, address)),
            _ => None,
        });
        let mut all: Vec<(u64, u64)> = of_own.chain(self.exported.iter().copied()).collect();
        all.sort_unstable();
        all
    }
}

struct Reader<'a, 'data> {
    header: &'a Header<'data>,
    memory: &'a Memory,
    symbols: &'a Symbols,
    dynamic_symbols: DynamicSymbols<'data>,
    numbers: HashMap<(&'data str, bool), u32>,
    imports: Imports<'a>,
    read: Relocations,
}

/// What a relocation does, of those that occur.
enum Kind {
    None,
    Relative,
    /// The address of a symbol and the addend.
    Symbol,
    /// The address of a symbol, in a slot of the linker's own.
    Slot,
    Copy,
    /// What a function of the program gives back.
    Chosen,
    /// Two words.
    Descriptor,
    Other,
}

impl<'data> Reader<'_, 'data> {
    fn with_addends(&mut self, start: u64, bytes: u64) -> Result<(), Refusal> {
        for relocation in table::<Rela64<LittleEndian>>(self.header.bytes, start, bytes)? {
            self.one(relocation);
        }
        Ok(())
    }

    fn one(&mut self, relocation: &Rela64<LittleEndian>) {
        let at = relocation.r_offset(LE);
        let addend = relocation.r_addend(LE);
        let symbol = self.dynamic_symbols.symbol(SymbolIndex(relocation.r_sym(LE, false) as usize)).ok();
        let mut push = |at, target, is_slot| self.read.all.push(Relocation { at, target, is_slot });
        match kind(self.header.machine, relocation.r_type(LE, false)) {
            Kind::None => {}
            Kind::Relative => push(at, Target::Address(addend.cast_unsigned()), false),
            Kind::Other => push(at, Target::Other, false),
            Kind::Descriptor => {
                push(at, Target::Other, false);
                push(at.wrapping_add(8), Target::Other, false);
            }
            Kind::Copy => {
                let bytes = symbol.map_or(0, |symbol| symbol.st_size(LE)).max(8);
                self.read.copies.push((at, at.saturating_add(bytes)));
            }
            Kind::Chosen => {
                let target = self.chosen(addend.cast_unsigned());
                self.read.all.push(Relocation { at, target, is_slot: true });
            }
            kind @ (Kind::Symbol | Kind::Slot) => {
                let is_slot = matches!(kind, Kind::Slot);
                let target = symbol.map_or(Target::Other, |symbol| self.symbol(at, symbol, addend));
                self.read.all.push(Relocation { at, target, is_slot });
            }
        }
    }

    fn symbol(&mut self, at: u64, symbol: &'data Sym64<LittleEndian>, addend: i64) -> Target {
        let address = symbol.st_value(LE).wrapping_add_signed(addend);
        let kind = symbol.st_type();
        if kind == elf::STT_TLS {
            return Target::Other;
        }
        let is_own = !symbol.is_undefined(LE);
        let is_hidden = symbol.is_local() || symbol.st_visibility() != elf::STV_DEFAULT;
        if is_own && (is_hidden || self.header.form != Form::SharedLibrary) && kind != elf::STT_GNU_IFUNC {
            let is_number = symbol.is_absolute(LE);
            return if is_number { Target::Number(address) } else { Target::Address(address) };
        }
        let name = symbol.name(LE, self.dynamic_symbols.strings()).ok();
        let name = name.and_then(|name| std::str::from_utf8(name).ok()).filter(|name| !name.is_empty());
        if is_own {
            self.read.exported.push((at, address));
        }
        match name {
            Some(name) if addend == 0 => Target::Import(self.import(name, is_own)),
            _ => Target::Other,
        }
    }

    /// In a static program the C library's functions are chosen so, and an import of the name says what they do. Elsewhere such a
    /// function is the program's own, and its name may be any.
    fn chosen(&mut self, resolver: u64) -> Target {
        match self.symbols.chosen_by(self.header.bytes, resolver) {
            Some(name) if self.header.is_static => Target::Import(self.import(name, false)),
            Some(name) => Target::Import(self.new_import(format!("{name} (chosen at the start)"))),
            None => {
                Target::Import(self.new_import(format!("a function that {resolver:#x} chooses at the start")))
            }
        }
    }

    /// What a library exports itself may have the name of a function of the C library's and be another one. (What allocates is told by
    /// its name wherever it is, and so is what panics or frees in Rust.)
    fn import(&mut self, name: &'data str, is_own: bool) -> u32 {
        let is_named_only = is_own && names::function(name).is_none();
        if let Some(&number) = self.numbers.get(&(name, is_named_only)) {
            return number;
        }
        let text = if is_named_only { format!("{name} (exported by this library)") } else { name.to_owned() };
        let number = self.new_import(text);
        self.numbers.insert((name, is_named_only), number);
        number
    }

    fn new_import(&mut self, name: String) -> u32 {
        self.imports.push(name);
        u32::try_from(self.imports.len() - 1).unwrap_or(u32::MAX)
    }

    /// RELR: an address, then bits for the 63 words that follow. What is in the file at each is what is added to.
    fn packed(&mut self, start: u64, bytes: u64) -> Result<(), Refusal> {
        let mut next = 0_u64;
        for entry in table::<object::U64<LittleEndian>>(self.header.bytes, start, bytes)? {
            let entry = entry.get(LE);
            if entry & 1 == 0 {
                self.relative_in_place(entry);
                next = entry.wrapping_add(8);
                continue;
            }
            // Each is of eight bytes in the file.
            if self.read.all.len() > self.header.bytes.len() {
                return Err(Refusal::truncated("packed relocations go"));
            }
            for bit in (0..63).filter(|bit| entry >> (bit + 1) & 1 == 1) {
                self.relative_in_place(next.wrapping_add(bit * 8));
            }
            next = next.wrapping_add(63 * 8);
        }
        Ok(())
    }

    fn relative_in_place(&mut self, at: u64) {
        let address = self.memory.raw_word(self.header.bytes, at);
        let target = address.map_or(Target::Other, Target::Address);
        self.read.all.push(Relocation { at, target, is_slot: false });
    }
}

fn kind(machine: Machine, relocation: elf::RelocationType) -> Kind {
    if machine == elf::EM_X86_64 {
        return match relocation {
            elf::R_X86_64_NONE => Kind::None,
            elf::R_X86_64_RELATIVE | elf::R_X86_64_RELATIVE64 => Kind::Relative,
            elf::R_X86_64_64 => Kind::Symbol,
            elf::R_X86_64_GLOB_DAT | elf::R_X86_64_JUMP_SLOT => Kind::Slot,
            elf::R_X86_64_COPY => Kind::Copy,
            elf::R_X86_64_IRELATIVE => Kind::Chosen,
            elf::R_X86_64_TLSDESC => Kind::Descriptor,
            _ => Kind::Other,
        };
    }
    match relocation {
        elf::R_AARCH64_NONE => Kind::None,
        elf::R_AARCH64_RELATIVE => Kind::Relative,
        elf::R_AARCH64_ABS64 => Kind::Symbol,
        elf::R_AARCH64_GLOB_DAT | elf::R_AARCH64_JUMP_SLOT => Kind::Slot,
        elf::R_AARCH64_COPY => Kind::Copy,
        elf::R_AARCH64_IRELATIVE => Kind::Chosen,
        elf::R_AARCH64_TLSDESC => Kind::Descriptor,
        _ => Kind::Other,
    }
}
