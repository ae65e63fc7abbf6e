//! A program as `records.rs` asks for it, by the crate `object`.

use object::read::elf::ElfFile64;
use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, SymbolKind};

/// Why records are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// A program's sections and functions.
pub(crate) struct Image {
    sections: Vec<Section>,
    /// Start, end and name.
    functions: Vec<(u64, u64, String)>,
}

struct Section {
    name: String,
    address: u64,
    bytes: Vec<u8>,
    is_loaded: bool,
    is_code: bool,
}

impl Image {
    pub(crate) fn read(program: &[u8]) -> Self {
        let file = ElfFile64::<object::LittleEndian>::parse(program).expect("an ELF file");
        let sections = file.sections().map(|section| {
            let SectionFlags::Elf { sh_flags, .. } = section.flags() else { panic!("an ELF file") };
            Section {
                name: section.name().expect("a name").to_owned(),
                address: section.address(),
                bytes: section.data().expect("its bytes").to_owned(),
                is_loaded: sh_flags.0 & object::elf::SHF_ALLOC.0 != 0,
                is_code: sh_flags.0 & object::elf::SHF_EXECINSTR.0 != 0,
            }
        });
        let functions =
            file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0);
        let functions = functions.map(|symbol| {
            let name = symbol.name().expect("a name").to_owned();
            (symbol.address(), symbol.address() + symbol.size(), name)
        });
        Self { sections: sections.collect(), functions: functions.collect() }
    }

    /// As a linker leaves it with `strip = "debuginfo"`.
    pub(crate) fn strip(&mut self) {
        self.sections.retain(|section| section.is_loaded || !section.name.starts_with(".debug"));
    }

    pub(crate) fn loaded(&self, name: &str) -> Option<(u64, &[u8])> {
        let mut sections = self.sections.iter().filter(|section| section.is_loaded);
        sections.find(|section| section.name == name).map(|section| (section.address, &section.bytes[..]))
    }

    pub(crate) fn unloaded(&self, name: &str) -> Option<&[u8]> {
        let mut sections = self.sections.iter().filter(|section| !section.is_loaded);
        sections.find(|section| section.name == name).map(|section| &section.bytes[..])
    }

    pub(crate) fn is_code(&self, address: u64) -> bool {
        self.code(address).is_some()
    }

    /// The code from there on.
    pub(crate) fn code(&self, address: u64) -> Option<&[u8]> {
        self.sections.iter().filter(|section| section.is_code).find_map(|section| {
            let at = usize::try_from(address.checked_sub(section.address)?).ok()?;
            section.bytes.get(at..).filter(|rest| !rest.is_empty())
        })
    }

    /// The symbol that has the address inside.
    pub(crate) fn function(&self, address: u64) -> &str {
        let found = self.functions.iter().find(|(start, end, _)| (*start..*end).contains(&address));
        let Some((_, _, name)) = found else { panic!("no function has {address:#x} inside") };
        name
    }
}
