//! A heap profile as dhat (the crate) and `valgrind --tool=dhat` write it: program points with their stacks.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::stacks::{Of, Stack, Stacks};
use crate::exit::Failure;
use crate::untrusted;

/// The version of the file that is read.
const VERSION: u64 = 2;

#[derive(Deserialize)]
struct Profile {
    mode: String,
    #[serde(default)]
    cmd: String,
    pps: Vec<Point>,
    ftbl: Vec<String>,
}

/// Where something was allocated.
#[derive(Deserialize)]
struct Point {
    /// Bytes, in all.
    tb: u64,
    /// Blocks, in all.
    tbk: u64,
    /// Frames by their numbers, the innermost first.
    fs: Vec<usize>,
}

/// The stacks of a profile.
pub(super) fn read(path: &Path) -> Result<Stacks, Failure> {
    let text = fs::read(path)
        .map_err(|error| Failure::unusable(format!("cannot read {}: {error}", path.display())))?;
    parse(&text).map_err(|why| {
        Failure::unusable(format!("{}: {why}", path.display()))
            .help("`--dhat` takes the heap profile that the crate dhat, or `valgrind --tool=dhat`, writes")
    })
}

fn parse(text: &[u8]) -> Result<Stacks, String> {
    if text.trim_ascii().is_empty() {
        return Err("is empty".to_owned());
    }
    let value: Value = serde_json::from_slice(text).map_err(|error| {
        let what = if error.is_eof() { "cut off" } else { "no DHAT file" };
        format!("is {what}: {error}")
    })?;
    match value.get("dhatFileVersion").map(Value::as_u64) {
        Some(Some(VERSION)) => {}
        Some(Some(version)) => {
            return Err(format!("is a DHAT file of version {version}, and version {VERSION} is known here"));
        }
        Some(None) | None => return Err("is no DHAT file: it has no `dhatFileVersion`".to_owned()),
    }
    let profile = Profile::deserialize(value).map_err(|error| format!("is no DHAT file: {error}"))?;
    if !matches!(profile.mode.as_str(), "heap" | "rust-heap") {
        return Err(format!("is of the mode `{}`, which counts no allocations", profile.mode));
    }
    let names: Vec<String> = profile.ftbl.iter().map(|frame| name(frame)).collect();
    let mut all = Vec::with_capacity(profile.pps.len());
    for Point { tb, tbk, fs } in profile.pps {
        let frame = |number: &usize| {
            let missing = || format!("has no frame {number}, which a program point names");
            names.get(*number).cloned().ok_or_else(missing)
        };
        let mut frames = fs.iter().rev().map(frame).collect::<Result<Vec<_>, _>>()?;
        if frames.is_empty() {
            frames.push("(unknown)".to_owned());
        }
        all.push(Stack { frames, allocations: tbk, bytes: tb });
    }
    Ok(Stacks { of: Of::Dhat(untrusted::text_of(&profile.cmd)), all })
}

/// `app::parse (src/parse.rs:6:9)` of `0x5577: app::parse (src/parse.rs:6:9)`.
fn name(frame: &str) -> String {
    let name = match frame.split_once(": ") {
        Some((address, name)) if address.starts_with("0x") => name,
        _ => frame,
    };
    untrusted::text_of(name)
}
