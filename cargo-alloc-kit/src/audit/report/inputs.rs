//! What is looked at where the command line does not say: the profile of this folder or of one above it, and the folder in which it was
//! captured.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::PROFILE;
use crate::audit::capture::Recorded;
use crate::audit::model::Note;
use crate::untrusted::text_of;

/// The profiles that are given, or else that of this folder or of one above it. None if there is none.
pub(super) fn profiles(given: &[PathBuf]) -> Vec<PathBuf> {
    if !given.is_empty() {
        return given.to_vec();
    }
    let Ok(here) = env::current_dir() else { return Vec::new() };
    let up = here.ancestors().position(|folder| folder.join(PROFILE).exists());
    up.map(|up| Path::new(&"../".repeat(up)).join(PROFILE)).into_iter().collect()
}

/// The paths that are given, or else this folder; or, where a profile was captured somewhere else, that folder.
pub(super) fn paths(given: &[PathBuf], profiles: &[PathBuf]) -> Vec<PathBuf> {
    if !given.is_empty() {
        return given.to_vec();
    }
    let mut roots: Vec<PathBuf> = profiles.iter().filter_map(|profile| root_of(profile)).collect();
    roots.sort();
    roots.dedup();
    if roots.is_empty() { vec![PathBuf::from(".")] } else { roots }
}

/// The folder in which a profile was captured, if it is there and this folder is not in it. A profile that was copied to below this folder
/// is of what is here.
fn root_of(profile: &Path) -> Option<PathBuf> {
    let here = env::current_dir().and_then(fs::canonicalize).ok()?;
    let profile = fs::canonicalize(profile).ok()?;
    // What cannot be read is said where the profile is.
    let root = fs::canonicalize(Recorded::read(&profile).ok()??.root).ok()?;
    let is_elsewhere = root.starts_with(&here) || !profile.starts_with(&here);
    (root.is_dir() && !here.starts_with(&root) && is_elsewhere).then_some(root)
}

/// That not this folder was scanned, though nothing else was asked for.
pub(super) fn note(given: &[PathBuf], paths: &[PathBuf]) -> Option<Note> {
    let roots: Vec<String> = paths.iter().map(|path| text_of(&path.display().to_string())).collect();
    (given.is_empty() && paths != [Path::new(".")]).then(|| Note {
        kind: "foreign",
        text: format!(
            "no PATH was given, and the profile was captured elsewhere: what was scanned is {}",
            roots.join(", ")
        ),
    })
}
