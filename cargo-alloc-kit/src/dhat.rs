//! DHAT's format, version 2, as the dhat crate, `valgrind --tool=dhat` and `audit capture` write it: program points with their
//! stacks. What is read here is only made of texts and numbers that hold together; what frames mean is for others.
//!
//! A file may have hundreds of megabytes: it is read straight into these types, and what is not asked for is passed over.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use crate::untrusted;

/// The version of the file that is read.
const VERSION: u64 = 2;

/// A file that holds together: frames that points name are there, and sums are numbers.
#[derive(Debug, Default)]
pub(crate) struct Dhat {
    /// `heap` of valgrind, `rust-heap` of the dhat crate.
    pub(crate) mode: String,
    pub(crate) command: String,
    /// The time of the end, in the file's own unit.
    pub(crate) end: Option<u64>,
    pub(crate) points: Vec<Point>,
    /// `app::parse (src/parse.rs:6:9)`, without the address.
    pub(crate) frames: Vec<String>,
    pub(crate) own: Option<Own>,
}

/// Where something was allocated.
#[derive(Debug, Deserialize)]
pub(crate) struct Point {
    /// Bytes, in all.
    pub(crate) tb: u64,
    /// Blocks, in all. Others than DHAT may not know them.
    pub(crate) tbk: Option<u64>,
    /// The lifetimes of all blocks together.
    pub(crate) tl: Option<u64>,
    /// The most bytes and blocks that were live of it at a time.
    pub(crate) mb: Option<u64>,
    pub(crate) mbk: Option<u64>,
    /// Bytes that were live of it at the global peak, and at the end.
    pub(crate) gb: Option<u64>,
    pub(crate) eb: Option<u64>,
    /// Bytes that were read from and written to it.
    pub(crate) rb: Option<u64>,
    pub(crate) wb: Option<u64>,
    /// Frames by their numbers, the innermost first.
    pub(crate) fs: Vec<usize>,
}

/// What `audit capture` adds.
#[derive(Debug, Deserialize)]
pub(crate) struct Own {
    pub(crate) origin: String,
    pub(crate) languages: Vec<String>,
    #[serde(default)]
    pub(crate) limits: Vec<String>,
    /// Why it has less than what was allocated.
    #[serde(default)]
    pub(crate) partial: Option<String>,
}

#[derive(Deserialize)]
struct File<'t> {
    #[serde(rename = "dhatFileVersion")]
    version: Option<Value>,
    mode: Option<String>,
    #[serde(default)]
    cmd: String,
    te: Option<u64>,
    pps: Option<Vec<Point>>,
    #[serde(borrow)]
    ftbl: Option<Vec<Text<'t>>>,
    #[serde(rename = "alloc-kit")]
    own: Option<Own>,
}

/// What a file must have before anything else of it is looked at.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "dhatFileVersion")]
    version: Option<Value>,
    mode: Option<Value>,
}

/// Borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'t>(#[serde(borrow)] Cow<'t, str>);

impl Dhat {
    /// Says what is wrong as what follows the file's name.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        if text.trim_ascii().is_empty() {
            return Err("is empty".to_owned());
        }
        let file = serde_json::from_slice::<File<'_>>(text).map_err(|error| why_not(text, &error))?;
        check_version(file.version.as_ref())?;
        let mode = file.mode.ok_or("is no DHAT file: it has no `mode`")?;
        check_mode(&mode)?;
        let points = file.pps.ok_or("is no DHAT file: it has no `pps`")?;
        let frames = file.ftbl.ok_or("is no DHAT file: it has no `ftbl`")?;
        check(&points, frames.len())?;
        let frames = frames.iter().map(|Text(frame)| untrusted::text_of(without_address(frame))).collect();
        let command = untrusted::text_of(&file.cmd);
        Ok(Self { mode, command, end: file.te, points, frames, own: file.own })
    }
}

/// What it is that could not be read: a version or a mode that is known to be another says more than a field that is missing.
fn why_not(text: &[u8], error: &serde_json::Error) -> String {
    if error.is_eof() {
        return format!("is cut off: {error}");
    }
    if error.is_syntax() {
        return format!("is no DHAT file: {error}");
    }
    let head = serde_json::from_slice::<Head>(text).unwrap_or(Head { version: None, mode: None });
    let mode = head.mode.as_ref().and_then(Value::as_str);
    let known = check_version(head.version.as_ref()).and_then(|()| mode.map_or(Ok(()), check_mode));
    known.err().unwrap_or_else(|| format!("is no DHAT file: {error}"))
}

fn check_version(version: Option<&Value>) -> Result<(), String> {
    match version.map(Value::as_u64) {
        Some(Some(VERSION)) => Ok(()),
        Some(Some(version)) => {
            Err(format!("is a DHAT file of version {version}, and version {VERSION} is known here"))
        }
        Some(None) | None => Err("is no DHAT file: it has no `dhatFileVersion`".to_owned()),
    }
}

fn check_mode(mode: &str) -> Result<(), String> {
    if matches!(mode, "heap" | "rust-heap") {
        return Ok(());
    }
    Err(format!("is of the mode `{}`, which counts no allocations", untrusted::text_of(mode)))
}

/// That frames are there, and that sums are no more than numbers can be.
fn check(points: &[Point], frames: usize) -> Result<(), String> {
    let (mut bytes, mut blocks) = (0_u64, 0_u64);
    for point in points {
        if let Some(number) = point.fs.iter().find(|number| **number >= frames) {
            return Err(format!("has no frame {number}, which a program point names"));
        }
        let sums = bytes.checked_add(point.tb).zip(blocks.checked_add(point.tbk.unwrap_or(0)));
        (bytes, blocks) = sums.ok_or("has more bytes or blocks than a number can be: it is damaged")?;
    }
    Ok(())
}

/// `app::parse (src/parse.rs:6:9)` of `0x5577: app::parse (src/parse.rs:6:9)`.
fn without_address(frame: &str) -> &str {
    match frame.split_once(": ") {
        Some((address, name)) if address.starts_with("0x") => name,
        _ => frame,
    }
}
