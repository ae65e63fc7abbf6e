//! Where a program's relocations are in its file: by its sections and by the dynamic table, as the loader has it. What both name is
//! read once.

use object::elf;
use object::pod;
use object::read::elf::SectionHeader;

use super::Refusal;
use super::header::{Header, LE};
use super::memory::Memory;

/// Where tables of relocations are in the file: start and size.
pub(super) struct Tables {
    pub(super) with_addends: Vec<(u64, u64)>,
    pub(super) packed: Vec<(u64, u64)>,
}

impl Tables {
    pub(super) fn of(header: &Header<'_>, memory: &Memory) -> Result<Self, Refusal> {
        let unread = |what| Refusal {
            message: format!("its relocations are in a form that is not read ({what})"),
            help: Some("accepted are RELA and RELR: link it without `--pack-dyn-relocs=android`".to_owned()),
        };
        let (mut with_addends, mut packed) = (Vec::new(), Vec::new());
        for section in header.sections.iter() {
            let Some(range) = section.file_range(LE).filter(|&(_, bytes)| bytes > 0) else { continue };
            if section.sh_flags(LE).0 & elf::SHF_ALLOC.0 == 0 {
                continue;
            }
            match section.sh_type(LE) {
                elf::SHT_RELA => with_addends.push(range),
                elf::SHT_RELR | elf::SHT_ANDROID_RELR => packed.push(range),
                elf::SHT_REL => return Err(unread("REL")),
                elf::SHT_ANDROID_REL | elf::SHT_ANDROID_RELA => return Err(unread("Android's, packed")),
                _ => {}
            }
        }
        let by_loader = |place, bytes| {
            let bytes = header.dynamic(bytes).filter(|&bytes| bytes > 0)?;
            Some((memory.file_offset(header.dynamic(place)?)?, bytes))
        };
        with_addends.extend(by_loader(elf::DT_RELA, elf::DT_RELASZ));
        with_addends.extend(by_loader(elf::DT_JMPREL, elf::DT_PLTRELSZ));
        packed.extend(by_loader(elf::DT_RELR, elf::DT_RELRSZ));
        for tables in [&mut with_addends, &mut packed] {
            tables.sort_unstable();
            tables.dedup();
            // The loader's may be several sections'; more than that says the same over and over.
            let all = tables.iter().fold(0_u64, |all, &(_, bytes)| all.saturating_add(bytes));
            if all / 2 > header.bytes.len() as u64 {
                return Err(Refusal::truncated("tables of relocations lie over each other, or"));
            }
        }
        Ok(Self { with_addends, packed })
    }
}

/// The entries of one.
pub(super) fn table<T: pod::Pod>(bytes: &[u8], start: u64, size: u64) -> Result<&[T], Refusal> {
    let refused = || Refusal::truncated("a table of relocations lies");
    let start = usize::try_from(start).map_err(|_| refused())?;
    let end = usize::try_from(size).ok().and_then(|size| start.checked_add(size)).ok_or_else(refused)?;
    let data = bytes.get(start..end).ok_or_else(refused)?;
    pod::slice_from_bytes(data, data.len() / size_of::<T>()).map(|(all, _)| all).map_err(|()| refused())
}
