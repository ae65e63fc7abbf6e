//! The file of a run: shards by their ids. Putting files together is the union of their shards, so it does not matter in which
//! order, how grouped or how often; what is shown is made of them afterwards.
//!
//! A file of records, as test processes write it, is read as the shards that it makes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exit::Failure;
use crate::record::{Record, SCHEMA};
use crate::shard::{Records, Shard};

/// The version of the file.
const VERSION: u64 = 1;

/// What was seen in one or more runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunFile {
    pub(crate) shards: BTreeMap<String, Shard>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Text {
    alloc_kit_run: u64,
    shards: Vec<Shard>,
}

impl RunFile {
    /// Of shards.
    pub(crate) fn of(shards: impl IntoIterator<Item = Shard>) -> Self {
        Self { shards: shards.into_iter().map(|shard| (shard.id.clone(), shard)).collect() }
    }

    /// The shards of both.
    pub(crate) fn merge(&mut self, other: RunFile) {
        self.shards.extend(other.shards);
    }

    /// Whether no process said anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.shards.values().all(|shard| shard.budgets.is_empty())
    }

    /// Reads a file of a run, or of records.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read(path)
            .map_err(|error| Failure::unusable(format!("cannot read {}: {error}", path.display())))?;
        Self::parse(&text, path, None)
    }

    /// Of what a file holds; `profile` is that of the build of records.
    pub(crate) fn parse(text: &[u8], path: &Path, profile: Option<&str>) -> Result<Self, Failure> {
        let foreign = |why: String| {
            Failure::unusable(format!("{}: {why}", path.display()))
                .help("it takes what `cargo alloc-kit test` keeps, and what ALLOC_KIT_REPORT asks test processes for")
        };
        let text = str::from_utf8(text).map_err(|error| foreign(format!("not text: {error}")))?;
        if text.trim().is_empty() {
            return Err(foreign("is empty".to_owned()));
        }
        // Of a run it is one value, of records one a line.
        if let Ok(value) = serde_json::from_str::<Value>(text)
            && value.get("alloc_kit").is_none()
        {
            let version = value.get("alloc_kit_run").and_then(Value::as_u64);
            return match version {
                Some(VERSION) => {
                    let text = Text::deserialize(value).map_err(|error| foreign(error.to_string()))?;
                    Ok(Self::of(text.shards))
                }
                Some(version) => Err(foreign(format!(
                    "is of version {version}, and this `cargo alloc-kit` knows version {VERSION}"
                ))),
                None => Err(foreign("is no file of a run".to_owned())),
            };
        }
        let records = records(text).map_err(foreign)?;
        Ok(Self::of(records.into_shards(profile)))
    }

    /// Writes it, as a whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = Text { alloc_kit_run: VERSION, shards: self.shards.values().cloned().collect() };
        let mut json = serde_json::to_string(&text)
            .map_err(|error| Failure::unusable(format!("cannot write {}: {error}", path.display())))?;
        json.push('\n');
        write_whole(path, json.as_bytes())
    }
}

/// The lines of a file of records. One that does not end was cut off by a kill, and the rest is whole.
fn records(text: &str) -> Result<Records, String> {
    let mut records = Records::default();
    let mut known = 0;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = |why: String| format!("line {}: {why}", number + 1);
        let value: Value = match serde_json::from_str(line) {
            Ok(value) => value,
            Err(error) if error.is_eof() => continue,
            Err(error) => return Err(at(format!("no JSON: {error}"))),
        };
        match value.get("alloc_kit").and_then(Value::as_u64) {
            Some(SCHEMA) => {}
            Some(version) => {
                return Err(at(format!(
                    "is of version {version} of the report, and this `cargo alloc-kit` knows version {SCHEMA}"
                )));
            }
            None => return Err(at("is no record of alloc-kit".to_owned())),
        }
        records.add(Record::deserialize(value).map_err(|error| at(error.to_string()))?);
        known += 1;
    }
    if known == 0 { Err("has no record of alloc-kit".to_owned()) } else { Ok(records) }
}

/// Writes a file beside it first, so that the old one is there until the new one is whole.
pub(crate) fn write_whole(path: &Path, text: &[u8]) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let mut beside = path.to_owned().into_os_string();
        beside.push(format!(".{}.new", std::process::id()));
        let mut file = fs::File::create(&beside)?;
        let written =
            file.write_all(text).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written
    };
    write().map_err(|error| Failure::unusable(format!("cannot write {}: {error}", path.display())))
}
