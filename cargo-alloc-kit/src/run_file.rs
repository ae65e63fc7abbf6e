//! The file of a run: shards by their ids. Putting files together is the union of their shards, so it does not matter in which
//! order, how grouped or how often; what is shown is made of them afterwards.
//!
//! A file of records, as test processes write it, is read as the shards that it makes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exit::Failure;
use crate::how_run::HowRun;
use crate::record_file::Parsed;
use crate::shard::Shard;
pub(crate) use crate::whole::write_whole;

/// The version of the file.
const VERSION: u64 = 1;

/// What is known to lack, in words: of processes that did not get to say all.
pub(crate) type Lost = BTreeSet<String>;

/// What was seen in one or more runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunFile {
    pub(crate) shards: BTreeMap<String, Shard>,
    pub(crate) lost: Lost,
    /// Why what it says may be of a source that is no more: a later run came to nothing.
    pub(crate) superseded: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Text {
    alloc_kit_run: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    superseded: Option<String>,
    shards: Vec<Shard>,
    #[serde(default, skip_serializing_if = "Lost::is_empty")]
    lost: Lost,
}

impl RunFile {
    /// Of shards with different ids.
    pub(crate) fn of(shards: impl IntoIterator<Item = Shard>) -> Self {
        let shards = shards.into_iter().map(|shard| (shard.id.clone(), shard)).collect();
        Self { shards, ..Self::default() }
    }

    /// The same, of which it is known how its tests were run.
    pub(crate) fn run_as(mut self, how: &HowRun) -> Self {
        for shard in self.shards.values_mut() {
            shard.run = Some(how.clone());
        }
        self
    }

    /// The shards of both. One that is in both is the same in both, or one of the files was changed.
    pub(crate) fn merge(&mut self, other: RunFile) -> Result<(), Failure> {
        self.add(other.shards.into_values()).map_err(Failure::unusable)?;
        self.lost.extend(other.lost);
        // The least of several, so that it does not matter which came first.
        self.superseded = match (self.superseded.take(), other.superseded) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Ok(())
    }

    fn add(&mut self, shards: impl Iterator<Item = Shard>) -> Result<(), String> {
        for mut shard in shards {
            match self.shards.get_mut(&shard.id) {
                Some(known) => {
                    // The records of a run do not say how it was run, its file does.
                    let how = known.run.take().or_else(|| shard.run.clone());
                    if shard.run.is_none() {
                        shard.run.clone_from(&how);
                    }
                    known.run = how;
                    if *known != shard {
                        return Err(format!(
                            "there are two different shards {}: of the same processes another file says something \
                             else, since one of both has a part of their lines, or was changed",
                            shard.id
                        ));
                    }
                }
                None => {
                    self.shards.insert(shard.id.clone(), shard);
                }
            }
        }
        Ok(())
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
        if text.trim_ascii().is_empty() {
            return Err(foreign("is empty".to_owned()));
        }
        // Of a run it is one value, of records one a line.
        match serde_json::from_slice::<Value>(text) {
            Ok(value) if value.get("alloc_kit").is_none() => Self::of_value(value).map_err(foreign),
            Err(error) if is_of_a_run(text) => {
                let fate = if error.is_eof() { "is cut off" } else { "was changed" };
                Err(foreign(format!("is a file of a run, and {fate}: {error}")))
            }
            _ => {
                let parsed = Parsed::of(text).map_err(foreign)?;
                if parsed.records.is_empty() {
                    return Err(foreign(match parsed.cut.first() {
                        Some(line) => {
                            format!("is cut off in line {line}, and has no whole record of alloc-kit")
                        }
                        None => "has no record of alloc-kit".to_owned(),
                    }));
                }
                let lost = parsed.lost(&path.display().to_string());
                Ok(Self { lost, ..Self::of(parsed.records.into_shards(profile)) })
            }
        }
    }

    fn of_value(value: Value) -> Result<Self, String> {
        match value.get("alloc_kit_run").and_then(Value::as_u64) {
            Some(VERSION) => {
                let text = Text::deserialize(value).map_err(|error| error.to_string())?;
                let mut run = Self { lost: text.lost, ..Self::default() };
                run.add(text.shards.into_iter())?;
                run.superseded = text.superseded;
                Ok(run)
            }
            Some(version) => Err(format!(
                "is of version {version}, and this `cargo alloc-kit` knows version {VERSION}: \
                 write it and read it with one version"
            )),
            None => Err("is JSON, and no file of a run".to_owned()),
        }
    }

    /// What is written.
    pub(crate) fn json(&self) -> String {
        let text = Text {
            alloc_kit_run: VERSION,
            superseded: self.superseded.clone(),
            shards: self.shards.values().cloned().collect(),
            lost: self.lost.clone(),
        };
        let json = serde_json::to_string(&text);
        // All keys are texts.
        json.map_or_else(|error| unreachable!("{error}"), |json| json + "\n")
    }

    /// Marks what is kept as of an earlier run than the last one. What is there and can't be read is not touched.
    pub(crate) fn supersede(path: &Path, why: &str) -> Result<(), Failure> {
        let Ok(mut run) = Self::read(path) else { return Ok(()) };
        run.superseded = Some(why.to_owned());
        run.write(path)
    }

    /// Writes it, as a whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        write_whole(path, self.json().as_bytes())
    }
}

/// Whether a text that is no JSON starts as a file of a run does, also one that somebody has formatted.
fn is_of_a_run(text: &[u8]) -> bool {
    const KEY: &[u8] = b"\"alloc_kit_run\"";
    let Some(after) = text.trim_ascii_start().strip_prefix(b"{") else { return false };
    let rest = after.trim_ascii_start();
    // Cut within the key: of the keys of records, which have nothing before them, one starts likewise.
    let is_part = KEY.starts_with(rest) && (rest.len() > b"\"alloc_kit".len() || rest.len() < after.len());
    rest.starts_with(KEY) || is_part
}
