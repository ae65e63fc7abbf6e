//! Functions and objects by their symbols. Names stay in the file: a symbol has the number of its first byte in the table of names.

use std::cmp::Ordering;
use std::collections::HashMap;

use object::LittleEndian;
use object::elf;
use object::read::elf::{SectionHeader, Sym};

use super::header::{Header, LE};
use super::memory::Memory;
use super::{Function, Refusal};

/// No name is longer, and two that begin with as much are not put in order: a damaged file may have any table of names.
const NAME_BYTES: usize = 1 << 16;
const COMPARED_BYTES: usize = 1 << 9;

/// What is not text: no name that anything is known of.
const NO_TEXT: &str = "(a name that is not text)";

#[derive(Clone, Copy, Debug)]
struct Named {
    start: u64,
    bytes: u64,
    name: u32,
    is_global: bool,
    /// Without a type: a label of an assembler, which may be in the middle of a function.
    is_label: bool,
}

#[derive(Debug, Default)]
pub(super) struct Symbols {
    /// Where the table of names is in the file.
    strings: (usize, usize),
    /// Of functions, by address.
    names: Vec<u32>,
    /// The furthest end of this function and those before it.
    reach: Vec<u64>,
    /// Start, end, name; by their start.
    objects: Vec<(u64, u64, u32)>,
    /// The furthest end of this object and those before it.
    object_reach: Vec<u64>,
    /// Resolvers of functions that are chosen at the start, with their names.
    chosen: HashMap<u64, u32>,
    /// Addresses of objects and functions in the dynamic table.
    exported: Vec<u64>,
}

impl Symbols {
    pub(super) fn read(header: &Header<'_>, memory: &Memory) -> Result<(Vec<Function>, Self), Refusal> {
        let mut symbols = Self { exported: exported(header), ..Self::default() };
        let refused = |_| Refusal::truncated("the table of symbols lies");
        let table = header.sections.symbols(LE, header.bytes, elf::SHT_SYMTAB).map_err(refused)?;
        symbols.strings = strings(header, table.string_section()).unwrap_or_default();
        let mut of_code = Vec::with_capacity(table.len());
        for symbol in table.iter() {
            of_code.extend(symbols.one(header.bytes, memory, symbol));
        }
        symbols.objects.sort_unstable();
        symbols.object_reach = reach(symbols.objects.iter().map(|object| object.1));
        let functions = symbols.functions_of(header.bytes, memory, of_code);
        if functions.is_empty() {
            return Err(Refusal::stripped("it has symbols, but none of a function"));
        }
        Ok((functions, symbols))
    }

    /// Keeps an object; gives back what is of code.
    fn one(&mut self, bytes: &[u8], memory: &Memory, symbol: &elf::Sym64<LittleEndian>) -> Option<Named> {
        let (start, size, name) = (symbol.st_value(LE), symbol.st_size(LE), symbol.st_name(LE));
        if name == 0 || symbol.is_undefined(LE) {
            return None;
        }
        let kind = symbol.st_type();
        let is_label = kind == elf::STT_NOTYPE;
        match kind {
            elf::STT_FUNC | elf::STT_GNU_IFUNC | elf::STT_NOTYPE => {
                memory.code_end(start)?;
                // `$x`, `$d`: what the assembler of aarch64 says of the bytes that follow.
                if is_label && self.name(bytes, name).starts_with('$') {
                    return None;
                }
                if kind == elf::STT_GNU_IFUNC {
                    self.choose(bytes, start, name);
                }
                Some(Named { start, bytes: size, name, is_global: !symbol.is_local(), is_label })
            }
            elf::STT_OBJECT if size > 0 => {
                self.objects.push((start, start.saturating_add(size), name));
                None
            }
            _ => None,
        }
    }

    /// Of several names that one resolver has, the one that programs use: without underscores, and then the first.
    fn choose(&mut self, bytes: &[u8], resolver: u64, name: u32) {
        let rank = |name: u32| (self.name(bytes, name).starts_with('_'), self.name(bytes, name));
        let is_better = self.chosen.get(&resolver).is_none_or(|&old| rank(name) < rank(old));
        if is_better {
            self.chosen.insert(resolver, name);
        }
    }

    fn functions_of(&mut self, bytes: &[u8], memory: &Memory, mut of_code: Vec<Named>) -> Vec<Function> {
        let text = |one: &Named| {
            let name = self.name(bytes, one.name).as_bytes();
            &name[..name.len().min(COMPARED_BYTES)]
        };
        let by_name = |one: &Named, other: &Named| text(one).cmp(text(other));
        of_code.sort_unstable_by(|one, other| {
            (one.start, one.is_label, !one.is_global)
                .cmp(&(other.start, other.is_label, !other.is_global))
                .then_with(|| if one.name == other.name { Ordering::Equal } else { by_name(one, other) })
        });
        let mut functions: Vec<Function> = Vec::with_capacity(of_code.len());
        let mut names = Vec::with_capacity(of_code.len());
        let (mut covered, mut next) = (0, 0);
        for group in of_code.chunk_by(|one, other| one.start == other.start) {
            next += group.len();
            let start = group[0].start;
            // A label inside a function is none of its own.
            if group[0].is_label && start < covered {
                continue;
            }
            let section_end = memory.code_end(start).unwrap_or(start);
            let end = match group.iter().map(|one| one.bytes).max() {
                None | Some(0) => of_code.get(next).map_or(section_end, |following| following.start),
                Some(size) => start.saturating_add(size),
            };
            let end = end.min(section_end);
            if group.iter().any(|one| one.bytes > 0) {
                covered = covered.max(end);
            }
            let first = to_u32(names.len());
            names.extend(group.iter().map(|one| one.name));
            functions.push(Function { start, end, names: (first, to_u32(names.len())) });
        }
        self.reach = reach(functions.iter().map(|function| function.end));
        self.names = names;
        functions
    }

    pub(super) fn function<'all>(&self, functions: &'all [Function], at: u64) -> Option<&'all Function> {
        let mut next = functions.partition_point(|function| function.start <= at);
        while next > 0 && self.reach[next - 1] > at {
            next -= 1;
            if functions[next].end > at {
                return Some(&functions[next]);
            }
        }
        None
    }

    pub(super) fn object(&self, at: u64) -> Option<(u64, u64)> {
        let mut next = self.objects.partition_point(|object| object.0 <= at);
        while next > 0 && self.object_reach[next - 1] > at {
            next -= 1;
            let (start, end, _) = self.objects[next];
            if end > at {
                return Some((start, end));
            }
        }
        None
    }

    pub(super) fn is_alone(&self, (start, end): (u64, u64)) -> bool {
        let first = self.objects.partition_point(|object| object.0 < start);
        let reaches_in = first > 0 && self.object_reach[first - 1] > start;
        let mut inside = self.objects[first..].iter().take_while(|object| object.0 < end);
        !reaches_in && inside.all(|object| (object.0, object.1) == (start, end))
    }

    pub(super) fn names<'image>(
        &'image self,
        bytes: &'image [u8],
        (first, end): (u32, u32),
    ) -> impl Iterator<Item = &'image str> {
        let names = self.names.get(first as usize..end as usize).unwrap_or_default();
        names.iter().map(|&name| self.name(bytes, name))
    }

    fn name<'image>(&self, bytes: &'image [u8], name: u32) -> &'image str {
        let (start, end) = self.strings;
        let from = start.saturating_add(name as usize);
        let rest = bytes.get(from..end.min(from.saturating_add(NAME_BYTES))).unwrap_or_default();
        let name = &rest[..memchr::memchr(0, rest).unwrap_or(rest.len())];
        std::str::from_utf8(name).unwrap_or(NO_TEXT)
    }

    /// The name of the function that a resolver chooses.
    pub(super) fn chosen_by<'image>(&self, bytes: &'image [u8], resolver: u64) -> Option<&'image str> {
        self.chosen.get(&resolver).map(|&name| self.name(bytes, name))
    }

    pub(super) fn exports(&self, (start, end): (u64, u64)) -> bool {
        let next = self.exported.partition_point(|&exported| exported < start);
        self.exported.get(next).is_some_and(|&exported| exported < end)
    }

    #[cfg(test)]
    pub(super) fn object_named(&self, bytes: &[u8], name: &str) -> Option<(u64, u64)> {
        let object = self.objects.iter().find(|object| self.name(bytes, object.2) == name)?;
        Some((object.0, object.1))
    }

    /// Objects in that range whose names are not of Rust's making.
    pub(super) fn objects_of_c(&self, bytes: &[u8], (start, end): (u64, u64)) -> Vec<(u64, u64)> {
        let is_of_rust = |name: &str| {
            let of_rust = ["_ZN", "_R", "vtable.", "anon.", "alloc_", ".L", "switch.table."];
            of_rust.iter().any(|prefix| name.starts_with(prefix))
        };
        let from = self.objects.partition_point(|object| object.0 < start);
        let objects = self.objects[from..].iter().take_while(|object| object.0 < end);
        objects
            .filter(|object| !is_of_rust(self.name(bytes, object.2)))
            .map(|object| (object.0, object.1))
            .collect()
    }
}

/// For each the furthest end up to it.
fn reach(ends: impl Iterator<Item = u64>) -> Vec<u64> {
    ends.scan(0, |furthest, end| {
        *furthest = end.max(*furthest);
        Some(*furthest)
    })
    .collect()
}

fn strings(header: &Header<'_>, section: object::SectionIndex) -> Option<(usize, usize)> {
    let (start, size) = header.sections.section(section).ok()?.file_range(LE)?;
    let start = usize::try_from(start).ok()?;
    Some((start, start.checked_add(usize::try_from(size).ok()?)?))
}

fn exported(header: &Header<'_>) -> Vec<u64> {
    let Ok(table) = header.sections.symbols(LE, header.bytes, elf::SHT_DYNSYM) else { return Vec::new() };
    let own = table.iter().filter(|symbol| !symbol.is_undefined(LE));
    let mut exported: Vec<u64> = own.map(|symbol| symbol.st_value(LE)).collect();
    exported.sort_unstable();
    exported
}

fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
