//! Whether a profile is of the files as they are: by the sums that the capture kept, or else by whether its frames can be of them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::symbols;
use crate::audit::capture::{Recorded, sum};
use crate::audit::model::Note;
use crate::audit::profile::{Frame, Profile, v8};
use crate::audit::walk::File;

/// Sums of files, each taken once.
#[derive(Default)]
pub(super) struct Sums(HashMap<String, Option<String>>);

impl Sums {
    /// Why a file is another than the capture saw, if it is; `Err` where the capture does not know it.
    pub(super) fn differs(&mut self, file: &File, recorded: &Recorded) -> Result<Option<String>, ()> {
        let was = recorded_sum(file, recorded).ok_or(())?;
        let path = &file.path;
        let is =
            self.0.entry(file.shown.clone()).or_insert_with(|| fs::read(path).ok().map(|bytes| sum(&bytes)));
        Ok((is.as_deref() != Some(was)).then(|| "it has changed since the profile was captured".to_owned()))
    }
}

/// Why what ran was made of another state of a file than the capture saw.
pub(super) fn built_before(file: &File, recorded: &Recorded) -> Option<String> {
    let is_changed = recorded_name(file, recorded).is_some_and(|name| recorded.changed.contains(&name));
    is_changed.then(|| "it had changed since what ran was built: build it, and capture anew".to_owned())
}

fn recorded_sum<'r>(file: &File, recorded: &'r Recorded) -> Option<&'r str> {
    recorded.sources.get(&recorded_name(file, recorded)?).map(String::as_str)
}

/// By the path from where it was captured, or as it is shown if that folder is not here.
fn recorded_name(file: &File, recorded: &Recorded) -> Option<String> {
    let slashed = |path: &Path| path.to_string_lossy().replace('\\', "/");
    let whole = fs::canonicalize(&file.path).ok();
    let below = whole.as_deref().and_then(|path| path.strip_prefix(&recorded.root).ok()).map(slashed);
    match below {
        Some(below) => Some(below),
        None if recorded.root.exists() => None,
        None => Some(file.shown.clone()),
    }
}

/// That files are newer than a profile of which there is no capture: whether they changed since it was recorded, nobody knows.
pub(super) fn doubt<'f>(profile: &Profile, files: impl Iterator<Item = &'f File>) -> Option<Note> {
    const MOST: usize = 3;
    let is_newer = |file: &&File| {
        let modified = fs::metadata(&file.path).and_then(|of| of.modified()).ok();
        modified.zip(profile.written).is_some_and(|(modified, written)| modified > written)
            || fs::canonicalize(&file.path).is_ok_and(|path| profile.newer.contains(&*path.to_string_lossy()))
    };
    let newer: Vec<&str> = files.filter(is_newer).map(|file| file.shown.as_str()).collect();
    let names = newer[..newer.len().min(MOST)].join(", ");
    let more = newer.len().saturating_sub(MOST);
    let (names, what) = match (newer.len(), more) {
        (0, _) => return None,
        (1, _) => (names, "is newer than what was profiled: if it was changed since, its lines are off"),
        (_, 0) => {
            (names, "are newer than what was profiled: if they were changed since, their lines are off")
        }
        (_, more) => (
            format!("{names} and {more} more"),
            "are newer than what was profiled: if they were changed since, their lines are off",
        ),
    };
    Some(Note { kind: "stale", text: format!("{}: {names} {what}", profile.file) })
}

/// What speaks for and against a file's being the one that was profiled, frame by frame.
#[derive(Clone, Debug, Default)]
pub(super) struct Plausible {
    fitting: usize,
    not_fitting: usize,
    /// The first line beyond the file's end, or the first that does not fit.
    beyond: Option<u32>,
    example: Option<(String, u32)>,
}

impl Plausible {
    pub(super) fn add(&mut self, file: &File, frame: &Frame) {
        let Some(line) = frame.line else { return };
        if line > file.scanned.lines {
            self.beyond = self.beyond.max(Some(line));
            return;
        }
        let fits = if frame.is_start {
            Some(starts(file, line, frame.column, symbols::name(&frame.function)))
        } else {
            symbols::fits(&file.scanned, line, &frame.function)
        };
        match fits {
            Some(true) => self.fitting += 1,
            Some(false) => {
                self.not_fitting += 1;
                self.example.get_or_insert_with(|| (frame.function.clone(), line));
            }
            None => {}
        }
    }

    /// Why the profile can't be of the file as it is. Macros make functions that no tree shows, so one that does not fit
    /// among others that do says nothing.
    pub(super) fn why_not(&self, lines: u32) -> Option<String> {
        if let Some(line) = self.beyond {
            return Some(format!("the profile has its line {line}, and it has {lines} lines"));
        }
        let (function, line) = self.example.as_ref().filter(|_| self.not_fitting > self.fitting)?;
        Some(format!("the profile has `{function}` at its line {line}, where there is another function"))
    }
}

/// Whether a function starts there, or a class that has one which nobody wrote; the script itself starts at its first line.
fn starts(file: &File, line: u32, column: Option<u32>, name: Option<&str>) -> bool {
    let mut functions = file.scanned.functions.iter();
    let mut classes = file.scanned.classes.iter();
    (line == 1 && column.is_none_or(|column| column == 1))
        || classes.any(|class| column.is_some_and(|column| v8::is_at(class, line, column)))
        || functions.any(|function| {
            column.is_some_and(|column| v8::is_at(function, line, column))
                || (function.span.line == line && name.is_none_or(|name| name == function.name))
        })
}
