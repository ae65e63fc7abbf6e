//! A program of `aarch64` for tests, made by hand: this machine runs none.
//!
//! It has what linkers make: functions that call directly, through a slot of the GOT, and through a jump table, with symbols and
//! relocations. Where it is in the file is where it is in memory.

use object::elf;
use object::write::elf::{FileHeader, ProgramHeader, Rel, SectionHeader, Sym, Writer};
use object::{Endianness, write::elf::SectionIndex};

/// Functions of the program: name, address, and how many bytes it has.
pub(crate) const FUNCTIONS: [(&str, u64, u64); 5] = [
    // Calls `plus_one`.
    ("calls_directly", 0x1000, 0x14),
    // Returns its argument plus one.
    ("plus_one", 0x1018, 8),
    // Calls `plus_one` through the GOT.
    ("calls_by_slot", 0x1020, 0x18),
    // Calls the import `malloc` through the GOT.
    ("allocates", 0x1038, 0x18),
    // Of three cases of a jump table two return a number, one ends in `plus_one`.
    ("jumps_by_table", 0x1050, 0x3c),
];

const TEXT: u64 = 0x1000;
const CONSTANTS: u64 = 0x2000;
const DYNAMIC: u64 = 0x3000;
const SLOTS: u64 = 0x3100;
const END: u64 = 0x4000;

/// Of `plus_one` and of `malloc`.
const SLOT_OF_PLUS_ONE: u64 = SLOTS + 8;
const SLOT_OF_MALLOC: u64 = SLOTS + 0x10;

#[rustfmt::skip]
const CODE: [u32; 35] = [
    // 0x1000, calls_directly
    0xa9bf_7bfd, // stp x29, x30, [sp, #-16]!
    0x9100_03fd, // mov x29, sp
    0x9400_0004, // bl #0x10
    0xa8c1_7bfd, // ldp x29, x30, [sp], #16
    0xd65f_03c0, // ret
    0xd503_201f, // nop
    // 0x1018, plus_one
    0x9100_0400, // add x0, x0, #1
    0xd65f_03c0, // ret
    // 0x1020, calls_by_slot
    0xa9bf_7bfd, // stp x29, x30, [sp, #-16]!
    0xd000_0008, // adrp x8, #0x2000
    0xf940_8508, // ldr x8, [x8, #0x108]
    0xd63f_0100, // blr x8
    0xa8c1_7bfd, // ldp x29, x30, [sp], #16
    0xd65f_03c0, // ret
    // 0x1038, allocates
    0xa9bf_7bfd, // stp x29, x30, [sp, #-16]!
    0xd000_0008, // adrp x8, #0x2000
    0xf940_8908, // ldr x8, [x8, #0x110]
    0xd63f_0100, // blr x8
    0xa8c1_7bfd, // ldp x29, x30, [sp], #16
    0xd65f_03c0, // ret
    // 0x1050, jumps_by_table
    0xf100_081f, // cmp x0, #2
    0x5400_0188, // b.hi #0x30
    0xb000_0009, // adrp x9, #0x1000
    0x9100_4129, // add x9, x9, #16
    0x1000_008a, // adr x10, #16
    0x3860_692b, // ldrb w11, [x9, x0]
    0x8b0b_094a, // add x10, x10, x11, lsl #2
    0xd61f_0140, // br x10
    0xd280_0140, // mov x0, #10
    0xd65f_03c0, // ret
    0xd280_0280, // mov x0, #20
    0xd65f_03c0, // ret
    0x17ff_ffe6, // b #-0x68
    0xd280_0000, // mov x0, #0
    0xd65f_03c0, // ret
];

/// At `CONSTANTS + 0x10`, in instructions from the first case.
const JUMP_TABLE: [u8; 3] = [0, 2, 4];

/// The program, as an ELF file that a linker could have made.
pub(crate) fn aarch64_program() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(Endianness::Little, true, &mut bytes);
    let made = Made::reserve(&mut writer);
    made.write(&mut writer);
    bytes
}

/// What is known of the file before it is written.
struct Made {
    names: Vec<object::write::StringId>,
    malloc: object::write::StringId,
    sections: [object::write::StringId; 4],
    text: SectionIndex,
    symbols: u64,
    strings: u64,
    strings_bytes: u64,
    relocations: u64,
    dynamic_bytes: u64,
}

impl Made {
    fn reserve(writer: &mut Writer<'_>) -> Self {
        writer.reserve_file_header();
        writer.reserve_program_headers(5);
        let section = |name: &'static str, writer: &mut Writer<'_>| {
            (writer.add_section_name(name.as_bytes()), writer.reserve_section_index())
        };
        writer.reserve_null_section_index();
        let (text_name, text) = section(".text", writer);
        let (constants_name, _) = section(".rodata", writer);
        writer.reserve_dynsym_section_index();
        writer.reserve_dynstr_section_index();
        let (relocations_name, _) = section(".rela.dyn", writer);
        writer.reserve_dynamic_section_index();
        let (got_name, _) = section(".got", writer);
        writer.reserve_symtab_section_index();
        writer.reserve_strtab_section_index();
        writer.reserve_shstrtab_section_index();

        writer.reserve_null_symbol_index();
        let names = FUNCTIONS.map(|(name, ..)| {
            writer.reserve_symbol_index(Some(text));
            writer.add_string(name.as_bytes())
        });
        writer.reserve_null_dynamic_symbol_index();
        writer.reserve_dynamic_symbol_index();
        let malloc = writer.add_dynamic_string(b"malloc");

        writer.reserve_until(CONSTANTS + 0x20);
        let symbols = writer.reserve_dynsym();
        let strings = writer.reserve_dynstr().expect("a short name");
        let strings_bytes = u64::from(writer.dynstr_len());
        let relocations = writer.reserve_relocations(2, true);
        writer.reserve_until(DYNAMIC);
        writer.reserve_dynamic(DYNAMIC_ENTRIES);
        let dynamic_bytes = writer.reserved_len() - DYNAMIC;
        writer.reserve_until(END);
        writer.reserve_symtab();
        writer.reserve_strtab().expect("short names");
        writer.reserve_shstrtab().expect("short names");
        writer.reserve_section_headers();
        let sections = [text_name, constants_name, relocations_name, got_name];
        let names = names.to_vec();
        Self { names, malloc, sections, text, symbols, strings, strings_bytes, relocations, dynamic_bytes }
    }

    fn write(&self, writer: &mut Writer<'_>) {
        let header = FileHeader {
            os_abi: elf::ELFOSABI_NONE,
            abi_version: 0,
            e_type: elf::ET_DYN,
            e_machine: elf::EM_AARCH64,
            e_entry: TEXT,
            e_flags: elf::FileFlags(0),
        };
        writer.write_file_header(&header).expect("a small file");
        self.write_program_headers(writer);
        writer.pad_until(TEXT);
        for word in CODE {
            writer.write(&word.to_le_bytes());
        }
        writer.pad_until(CONSTANTS + 0x10);
        writer.write(&JUMP_TABLE);
        writer.pad_until(CONSTANTS + 0x20);
        self.write_dynamic(writer);
        writer.pad_until(END);
        writer.write_null_symbol();
        for ((_, start, size), name) in FUNCTIONS.iter().zip(&self.names) {
            let name = writer.string_offset(Some(*name));
            writer.write_symbol(&function(name, Some(self.text.0), *start, *size));
        }
        writer.write_strtab();
        writer.write_shstrtab();
        self.write_section_headers(writer);
    }

    fn write_program_headers(&self, writer: &mut Writer<'_>) {
        let mut segment = |p_type, flags, start: u64, end: u64| {
            let (p_filesz, p_memsz) = (end - start, end - start);
            let p_align = if p_type == elf::PT_LOAD { 0x1000 } else { 8 };
            let header = ProgramHeader {
                p_type,
                p_flags: flags,
                p_offset: start,
                p_vaddr: start,
                p_paddr: start,
                p_filesz,
                p_memsz,
                p_align,
            };
            writer.write_program_header(&header);
        };
        segment(elf::PT_LOAD, elf::PF_R | elf::PF_X, TEXT, CONSTANTS);
        segment(elf::PT_LOAD, elf::PF_R, CONSTANTS, DYNAMIC);
        segment(elf::PT_LOAD, elf::PF_R | elf::PF_W, DYNAMIC, END);
        segment(elf::PT_DYNAMIC, elf::PF_R | elf::PF_W, DYNAMIC, DYNAMIC + self.dynamic_bytes);
        segment(elf::PT_GNU_RELRO, elf::PF_R, DYNAMIC, END);
    }

    /// What the loader reads: the import, and the two slots.
    fn write_dynamic(&self, writer: &mut Writer<'_>) {
        writer.write_null_dynamic_symbol();
        let name = writer.dynamic_string_offset(Some(self.malloc));
        writer.write_dynamic_symbol(&function(name, None, 0, 0));
        writer.write_dynstr();
        writer.write_align_relocation();
        let relative = Rel {
            r_offset: SLOT_OF_PLUS_ONE,
            r_sym: 0,
            r_type: elf::R_AARCH64_RELATIVE,
            r_addend: FUNCTIONS[1].1.cast_signed(),
        };
        let (r_offset, r_type) = (SLOT_OF_MALLOC, elf::R_AARCH64_GLOB_DAT);
        writer.write_relocation(true, &relative);
        writer.write_relocation(true, &Rel { r_offset, r_sym: 1, r_type, r_addend: 0 });
        writer.pad_until(DYNAMIC);
        for (tag, value) in [
            (elf::DT_SYMTAB, self.symbols),
            (elf::DT_SYMENT, 24),
            (elf::DT_STRTAB, self.strings),
            (elf::DT_STRSZ, self.strings_bytes),
            (elf::DT_RELA, self.relocations),
            (elf::DT_RELASZ, 48),
            (elf::DT_RELAENT, 24),
            (elf::DT_NULL, 0),
        ] {
            writer.write_dynamic(tag, value).expect("64 bits");
        }
    }

    fn write_section_headers(&self, writer: &mut Writer<'_>) {
        let names = self.sections.map(|name| writer.section_name_offset(Some(name)));
        let plain = |sh_name, flags, start: u64, sh_size| SectionHeader {
            sh_name,
            sh_type: elf::SHT_PROGBITS,
            sh_flags: elf::SHF_ALLOC | flags,
            sh_addr: start,
            sh_offset: start,
            sh_size,
            sh_link: 0,
            sh_info: 0,
            sh_addralign: 8,
            sh_entsize: 0,
        };
        writer.write_null_section_header();
        let code_bytes = 4 * CODE.len() as u64;
        writer.write_section_header(&plain(names[0], elf::SHF_EXECINSTR, TEXT, code_bytes));
        writer.write_section_header(&plain(names[1], elf::SectionFlags(0), CONSTANTS, 0x20));
        writer.write_dynsym_section_header(self.symbols, 1);
        writer.write_dynstr_section_header(self.strings);
        let symbols = writer.dynsym_index();
        let none = elf::SectionFlags(0);
        writer.write_section_header(&SectionHeader {
            sh_type: elf::SHT_RELA,
            sh_link: symbols.0,
            sh_entsize: 24,
            ..plain(names[2], none, self.relocations, 48)
        });
        writer.write_dynamic_section_header(DYNAMIC);
        writer.write_section_header(&plain(names[3], elf::SHF_WRITE, SLOTS, 0x18));
        writer.write_symtab_section_header(1);
        writer.write_strtab_section_header();
        writer.write_shstrtab_section_header();
    }
}

const DYNAMIC_ENTRIES: usize = 8;

fn function(st_name: u32, section: Option<u32>, st_value: u64, st_size: u64) -> Sym {
    Sym {
        section,
        st_name,
        st_info: elf::SymbolInfo::new(elf::STB_GLOBAL, elf::STT_FUNC),
        st_other: elf::SymbolOther(0),
        st_shndx: elf::SHN_UNDEF,
        st_value,
        st_size,
    }
}
