//! The inventory: one note for each annotated place, compiled or not, in the section `.note.alloc_kit`.
//!
//! A linker that drops what nobody refers to leaves notes alone, and so does link-time optimisation what is `#[used]`. A note says how
//! long it is, so nothing has to know where the list begins; it has no pointers, so it is read from the file as it stands:
//!
//! ```text
//! u32 bytes of the name, u32 bytes of what follows it, u32 MAGIC, "alloc-kit\0" and 2 bytes of padding
//! u64 id, u32 line, u32 column, u32 flags, u32 bytes of each of seven texts, the texts, and padding up to 4 bytes
//! ```
//! Numbers are little-endian.

#![allow(unsafe_code, reason = "a static in a section by its name")]

use super::MAGIC;

/// Where it says that it may not free either.
const FORBIDS_FREES: u32 = 1;
/// Of an exception.
const IS_EXCEPTION: u32 = 2;

/// The name of notes of alloc-kit.
const NAME: &[u8] = b"alloc-kit\0";
/// Where what follows the name begins.
const HEAD: usize = 12 + NAME.len().next_multiple_of(4);
/// Where the texts begin.
const FIXED: usize = HEAD + 8 + 3 * 4 + 7 * 4;

/// One annotated place, or one exception.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// The name and the version of the package.
    pub package: (Option<&'static str>, Option<&'static str>),
    /// The function's name, or the macro's.
    pub name: &'static str,
    /// `module_path!()` there.
    pub module: &'static str,
    /// `file!()` there.
    pub file: &'static str,
    /// `line!()` at the attribute or the macro.
    pub line: u32,
    /// `column!()` there.
    pub column: u32,
    /// What kind of function it is: `fn`, `async fn`, `const fn`, `assertion`.
    pub form: &'static str,
    /// Whether it may not free either.
    pub forbids_frees: bool,
    /// Why it may allocate, if it is an exception.
    pub reason: Option<&'static str>,
}

impl Site {
    const fn texts(&self) -> [&'static [u8]; 7] {
        let (package, version) = self.package;
        [
            or_empty(package).as_bytes(),
            or_empty(version).as_bytes(),
            self.module.as_bytes(),
            self.name.as_bytes(),
            self.file.as_bytes(),
            self.form.as_bytes(),
            or_empty(self.reason).as_bytes(),
        ]
    }

    /// What its records have: a hash (64-bit FNV-1a) of what says where it is.
    #[must_use]
    pub const fn id(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325;
        let texts = self.texts();
        let mut i = 0;
        while i < texts.len() {
            hash = hashed(hash, texts[i]);
            hash = hashed(hash, &[0xff]);
            i += 1;
        }
        hash = hashed(hash, &self.line.to_le_bytes());
        hashed(hash, &self.column.to_le_bytes())
    }

    /// How long its note is.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        let mut bytes = FIXED;
        let texts = self.texts();
        let mut i = 0;
        while i < texts.len() {
            bytes += texts[i].len();
            i += 1;
        }
        bytes.next_multiple_of(4)
    }
}

const fn or_empty(text: Option<&'static str>) -> &'static str {
    match text {
        Some(text) => text,
        None => "",
    }
}

const fn hashed(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

/// A site as it lies in the program.
#[derive(Debug)]
#[repr(C, align(4))]
pub struct Note<const BYTES: usize>([u8; BYTES]);

impl<const BYTES: usize> Note<BYTES> {
    /// The note of a site, which is so long.
    #[must_use]
    pub const fn of(site: &Site) -> Self {
        let texts = site.texts();
        let flags = if site.forbids_frees { FORBIDS_FREES } else { 0 }
            | if site.reason.is_some() { IS_EXCEPTION } else { 0 };
        let mut note = [0; BYTES];
        let mut at = put(&mut note, 0, &length(NAME.len()));
        at = put(&mut note, at, &length(BYTES - HEAD));
        at = put(&mut note, at, &MAGIC.to_le_bytes());
        put(&mut note, at, NAME);
        at = put(&mut note, HEAD, &site.id().to_le_bytes());
        at = put(&mut note, at, &site.line.to_le_bytes());
        at = put(&mut note, at, &site.column.to_le_bytes());
        at = put(&mut note, at, &flags.to_le_bytes());
        let mut i = 0;
        while i < texts.len() {
            at = put(&mut note, at, &length(texts[i].len()));
            i += 1;
        }
        i = 0;
        while i < texts.len() {
            at = put(&mut note, at, texts[i]);
            i += 1;
        }
        Self(note)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "no source has a text of 4 GiB")]
const fn length(bytes: usize) -> [u8; 4] {
    (bytes as u32).to_le_bytes()
}

/// Copies bytes, and says where they end.
const fn put(to: &mut [u8], at: usize, bytes: &[u8]) -> usize {
    let mut i = 0;
    while i < bytes.len() {
        to[at + i] = bytes[i];
        i += 1;
    }
    at + i
}

/// Puts a place into the inventory, and makes its id a constant, `__ALLOC_KIT_ID`.
#[doc(hidden)]
#[macro_export]
macro_rules! __alloc_kit_site {
    ($name:literal, $form:literal, $forbids_frees:literal, $reason:expr) => {
        const __ALLOC_KIT_SITE: $crate::__private::prove::Site = $crate::__private::prove::Site {
            package: (::core::option_env!("CARGO_PKG_NAME"), ::core::option_env!("CARGO_PKG_VERSION")),
            name: $name,
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
            form: $form,
            forbids_frees: $forbids_frees,
            reason: $reason,
        };
        const __ALLOC_KIT_ID: ::core::primitive::u64 = __ALLOC_KIT_SITE.id();
        #[used]
        #[unsafe(link_section = ".note.alloc_kit")]
        static __ALLOC_KIT_NOTE: $crate::__private::prove::Note<{ __ALLOC_KIT_SITE.bytes() }> =
            $crate::__private::prove::Note::of(&__ALLOC_KIT_SITE);
    };
}
