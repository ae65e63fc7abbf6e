//! The inventory of annotated places: notes, one behind the other, as `alloc-kit/src/prove/site.rs` writes them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::image::Refusal;
use super::records::{Site, check_magic, damaged};

/// The name of each note, with what it is padded with.
const NAME: &[u8; 12] = b"alloc-kit\0\0\0";
/// Its length without.
const NAME_BYTES: u32 = 10;

const FORBIDS_FREES: u32 = 1;
const IS_EXCEPTION: u32 = 2;

/// Reads a section of notes: each place once, by file and line. A crate that was compiled twice has its places twice.
pub(super) fn read(mut section: &[u8]) -> Result<Vec<Site>, Refusal> {
    let mut sites: HashMap<u64, Site> = HashMap::new();
    let whole = section.len();
    loop {
        // What lies between two notes for them to be aligned.
        while let Some((b"\0\0\0\0", rest)) = section.split_first_chunk() {
            section = rest;
        }
        if section.is_empty() {
            break;
        }
        let at = whole - section.len();
        let mut reader = Reader { rest: section, at };
        let site = reader.site()?;
        section = reader.rest;
        match sites.entry(site.id) {
            Entry::Occupied(known) if *known.get() != site => {
                return Err(damaged(&format!("two places have the number {:#018x}", site.id)));
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(vacant) => {
                vacant.insert(site);
            }
        }
    }
    let mut sites: Vec<Site> = sites.into_values().collect();
    sites.sort_by(|one, other| key(one).cmp(&key(other)));
    Ok(sites)
}

fn key(site: &Site) -> (&str, u32, u32, &str, u64) {
    (&site.file, site.line, site.column, &site.name, site.id)
}

struct Reader<'a> {
    rest: &'a [u8],
    /// Where the note begins, for messages.
    at: usize,
}

impl<'a> Reader<'a> {
    /// A note, and what pads it.
    fn site(&mut self) -> Result<Site, Refusal> {
        let (name_bytes, bytes, magic) = (self.number()?, self.number()?, self.number()?);
        if name_bytes != NAME_BYTES || self.bytes(NAME.len())? != NAME {
            return Err(self.damaged("is not of alloc-kit"));
        }
        check_magic(magic, &format!("the note at byte {} of `.note.alloc_kit`", self.at))?;
        let bytes = usize::try_from(bytes).map_err(|_| self.ends())?;
        let mut inside = Reader { rest: self.bytes(bytes)?, at: self.at };
        let site = inside.described()?;
        if inside.rest.len() > 3 {
            return Err(self.damaged("is longer than what it says"));
        }
        let padding = bytes.next_multiple_of(4) - bytes;
        self.bytes(padding.min(self.rest.len()))?;
        Ok(site)
    }

    /// What a note is of.
    fn described(&mut self) -> Result<Site, Refusal> {
        let id = u64::from(self.number()?) | (u64::from(self.number()?) << 32);
        let (line, column, flags) = (self.number()?, self.number()?, self.number()?);
        if flags & !(FORBIDS_FREES | IS_EXCEPTION) != 0 {
            return Err(self.damaged("has flags that are not known"));
        }
        let mut lengths = [0; 7];
        for length in &mut lengths {
            *length = self.number()?;
        }
        let mut texts: [&str; 7] = [""; 7];
        for (text, length) in texts.iter_mut().zip(lengths) {
            let bytes = self.bytes(usize::try_from(length).map_err(|_| self.ends())?)?;
            *text = std::str::from_utf8(bytes).map_err(|_| self.damaged("has a text that is not UTF-8"))?;
        }
        let [package, version, module, name, file, form, reason] = texts;
        Ok(Site {
            id,
            package: format!("{package} {version}"),
            name: name.to_owned(),
            module: module.to_owned(),
            file: file.to_owned(),
            line,
            column,
            form: form.to_owned(),
            forbids_frees: flags & FORBIDS_FREES != 0,
            allowed: (flags & IS_EXCEPTION != 0).then(|| reason.to_owned()),
        })
    }

    fn number(&mut self) -> Result<u32, Refusal> {
        let (number, rest) = self.rest.split_first_chunk().ok_or_else(|| self.ends())?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*number))
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Refusal> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.ends())?;
        self.rest = rest;
        Ok(bytes)
    }

    fn ends(&self) -> Refusal {
        self.damaged("ends too early")
    }

    fn damaged(&self, what: &str) -> Refusal {
        damaged(&format!("the note at byte {} of `.note.alloc_kit` {what}", self.at))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::records::MAGIC;
    use super::*;

    pub(crate) fn place(id: u64, form: &str) -> Site {
        Site {
            id,
            package: "parser 1.2.3".to_owned(),
            name: "line".to_owned(),
            module: "parser::lines".to_owned(),
            file: "src/lines.rs".to_owned(),
            line: 7,
            column: 1,
            form: form.to_owned(),
            forbids_frees: true,
            allowed: None,
        }
    }

    pub(crate) fn exception(id: u64) -> Site {
        Site { allowed: Some("grows once".to_owned()), forbids_frees: false, ..place(id, "fn") }
    }

    /// What the attributes write for a site.
    pub(crate) fn note(site: &Site) -> Vec<u8> {
        let (package, version) = site.package.split_once(' ').expect("a version");
        let reason = site.allowed.as_deref().unwrap_or_default();
        let texts = [package, version, &site.module, &site.name, &site.file, &site.form, reason];
        let flags =
            u32::from(site.forbids_frees) * FORBIDS_FREES + u32::from(site.allowed.is_some()) * IS_EXCEPTION;
        let mut inside = site.id.to_le_bytes().to_vec();
        let lengths = texts.map(|text| u32::try_from(text.len()).expect("short"));
        for number in [site.line, site.column, flags].into_iter().chain(lengths) {
            inside.extend(number.to_le_bytes());
        }
        inside.extend(texts.concat().bytes());
        inside.resize(inside.len().next_multiple_of(4), 0);
        let bytes = u32::try_from(inside.len()).expect("short");
        let head = [NAME_BYTES, bytes, MAGIC].map(u32::to_le_bytes).concat();
        [&head[..], NAME, &inside].concat()
    }

    #[test]
    fn each_place_is_there_once_in_order() {
        let second = Site { line: 9, ..place(2, "async fn") };
        let padding = [0; 8];
        let section =
            [&note(&second)[..], &padding, &note(&exception(1)), &note(&second), &padding[..4]].concat();
        assert_eq!(read(&section), Ok(vec![exception(1), second]));
        assert_eq!(read(&[]), Ok(Vec::new()));
    }

    #[test]
    fn every_cut_is_refused_or_has_fewer_notes() {
        let section = [note(&place(1, "fn")), note(&exception(2))].concat();
        for length in 0..section.len() {
            let sites = read(&section[..length]).map_or(0, |sites| sites.len());
            assert!(sites < 2, "{length} of {} bytes", section.len());
        }
    }

    #[test]
    fn every_changed_byte_is_refused_or_another_place() {
        let section = note(&place(1, "fn"));
        let padding = section.len() - 3;
        for at in 0..padding {
            let mut changed = section.clone();
            changed[at] ^= 0x80;
            assert_ne!(read(&changed), read(&section), "byte {at}");
        }
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let refused = |section: &[u8]| read(section).expect_err("damaged").message;
        let other = Site { name: "other".to_owned(), ..place(1, "fn") };
        let twice = [note(&place(1, "fn")), note(&other)].concat();
        assert!(refused(&twice).contains("two places have the number 0x0000000000000001"));
        let mut version = note(&place(1, "fn"));
        version[8] = 2;
        assert!(refused(&version).contains("version 2 of the format"), "{}", refused(&version));
        let mut longer = note(&place(1, "fn"));
        longer[4] += 4;
        longer.extend([1; 4]);
        assert!(refused(&longer).contains("longer than what it says"));
        assert!(refused(&[0xff; 64]).contains("the note at byte 0 of `.note.alloc_kit` is not of alloc-kit"));
    }
}
