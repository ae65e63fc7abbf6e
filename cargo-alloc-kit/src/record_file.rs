//! The file that `ALLOC_KIT_REPORT` asks test processes for, line by line.

use std::str::Utf8Error;

use serde::Deserialize;
use serde_json::Value;

use crate::record::{Record, SCHEMA};
use crate::shard::Records;

/// What a file of records says.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) records: Records,
    /// Numbers of lines that a kill cut off; the rest is whole.
    pub(crate) cut: Vec<usize>,
}

/// A line.
pub(crate) enum Line {
    Record(Box<Record>),
    Blank,
    /// It does not end: its process was killed meanwhile.
    Cut,
}

impl Parsed {
    /// Reads all lines. The error says which one is wrong.
    pub(crate) fn of(text: &[u8]) -> Result<Self, String> {
        let mut parsed = Self { records: Records::default(), cut: Vec::new() };
        let mut known = 0_usize;
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            match Line::of(line).map_err(|why| format!("line {}: {why}", index + 1))? {
                Line::Record(record) => {
                    parsed.records.add(*record);
                    known += 1;
                }
                Line::Blank => {}
                Line::Cut => parsed.cut.push(index + 1),
            }
        }
        match parsed.cut.first() {
            _ if known > 0 => Ok(parsed),
            Some(line) => Err(format!("is cut off in line {line}, and has no whole record of alloc-kit")),
            None => Err("has no record of alloc-kit".to_owned()),
        }
    }
}

impl Line {
    /// Of a line without its end.
    pub(crate) fn of(line: &[u8]) -> Result<Self, String> {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(Self::Blank);
        }
        let text = match str::from_utf8(line) {
            Ok(text) => text,
            // In the middle of a character.
            Err(error) if is_cut(&error) && line.starts_with(b"{") => return Ok(Self::Cut),
            Err(error) => return Err(format!("no text: {error}")),
        };
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) if error.is_eof() && text.starts_with('{') => return Ok(Self::Cut),
            Err(error) => return Err(format!("no JSON: {error}")),
        };
        match value.get("alloc_kit").and_then(Value::as_u64) {
            Some(SCHEMA) => {}
            Some(version) => {
                return Err(format!(
                    "is of version {version} of the report, and this `cargo alloc-kit` knows version {SCHEMA}: \
                     use an `alloc-kit` and a `cargo-alloc-kit` of one time"
                ));
            }
            None => return Err("is no record of alloc-kit".to_owned()),
        }
        Record::deserialize(value)
            .map(|record| Self::Record(Box::new(record)))
            .map_err(|error| error.to_string())
    }
}

/// Whether a text ends within a character.
fn is_cut(error: &Utf8Error) -> bool {
    error.error_len().is_none()
}
