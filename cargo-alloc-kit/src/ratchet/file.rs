//! `alloc-kit.toml` as it is read: a section for each platform, a line for each function. What is not known is an error
//! with its line; a key that is taken for another one would compare nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, Key, TableLike, Value};

use crate::exit::Failure;
use crate::record::Figures;

/// The version of the file.
pub(super) const VERSION: i64 = 1;
/// The keys of an entry that are figures, in the order in which they are written.
pub(crate) const KEYS: [&str; 5] = ["allocations", "bytes", "peak_bytes", "live_bytes", "deallocations"];
/// The key of a tolerance, of the whole file or of an entry.
pub(super) const TOLERANCE: &str = "bytes-tolerance";

const HELP: &str = "it takes what `cargo alloc-kit test --save` writes";

/// What is saved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Saved {
    pub(super) tolerance: Tolerance,
    /// By target and profile.
    pub(super) platforms: BTreeMap<(String, String), Vec<Entry>>,
}

/// What is saved of a function.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// As it stands in the file: `app::grow#2`.
    pub(super) key: String,
    /// Without the number.
    pub(super) name: String,
    /// Of several of one name, which.
    pub(super) nth: u32,
    pub(super) file: String,
    pub(super) figures: Figures,
    pub(super) tolerance: Option<Tolerance>,
}

/// By how much bytes may differ and still be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tolerance {
    Bytes(u64),
    /// In hundredths of a percent.
    Share(u64),
}

impl Default for Tolerance {
    fn default() -> Self {
        Tolerance::Bytes(0)
    }
}

impl Tolerance {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let Some(percent) = text.trim().strip_suffix('%') else {
            return text.trim().parse().ok().map(Tolerance::Bytes);
        };
        let (whole, part) = percent.trim().split_once('.').unwrap_or((percent.trim(), "0"));
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(part) || part.len() > 2 {
            return None;
        }
        let hundredths = whole.parse::<u64>().ok()?.checked_mul(100)?;
        let part = format!("{part:0<2}").parse::<u64>().ok()?;
        hundredths.checked_add(part).filter(|share| *share <= 10_000).map(Tolerance::Share)
    }

    /// How far a figure may be from a saved one.
    pub(crate) fn around(self, saved: i64) -> i64 {
        let allowed = match self {
            Tolerance::Bytes(bytes) => u128::from(bytes),
            Tolerance::Share(share) => u128::from(saved.unsigned_abs()) * u128::from(share) / 10_000,
        };
        i64::try_from(allowed).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tolerance::Bytes(bytes) => write!(f, "{bytes}"),
            Tolerance::Share(share) if share.is_multiple_of(100) => write!(f, "{}%", share / 100),
            Tolerance::Share(share) => write!(f, "{}.{:02}%", share / 100, share % 100),
        }
    }
}

/// `app::grow` and 2 of `app::grow#2`.
fn name_and_number(key: &str) -> (&str, u32) {
    match key.rsplit_once('#').map(|(name, nth)| (name, nth.parse())) {
        Some((name, Ok(nth))) => (name, nth),
        _ => (key, 1),
    }
}

/// A text that is read, and what is wrong with it where.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
}

/// Reads a text; `path` is for messages.
pub(crate) fn parse(text: &str, path: &Path) -> Result<Saved, Failure> {
    let reader = Reader { path, text };
    reader.no_conflict()?;
    let document = Document::parse(text).map_err(|error| reader.at(error.span(), error.message()))?;
    let root = document.as_table();
    reader.version(root)?;
    let mut saved = Saved::default();
    for (name, item) in root {
        match item {
            _ if name == "version" => {}
            _ if name == TOLERANCE => saved.tolerance = reader.tolerance(item)?,
            Item::Table(target) => {
                for (profile, functions) in target {
                    let entries = reader.platform(name, profile, functions, target.key(profile))?;
                    saved.platforms.insert((name.to_owned(), profile.to_owned()), entries);
                }
            }
            _ => {
                let what = format!(
                    "unknown key `{name}`; accepted: `version`, `{TOLERANCE}`, and sections `[target.profile]`"
                );
                return Err(reader.at(root.key(name).and_then(Key::span), &what));
            }
        }
    }
    Ok(saved)
}

impl Reader<'_> {
    fn at(&self, span: Option<Range<usize>>, what: &str) -> Failure {
        let line = span.map(|span| self.text[..span.start.min(self.text.len())].matches('\n').count() + 1);
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        Failure::unusable(format!("{}{line}: {}", self.path.display(), what.trim_end().replace('\n', ": ")))
            .help(HELP)
    }

    /// A merge that is not ended is no TOML, either, but this says what it is.
    fn no_conflict(&self) -> Result<(), Failure> {
        let marks = |line: &str| ["<<<<<<<", "|||||||", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
        let Some(line) = self.text.lines().position(marks) else { return Ok(()) };
        let place = format!("{}:{}", self.path.display(), line + 1);
        Err(Failure::unusable(format!("{place}: a merge conflict that is not resolved")).help(
            "take either side, whichever it is, and `cargo alloc-kit test --save` brings it up to date",
        ))
    }

    fn version(&self, root: &toml_edit::Table) -> Result<(), Failure> {
        match root.get("version") {
            None => Err(self.at(None, &format!("has no `version`; this `cargo alloc-kit` knows {VERSION}"))),
            Some(item) => match item.as_integer() {
                Some(VERSION) => Ok(()),
                Some(other) => {
                    let what = format!("is of version {other}, and this `cargo alloc-kit` knows {VERSION}");
                    Err(self.at(item.span(), &what))
                }
                None => {
                    Err(self.at(item.span(), &format!("`version` is {}, not a number", item.type_name())))
                }
            },
        }
    }

    fn tolerance(&self, item: &Item) -> Result<Tolerance, Failure> {
        let tolerance = match item.as_value() {
            Some(Value::String(text)) => Tolerance::parse(text.value()),
            Some(Value::Integer(bytes)) => u64::try_from(*bytes.value()).ok().map(Tolerance::Bytes),
            _ => None,
        };
        tolerance.ok_or_else(|| {
            let what = format!(
                "`{TOLERANCE}` is no tolerance; accepted: bytes (`\"64\"`), or a share of up to 100 (`\"2%\"`)"
            );
            self.at(item.span(), &what)
        })
    }

    fn platform(
        &self,
        target: &str,
        profile: &str,
        item: &Item,
        key: Option<&Key>,
    ) -> Result<Vec<Entry>, Failure> {
        let Some(functions) = item.as_table_like() else {
            let what =
                format!("`{profile}` of `{target}` is {}, not a section of functions", item.type_name());
            return Err(self.at(key.and_then(Key::span), &what));
        };
        let mut entries = Vec::new();
        for (key, item) in functions.iter() {
            entries.push(self.entry(key, item, functions.key(key).and_then(Key::span))?);
        }
        // In the order of their numbers, `#10` behind `#2`.
        entries.sort_by(|one: &Entry, other| (&one.name, one.nth).cmp(&(&other.name, other.nth)));
        Ok(entries)
    }

    fn entry(&self, key: &str, item: &Item, span: Option<Range<usize>>) -> Result<Entry, Failure> {
        let Some(table) = item.as_table_like() else {
            let what =
                format!("`{key}` is {}, not `{{ allocations = .., file = \"..\" }}`", item.type_name());
            return Err(self.at(span, &what));
        };
        let (name, nth) = name_and_number(key);
        let mut entry = Entry {
            key: key.to_owned(),
            name: name.to_owned(),
            nth,
            file: String::new(),
            figures: Figures::new(),
            tolerance: None,
        };
        for (field, value) in table.iter() {
            let at = || value.span().or_else(|| field_span(table, field)).or_else(|| span.clone());
            match field {
                "file" => {
                    let what = || format!("`file` of `{key}` is {}, not a text", value.type_name());
                    let file = value.as_str().ok_or_else(|| self.at(at(), &what()))?;
                    file.clone_into(&mut entry.file);
                }
                TOLERANCE => entry.tolerance = Some(self.tolerance(value)?),
                _ if KEYS.contains(&field) => match value.as_integer() {
                    Some(figure) if figure < 0 && field != "live_bytes" => {
                        return Err(self.at(at(), &format!("`{field}` of `{key}` is negative")));
                    }
                    Some(figure) => {
                        entry.figures.insert(field.to_owned(), figure);
                    }
                    None => {
                        let what =
                            format!("`{field}` of `{key}` is {}, not a whole number", value.type_name());
                        return Err(self.at(at(), &what));
                    }
                },
                _ => {
                    let accepted = KEYS.map(|key| format!("`{key}`")).join(", ");
                    let what = format!(
                        "unknown key `{field}` of `{key}`; accepted: {accepted}, `{TOLERANCE}`, `file`"
                    );
                    return Err(self.at(field_span(table, field).or_else(at), &what));
                }
            }
        }
        if entry.file.is_empty() {
            return Err(self.at(span, &format!("`{key}` has no `file`: which function is it?")));
        }
        if entry.figures.is_empty() {
            return Err(self.at(span, &format!("`{key}` has no figures: nothing would be compared")));
        }
        Ok(entry)
    }
}

fn field_span(table: &dyn TableLike, field: &str) -> Option<Range<usize>> {
    table.key(field).and_then(Key::span)
}

/// Where it is: with `--ratchet`, by the configuration, or beside the manifest of the workspace. And whether somebody
/// named it.
pub(super) fn path(option: Option<&Path>, config: Option<&Path>, root: &Path) -> (PathBuf, bool) {
    match (option, config) {
        // Relative to where the command is run, as arguments are.
        (Some(path), _) => (path.to_owned(), true),
        (None, Some(path)) => (root.join(path), true),
        (None, None) => (root.join("alloc-kit.toml"), false),
    }
}

impl Saved {
    /// The entries of a platform, if it has a section.
    pub(super) fn of(&self, target: &str, profile: &str) -> Option<&[Entry]> {
        self.platforms.get(&(target.to_owned(), profile.to_owned())).map(Vec::as_slice)
    }

    /// How far the figure of a key may be from the saved one.
    pub(super) fn allowance(&self, entry: &Entry, key: &str, saved: i64) -> i64 {
        if !key.ends_with("bytes") {
            return 0;
        }
        entry.tolerance.unwrap_or(self.tolerance).around(saved)
    }

    /// `x86_64-linux-gnu, dev`, for each section.
    pub(super) fn sections(&self) -> BTreeSet<String> {
        self.platforms.keys().map(|(target, profile)| format!("{target}, {profile}")).collect()
    }
}
