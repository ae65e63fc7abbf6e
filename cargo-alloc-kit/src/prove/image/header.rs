//! Whether a file is one that can be judged: what is not, is refused in words that say what it is and what is accepted.

use object::elf::{self, FileHeader64, ProgramHeader64, SectionHeader64};
use object::read::elf::{Dyn, FileHeader, ProgramHeader, SectionHeader, SectionTable};
use object::{LittleEndian, pod};

use super::{Form, Refusal};
use crate::prove::isa::{Aarch64, Isa, X86};

pub(super) const LE: LittleEndian = LittleEndian;
pub(super) type Section = SectionHeader64<LittleEndian>;
pub(super) type Segment = ProgramHeader64<LittleEndian>;
pub(super) type Dynamic = elf::Dyn64<LittleEndian>;

const ACCEPTED: &str =
    "accepted are linked ELF programs and shared libraries of 64 bits, for x86_64 and aarch64";

impl Refusal {
    fn new(message: impl std::fmt::Display) -> Self {
        Self { message: format!("{message}; {ACCEPTED}"), help: None }
    }

    pub(super) fn stripped(what: &str) -> Self {
        Self {
            message: format!(
                "it is stripped: {what}, and without them it is not known where a function begins"
            ),
            help: Some("build it with `strip = \"none\"` (or `\"debuginfo\"`) in its profile".to_owned()),
        }
    }

    pub(super) fn changes_code() -> Self {
        Self {
            message: "its code may be written while it runs: a segment is writable and has code".to_owned(),
            help: Some(
                "link it without `-N` and the like, so that code is in a segment of its own".to_owned(),
            ),
        }
    }

    /// The file says that something lies where it has no bytes.
    pub(super) fn truncated(what: &str) -> Self {
        Self {
            message: format!("it is truncated or damaged: {what} beyond its end, or is no such table"),
            help: Some("build it again; a copy that broke off is not judged".to_owned()),
        }
    }
}

/// The tables of a file that is accepted so far.
pub(super) struct Header<'data> {
    pub(super) bytes: &'data [u8],
    pub(super) isa: &'static dyn Isa,
    pub(super) machine: elf::Machine,
    pub(super) form: Form,
    pub(super) is_static: bool,
    pub(super) segments: &'data [Segment],
    pub(super) sections: SectionTable<'data, FileHeader64<LittleEndian>>,
    pub(super) dynamic: &'data [Dynamic],
}

impl<'data> Header<'data> {
    pub(super) fn read(bytes: &'data [u8]) -> Result<Self, Refusal> {
        is_elf(bytes)?;
        let isa = identity(bytes)?;
        let header = FileHeader64::<LittleEndian>::parse(bytes)
            .map_err(|_| Refusal::truncated("the header goes on"))?;
        let file_type = header.e_type(LE);
        is_linked(file_type)?;
        let segments = header
            .program_headers(LE, bytes)
            .map_err(|_| Refusal::truncated("the table of segments lies"))?;
        let sections =
            header.sections(LE, bytes).map_err(|_| Refusal::truncated("the table of sections lies"))?;
        let dynamic = dynamic(bytes, segments)?;
        all_is_there(bytes, segments, &sections)?;
        let has = |kind| segments.iter().any(|segment| segment.p_type(LE) == kind);
        if !has(elf::PT_LOAD) {
            return Err(Refusal::new("it has no segment that is loaded: it is no program"));
        }
        let form = form(file_type, dynamic, has(elf::PT_INTERP));
        let is_static = form != Form::SharedLibrary && !has(elf::PT_INTERP);
        let machine = header.e_machine(LE);
        Ok(Self { bytes, isa, machine, form, is_static, segments, sections, dynamic })
    }

    /// The value of the first entry of the dynamic table with that tag.
    pub(super) fn dynamic(&self, tag: elf::DynamicTag) -> Option<u64> {
        value_of(self.dynamic, tag)
    }
}

fn value_of(dynamic: &[Dynamic], tag: elf::DynamicTag) -> Option<u64> {
    dynamic.iter().find(|entry| entry.d_tag(LE) == tag).map(|entry| entry.d_val(LE))
}

fn is_elf(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.starts_with(b"\x7fELF") {
        return Ok(());
    }
    let what = match bytes {
        [] => "it is empty",
        [b'M', b'Z', ..] => "it is a program for Windows (PE), not ELF",
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..]
        | [0xfe, 0xed, 0xfa, 0xcf | 0xce, ..]
        | [0xca, 0xfe, 0xba, 0xbe, ..] => "it is a program for macOS (Mach-O), not ELF",
        [0, b'a', b's', b'm', ..] => "it is WebAssembly, not ELF",
        [b'!', b'<', b'a' | b't', ..] => "it is an archive (`.a`, `.rlib`), not a linked program",
        [b'#', b'!', ..] => "it is a script, not ELF",
        [0x7f, ..] if b"\x7fELF".starts_with(bytes) => {
            "it is truncated: it has no more than the first bytes of an ELF file"
        }
        _ if std::str::from_utf8(&bytes[..bytes.len().min(512)]).is_ok() => "it is text, not ELF",
        _ => "it is not ELF",
    };
    Err(Refusal::new(what))
}

/// The width, the order of bytes and the instruction set.
fn identity(bytes: &[u8]) -> Result<&'static dyn Isa, Refusal> {
    let [_, _, _, _, class, order, ..] = *bytes else {
        return Err(Refusal::truncated("the header goes on"));
    };
    match class {
        2 => {}
        1 => return Err(Refusal::new("it is a program of 32 bits")),
        other => return Err(Refusal::new(format!("its class ({other}) is neither 32 nor 64 bits"))),
    }
    match order {
        1 => {}
        2 => return Err(Refusal::new("its bytes are in big-endian order")),
        other => return Err(Refusal::new(format!("its order of bytes ({other}) is not known"))),
    }
    let Some(&[low, high]) = bytes.get(18..20) else {
        return Err(Refusal::truncated("the header goes on"));
    };
    match elf::Machine(u16::from_le_bytes([low, high])) {
        elf::EM_X86_64 => Ok(&X86),
        elf::EM_AARCH64 => Ok(&Aarch64),
        other => {
            let name = match other {
                elf::EM_386 => "x86 (i686)".to_owned(),
                elf::EM_ARM => "arm".to_owned(),
                elf::EM_RISCV => "riscv64".to_owned(),
                elf::EM_PPC64 => "powerpc64".to_owned(),
                elf::EM_S390 => "s390x".to_owned(),
                elf::EM_LOONGARCH => "loongarch64".to_owned(),
                elf::EM_MIPS => "mips64".to_owned(),
                elf::EM_BPF => "bpf".to_owned(),
                elf::Machine(number) => format!("number {number}"),
            };
            Err(Refusal::new(format!("its instruction set is another one ({name})")))
        }
    }
}

fn is_linked(file_type: elf::FileType) -> Result<(), Refusal> {
    match file_type {
        elf::ET_EXEC | elf::ET_DYN => Ok(()),
        elf::ET_REL => Err(Refusal::new("it is an object file (`.o`) that is not linked yet")),
        elf::ET_CORE => Err(Refusal::new("it is a core dump")),
        elf::FileType(other) => Err(Refusal::new(format!("its type ({other}) is not known"))),
    }
}

fn form(file_type: elf::FileType, dynamic: &[Dynamic], has_loader: bool) -> Form {
    if file_type == elf::ET_EXEC {
        return Form::Fixed;
    }
    let says_so = value_of(dynamic, elf::DT_FLAGS_1).is_some_and(|flags| flags & elf::DF_1_PIE.0 != 0);
    // A library may have a loader too (glibc's own has), but then it has a name.
    if says_so || (has_loader && value_of(dynamic, elf::DT_SONAME).is_none()) {
        Form::Pie
    } else {
        Form::SharedLibrary
    }
}

/// The entries of the dynamic table, up to its end.
fn dynamic<'data>(bytes: &'data [u8], segments: &[Segment]) -> Result<&'data [Dynamic], Refusal> {
    let Some(segment) = segments.iter().find(|segment| segment.p_type(LE) == elf::PT_DYNAMIC) else {
        return Ok(&[]);
    };
    let refused = || Refusal::truncated("the dynamic table lies");
    let data = segment.data(LE, bytes).map_err(|()| refused())?;
    let (all, _) =
        pod::slice_from_bytes::<Dynamic>(data, data.len() / size_of::<Dynamic>()).map_err(|()| refused())?;
    let end = all.iter().position(|entry| entry.d_tag(LE) == elf::DT_NULL).unwrap_or(all.len());
    Ok(&all[..end])
}

fn all_is_there(
    bytes: &[u8],
    segments: &[Segment],
    sections: &SectionTable<'_, FileHeader64<LittleEndian>>,
) -> Result<(), Refusal> {
    let is_there =
        |(start, size): (u64, u64)| start.checked_add(size).is_some_and(|end| end <= bytes.len() as u64);
    if !segments.iter().all(|segment| is_there(segment.file_range(LE))) {
        return Err(Refusal::truncated("a segment lies"));
    }
    if !sections.iter().all(|section| section.file_range(LE).is_none_or(is_there)) {
        return Err(Refusal::truncated("a section lies"));
    }
    if sections.iter().any(|section| section.sh_type(LE) == elf::SHT_SYMTAB) {
        return Ok(());
    }
    Err(Refusal::stripped("it has no symbols (`.symtab`)"))
}
