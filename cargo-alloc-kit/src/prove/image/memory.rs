//! What is where in memory, and which of it is never written once the program runs.
//!
//! Segments say what is loaded, as the loader has it; sections say which of it is code, and what is not loaded.

use std::sync::OnceLock;

use object::elf;
use object::read::elf::{CompressionHeader, ProgramHeader, SectionHeader};
use object::read::{CompressedData, CompressionFormat};

use super::Refusal;
use super::header::{Header, LE, Section};
use super::ranges::{Loaded, holding, in_file, in_order, merged, to_index, without};
use super::relocations::Relocations;
use super::symbols::Symbols;

/// The smallest page of both instruction sets: what is made read-only ends at the end of a whole one.
const PAGE_BYTES: u64 = 4096;
/// A section may say that it is any size once inflated.
const INFLATED_BYTES: u64 = 1 << 32;

#[derive(Debug)]
struct Unloaded {
    name: String,
    file_start: usize,
    file_end: usize,
    format: CompressionFormat,
    inflated_bytes: u64,
    inflated: OnceLock<Option<Vec<u8>>>,
}

#[derive(Debug)]
pub(super) struct Memory {
    /// In the order of their addresses, without overlaps.
    segments: Vec<Loaded>,
    /// Executable sections, likewise.
    code: Vec<Loaded>,
    /// What is not writable, or not any more, in order and without overlaps.
    never_written: Vec<(u64, u64)>,
    /// Of that, what was writable until then.
    relro: Option<(u64, u64)>,
    unloaded: Vec<Unloaded>,
    /// Sections that are loaded, by their names.
    loaded: Vec<(String, Loaded)>,
}

impl Memory {
    pub(super) fn read(header: &Header<'_>) -> Result<Self, Refusal> {
        let mut segments = Vec::new();
        let mut never_written = Vec::new();
        let (mut relro, mut dynamic) = (None, None);
        for segment in header.segments {
            let start = segment.p_vaddr(LE);
            let end = start
                .checked_add(segment.p_memsz(LE))
                .ok_or_else(|| Refusal::truncated("a segment's addresses go"))?;
            match segment.p_type(LE) {
                elf::PT_LOAD if start < end => {
                    let (file_start, file_bytes) = segment.file_range(LE);
                    let file_bytes = file_bytes.min(end - start);
                    segments.push(Loaded { start, end, file_start, file_bytes });
                    if segment.p_flags(LE).0 & elf::PF_W.0 == 0 {
                        never_written.push((start, end));
                    }
                }
                elf::PT_GNU_RELRO => relro = Some((start, end / PAGE_BYTES * PAGE_BYTES)),
                elf::PT_DYNAMIC => dynamic = Some((start, end)),
                _ => {}
            }
        }
        in_order(&mut segments, "segments overlap, or one lies")?;
        never_written.extend(relro.filter(|(start, end)| start < end));
        never_written = merged(never_written);
        // The loader writes into its own table before it makes it read-only.
        if let Some(table) = dynamic {
            never_written = without(&never_written, &[table]);
        }
        let Sections { code, unloaded, loaded } = Sections::read(header)?;
        let memory = Self { segments, code, never_written, relro, unloaded, loaded };
        if memory.code.iter().all(|code| memory.is_never_written(code.start, code.end - code.start)) {
            Ok(memory)
        } else {
            Err(Refusal::changes_code())
        }
    }

    /// Takes out what is written before it is made read-only, and is not a relocation's to say.
    ///
    /// Objects of other libraries are copied there. In a static program the C library has variables of its own there that its start
    /// sets (`attribute_relro`): all objects with names of C are taken to be such ones, since those of Rust are not.
    pub(super) fn never_written_is_final(
        &mut self,
        relocations: &Relocations,
        symbols: &Symbols,
        bytes: &[u8],
        is_static: bool,
    ) {
        let mut written = relocations.copies().to_vec();
        if let Some(relro) = self.relro.filter(|_| is_static) {
            written.extend(symbols.objects_of_c(bytes, relro));
        }
        self.never_written = without(&self.never_written, &merged(written));
    }

    pub(super) fn is_never_written(&self, at: u64, bytes: u64) -> bool {
        let Some(end) = at.checked_add(bytes) else { return false };
        let next = self.never_written.partition_point(|range| range.0 <= at);
        next > 0 && end <= self.never_written[next - 1].1
    }

    pub(super) fn is_loaded(&self, at: u64) -> bool {
        holding(&self.segments, at).is_some()
    }

    /// Where the executable section ends that has the address.
    pub(super) fn code_end(&self, at: u64) -> Option<u64> {
        holding(&self.code, at).map(|section| section.end)
    }

    pub(super) fn code<'data>(&self, bytes: &'data [u8], at: u64) -> Option<&'data [u8]> {
        let section = holding(&self.code, at)?;
        in_file(bytes, section, at, section.end - at)
    }

    /// Each executable section: where it begins, and its bytes.
    pub(super) fn all_code<'data>(
        &'data self,
        bytes: &'data [u8],
    ) -> impl Iterator<Item = (u64, &'data [u8])> + 'data {
        self.code.iter().filter_map(|section| {
            in_file(bytes, section, section.start, section.end - section.start)
                .map(|code| (section.start, code))
        })
    }

    /// Bytes of a segment that are in the file.
    pub(super) fn file_bytes<'data>(&self, bytes: &'data [u8], at: u64, count: usize) -> Option<&'data [u8]> {
        in_file(bytes, holding(&self.segments, at)?, at, count as u64)
    }

    /// Eight bytes as the file has them, or zeros behind its part of a segment.
    pub(super) fn raw_word(&self, bytes: &[u8], at: u64) -> Option<u64> {
        let segment = holding(&self.segments, at)?;
        if segment.end - at < 8 {
            return None;
        }
        let there = segment.file_bytes.saturating_sub(at - segment.start).min(8);
        let mut word = [0; 8];
        if there > 0 {
            let (copied, _) = word.split_at_mut(usize::try_from(there).ok()?);
            copied.copy_from_slice(in_file(bytes, segment, at, there)?);
        }
        Some(u64::from_le_bytes(word))
    }

    /// Where in the file an address is.
    pub(super) fn file_offset(&self, at: u64) -> Option<u64> {
        let segment = holding(&self.segments, at)?;
        let behind = at - segment.start;
        (behind < segment.file_bytes).then(|| segment.file_start.wrapping_add(behind))
    }

    /// Each eight bytes of data, aligned or not, that would be an address in a segment.
    pub(super) fn possible_addresses(&self, bytes: &[u8], into: &mut Vec<(u64, u64)>) {
        let Some((first, last)) = self.segments.first().zip(self.segments.last()) else { return };
        for segment in &self.segments {
            let Some(data) = in_file(bytes, segment, segment.start, segment.file_bytes) else { continue };
            let mut from = segment.start;
            while let Some(at) = self.next_data(from, segment.start + data.len() as u64) {
                let end = self.code.iter().map(|code| code.start).find(|&start| start > at);
                let end = end.map_or(u64::MAX, |start| start).min(segment.start + data.len() as u64);
                let part = &data[to_index(at - segment.start)..to_index(end - segment.start)];
                for (place, word) in part.windows(8).enumerate() {
                    let word = word.try_into().map_or(0, u64::from_le_bytes);
                    if word >= first.start && word <= last.end {
                        into.push((at + place as u64, word));
                    }
                }
                from = end;
            }
        }
    }

    /// The first address from there on that is not code, below the end.
    fn next_data(&self, from: u64, end: u64) -> Option<u64> {
        let mut at = from;
        while let Some(code_end) = self.code_end(at) {
            at = code_end;
        }
        (at < end).then_some(at)
    }

    pub(super) fn loaded<'image>(&self, bytes: &'image [u8], name: &str) -> Option<(u64, &'image [u8])> {
        let (_, section) = self.loaded.iter().find(|(known, _)| known == name)?;
        let file_start = usize::try_from(section.file_start).ok()?;
        let file_end = file_start.checked_add(usize::try_from(section.file_bytes).ok()?)?;
        Some((section.start, bytes.get(file_start..file_end)?))
    }

    pub(super) fn unloaded<'image>(&'image self, bytes: &'image [u8], name: &str) -> Option<&'image [u8]> {
        let section = self.unloaded.iter().find(|section| section.name == name)?;
        let data = bytes.get(section.file_start..section.file_end)?;
        if section.format == CompressionFormat::None {
            return Some(data);
        }
        let compressed =
            CompressedData { format: section.format, data, uncompressed_size: section.inflated_bytes };
        section
            .inflated
            .get_or_init(|| {
                let is_believed = section.inflated_bytes <= INFLATED_BYTES;
                is_believed.then(|| compressed.decompress().ok().map(std::borrow::Cow::into_owned)).flatten()
            })
            .as_deref()
    }
}

impl Unloaded {
    /// `None` if it is compressed in a way that is not known.
    fn of(name: &str, bytes: &[u8], section: &Section, (start, size): (u64, u64)) -> Option<Self> {
        let (format, start, size, inflated_bytes) = match section.compression(LE, bytes).ok()? {
            None => (CompressionFormat::None, start, size, size),
            Some((header, start, size)) => {
                let format = match header.ch_type(LE) {
                    elf::ELFCOMPRESS_ZLIB => CompressionFormat::Zlib,
                    elf::ELFCOMPRESS_ZSTD => CompressionFormat::Zstandard,
                    _ => return None,
                };
                (format, start, size, header.ch_size(LE))
            }
        };
        let file_start = usize::try_from(start).ok()?;
        let file_end = file_start.checked_add(usize::try_from(size).ok()?)?;
        let inflated = OnceLock::new();
        Some(Self { name: name.to_owned(), file_start, file_end, format, inflated_bytes, inflated })
    }
}

/// Sections of a program, by what they are for.
struct Sections {
    code: Vec<Loaded>,
    unloaded: Vec<Unloaded>,
    loaded: Vec<(String, Loaded)>,
}

impl Sections {
    fn read(header: &Header<'_>) -> Result<Self, Refusal> {
        let (mut code, mut unloaded, mut loaded) = (Vec::new(), Vec::new(), Vec::new());
        for section in header.sections.iter() {
            let flags = section.sh_flags(LE).0;
            let Some(file_range) = section.file_range(LE) else { continue };
            let name = header.sections.section_name(LE, section).ok();
            let name = name.and_then(|name| std::str::from_utf8(name).ok());
            if flags & elf::SHF_ALLOC.0 == 0 {
                unloaded.extend(name.and_then(|name| Unloaded::of(name, header.bytes, section, file_range)));
                continue;
            }
            let (start, bytes) = (section.sh_addr(LE), section.sh_size(LE));
            if bytes == 0 {
                continue;
            }
            let end =
                start.checked_add(bytes).ok_or_else(|| Refusal::truncated("a section's addresses go"))?;
            let (file_start, file_bytes) = file_range;
            let found = || Loaded { start, end, file_start, file_bytes };
            loaded.extend(name.map(|name| (name.to_owned(), found())));
            if flags & elf::SHF_EXECINSTR.0 != 0 {
                code.push(found());
            }
        }
        in_order(&mut code, "sections of code overlap, or one lies")?;
        Ok(Self { code, unloaded, loaded })
    }
}
