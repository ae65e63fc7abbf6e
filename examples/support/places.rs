//! The lines of a program that allocate most: a job is done under dhat, and its heap profile is read back.
//!
//! For a look at all of it there is `dh_view`, which loads the file that is left.

use crate::support::thousands;
use alloc_kit::dhat::Profiler;
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hint::black_box;

/// What a line allocated.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    blocks: u64,
    bytes: u64,
    at_peak: u64,
}

/// Does the job, and prints what each line of the sources in `folder` allocated, most blocks first: of a call chain, the innermost
/// line that is there. The profile is `file`, in the working folder.
///
/// # Errors
///
/// Where the profile cannot be written or read.
pub(crate) fn print<T>(what: &str, folder: &str, file: &str, job: impl FnOnce() -> T) -> Result<(), String> {
    let places = places(folder, file, job)?;
    let all: u64 = places.iter().map(|(_, place)| place.blocks).sum();
    println!("{what}: {} blocks", thousands(all));
    println!("   blocks       bytes  at the peak  line");
    for (line, place) in places {
        let [blocks, bytes, at_peak] = [place.blocks, place.bytes, place.at_peak].map(thousands);
        println!("{blocks:>9} {bytes:>11} {at_peak:>12}  {line}");
    }
    Ok(())
}

fn places<T>(folder: &str, file: &str, job: impl FnOnce() -> T) -> Result<Vec<(String, Place)>, String> {
    // dhat prints why it could not write the file, and goes on; it is better known before.
    File::create(file).map_err(|why| format!("cannot write {file}: {why}"))?;
    let profiler = Profiler::builder().file_name(file).build();
    let result = black_box(job());
    drop(profiler);
    drop(result);
    let text = fs::read_to_string(file).map_err(|why| format!("cannot read {file}: {why}"))?;
    let profile: Value = serde_json::from_str(&text).map_err(|why| format!("{file} is no profile: {why}"))?;
    let mut places: Vec<_> = by_line(&profile, folder).into_iter().collect();
    places.sort_by_key(|(_, place)| Reverse(place.blocks));
    Ok(places)
}

/// A profile has program points (`pps`), each with its frames (`fs`) as indices of a table (`ftbl`), the innermost first.
fn by_line(profile: &Value, folder: &str) -> BTreeMap<String, Place> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let mut places = BTreeMap::<String, Place>::new();
    for point in list(&profile["pps"]) {
        let frames = list(&point["fs"]);
        let mut frames = frames.iter().filter_map(|frame| {
            let index = usize::try_from(frame.as_u64()?).ok()?;
            profile["ftbl"].get(index)?.as_str()
        });
        let line =
            frames.find_map(|frame| Some(frame.split_once(folder)?.1.trim_end_matches(')').to_owned()));
        let place = places.entry(line.unwrap_or_else(|| "elsewhere".to_owned())).or_default();
        place.blocks += number(&point["tbk"]);
        place.bytes += number(&point["tb"]);
        place.at_peak += number(&point["gb"]);
    }
    places
}
