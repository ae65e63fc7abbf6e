//! What alloc-kit's attributes left in a binary that was built with `--cfg alloc_kit_prove`: which functions are to be judged, and
//! which addresses mean something.
//!
//! Section `.debug_alloc_kit`, not loaded: entries of three little-endian words, `kind`, `address`, `id`. An entry whose function
//! the linker dropped has the address 0 (or the linker's mark for that), where no code is. Section `.note.alloc_kit`: the inventory, a
//! note for each place that was annotated, whether compiled or not (`notes.rs`). Who writes both is `alloc-kit/src/prove/`.

use std::collections::HashMap;

use super::image::{Image, Refusal};
use super::notes;

/// The upper half of `kind`: "AKP" and the version of the format.
pub(super) const MAGIC: u32 = 0x414b_5001;

const RECORDS: &str = ".debug_alloc_kit";
const NOTES: &str = ".note.alloc_kit";
/// What a program has as long as nobody strips it: the standard library brings its own.
const DEBUG_INFORMATION: &str = ".debug_abbrev";
/// An entry, in bytes.
const ENTRY_BYTES: usize = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Kind {
    /// In a function that is judged, outlined: the function whose symbol has the address inside, from its start on.
    Function = 1,
    /// A judged expression begins: an instruction of its own (`nop`) is at the address.
    Begin = 2,
    /// It ends, on this way out. Without optimisation that of `?`, `return` and panics is the first instruction of a function that is
    /// called there: `drop_in_place` of the mark.
    End = 3,
    /// An exception (`allow_alloc!`, `#[alloc_allowed]`) begins, by an instruction of its own.
    Allow = 4,
    /// It ends, on this way out; in a function that is called there, as for `End`.
    AllowEnd = 5,
    /// The code here allocates: a global allocator that alloc-kit wraps, wherever it was inlined.
    Allocates = 6,
    /// The code here frees.
    Frees = 7,
}

const KINDS: [Kind; 7] =
    [Kind::Function, Kind::Begin, Kind::End, Kind::Allow, Kind::AllowEnd, Kind::Allocates, Kind::Frees];

/// One annotated place, or one exception, of the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) id: u64,
    /// The package with its version.
    pub(crate) package: String,
    pub(crate) name: String,
    pub(crate) module: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// As the report has it: `fn`, `async fn`, `const fn`, `assertion`, ..
    pub(crate) form: String,
    /// Whether it may not free either (`deallocations = 0`).
    pub(crate) forbids_frees: bool,
    /// The reason, if it is an exception.
    pub(crate) allowed: Option<String>,
}

/// All that a binary says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Records {
    /// Each place once, by file and line.
    pub(crate) sites: Vec<Site>,
    /// Each record whose code is in the binary, by its address.
    pub(crate) at: HashMap<u64, Vec<(Kind, u64)>>,
}

/// Where they are read from.
struct Sections<'a> {
    notes: Option<&'a [u8]>,
    records: Option<&'a [u8]>,
    has_debug_information: bool,
    is_code: &'a dyn Fn(u64) -> bool,
}

impl Records {
    /// Reads them. A binary without any has none; one whose records can't be read is refused.
    pub(crate) fn read(image: &Image) -> Result<Self, Refusal> {
        Self::of(&Sections {
            notes: image.loaded(NOTES).map(|(_, bytes)| bytes),
            records: image.unloaded(RECORDS),
            has_debug_information: image.unloaded(DEBUG_INFORMATION).is_some(),
            is_code: &|address| image.code(address).is_some(),
        })
    }

    fn of(sections: &Sections<'_>) -> Result<Self, Refusal> {
        let sites = notes::read(sections.notes.unwrap_or_default())?;
        // Of a `const fn` there is no record.
        let has_some = sites.iter().any(|site| site.form != "const fn");
        let at = match sections.records {
            Some(records) => read_entries(records, &sites, sections.is_code)?,
            None if has_some && !sections.has_debug_information => return Err(stripped()),
            None => HashMap::new(),
        };
        Ok(Self { sites, at })
    }
}

fn read_entries(
    records: &[u8],
    sites: &[Site],
    is_code: &dyn Fn(u64) -> bool,
) -> Result<HashMap<u64, Vec<(Kind, u64)>>, Refusal> {
    let is_exception: HashMap<u64, bool> =
        sites.iter().map(|site| (site.id, site.allowed.is_some())).collect();
    let (entries, rest) = records.as_chunks::<ENTRY_BYTES>();
    if !rest.is_empty() {
        return Err(damaged(&format!("`{RECORDS}` ends within an entry, after {} bytes", records.len())));
    }
    let mut at: HashMap<u64, Vec<(Kind, u64)>> = HashMap::new();
    for (number, entry) in entries.iter().enumerate() {
        let (words, _) = entry.as_chunks::<8>();
        let [kind, address, id] =
            [0, 1, 2].map(|index| words.get(index).map_or(0, |word| u64::from_le_bytes(*word)));
        let kind = kind_of(kind, number)?;
        let fits = match kind {
            Kind::Function | Kind::Begin | Kind::End => is_exception.get(&id) == Some(&false),
            Kind::Allow | Kind::AllowEnd => is_exception.get(&id) == Some(&true),
            Kind::Allocates | Kind::Frees => true,
        };
        if !fits {
            return Err(damaged(&format!("entry {number} of `{RECORDS}` is of no place that `{NOTES}` has")));
        }
        // What the linker dropped is nowhere.
        if address != 0 && is_code(address) {
            let here = at.entry(address).or_default();
            if !here.contains(&(kind, id)) {
                here.push((kind, id));
            }
        }
    }
    Ok(at)
}

fn kind_of(word: u64, number: usize) -> Result<Kind, Refusal> {
    let (magic, kind) = ((word >> 32) as u32, word & 0xffff_ffff);
    check_magic(magic, &format!("entry {number} of `{RECORDS}`"))?;
    let known = KINDS.into_iter().find(|known| u64::from(*known as u32) == kind);
    known.ok_or_else(|| damaged(&format!("entry {number} of `{RECORDS}` is of the unknown kind {kind}")))
}

/// Whether something is in the format that is read here.
pub(super) fn check_magic(magic: u32, what: &str) -> Result<(), Refusal> {
    if magic == MAGIC {
        Ok(())
    } else if magic >> 8 == MAGIC >> 8 {
        let (found, read) = (magic & 0xff, MAGIC & 0xff);
        Err(Refusal {
            message: format!(
                "{what} is in version {found} of the format of alloc-kit's records; this command reads version {read}"
            ),
            help: Some(
                "take the same version of `alloc-kit` and `cargo-alloc-kit`, and of `alloc-kit` only one"
                    .to_owned(),
            ),
        })
    } else {
        Err(damaged(&format!("{what} is none of alloc-kit's: it begins with {magic:#010x}")))
    }
}

fn stripped() -> Refusal {
    Refusal {
        message: format!(
            "the program was stripped of `{RECORDS}`, in which alloc-kit's attributes say where their functions are"
        ),
        help: Some(
            "build with `strip = \"none\"` in the profile (`CARGO_PROFILE_RELEASE_STRIP=none`): without it cargo strips what has no debug \
             information"
                .to_owned(),
        ),
    }
}

/// What can't be what the attributes wrote.
pub(super) fn damaged(what: &str) -> Refusal {
    Refusal {
        message: format!("what alloc-kit's attributes wrote into the program can't be read: {what}"),
        help: Some("build the program anew with `cargo alloc-kit prove`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::notes::tests::{exception, note, place};
    use super::*;

    fn entry(kind: u64, address: u64, id: u64) -> Vec<u8> {
        [(u64::from(MAGIC) << 32) | kind, address, id].into_iter().flat_map(u64::to_le_bytes).collect()
    }

    fn read(notes: &[u8], records: Option<&[u8]>, has_debug_information: bool) -> Result<Records, String> {
        let is_code = |address| (0x1000..0x2000).contains(&address);
        let sections = Sections { notes: Some(notes), records, has_debug_information, is_code: &is_code };
        Records::of(&sections).map_err(|refusal| refusal.message)
    }

    #[test]
    fn entries_are_at_their_addresses_and_those_of_dropped_code_nowhere() {
        let notes = [note(&place(7, "fn")), note(&exception(8))].concat();
        let records = [
            entry(1, 0x1010, 7),
            entry(4, 0x1010, 8),
            entry(5, 0, 8),
            entry(1, 0x1010, 7),
            entry(6, 0x5000, 0),
        ];
        let found = read(&notes, Some(&records.concat()), false).expect("read");
        assert_eq!(found.at, HashMap::from([(0x1010, vec![(Kind::Function, 7), (Kind::Allow, 8)])]));
        assert_eq!(found.sites.len(), 2);
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let notes = note(&place(7, "fn"));
        let refused = |records: &[u8]| read(&notes, Some(records), true).expect_err("damaged");
        assert!(refused(&entry(1, 0x1010, 7)[..23]).contains("ends within an entry, after 23 bytes"));
        assert!(refused(&entry(1, 0x1010, 9)).contains("of no place"), "an id without a site");
        assert!(refused(&entry(4, 0x1010, 7)).contains("of no place"), "an exception that is none");
        assert!(refused(&entry(8, 0x1010, 7)).contains("unknown kind 8"));
        let mut version = entry(1, 0x1010, 7);
        version[4] = 2;
        assert!(refused(&version).contains("version 2 of the format"));
        assert!(refused(&[0xff; 24]).contains("begins with 0xffffffff"));
    }

    #[test]
    fn a_stripped_program_is_not_one_without_functions() {
        let notes = note(&place(7, "fn"));
        assert!(read(&notes, None, false).expect_err("stripped").contains("stripped"));
        assert!(read(&notes, None, true).expect("nothing was compiled").at.is_empty());
        assert!(read(&note(&place(7, "const fn")), None, false).is_ok());
        assert_eq!(read(&[], None, false), Ok(Records::default()));
    }
}
