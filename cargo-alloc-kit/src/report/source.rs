//! The lines of the source that stacks lead through, as far as the files are at hand when the report is made. Only files of the
//! workspace are read: a record says which, and it may be anybody's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::frames::is_own;
use crate::record::Frame;
use crate::untrusted;
use crate::view::Platform;

/// What no source file has.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// Lines by file and number.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Sources(BTreeMap<String, BTreeMap<u32, String>>);

impl Sources {
    /// Those of all breaches.
    pub(super) fn of(platforms: &[Platform], root: &Path) -> Self {
        let mut wanted: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        let budgets = platforms.iter().flat_map(|platform| &platform.budgets);
        let places = budgets.flat_map(|budget| &budget.seen.breaches).flat_map(|breach| &breach.places);
        for frame in places.flat_map(|place| &place.stack) {
            if let (Some(file), Some(line)) = (&frame.file, frame.line) {
                wanted.entry(file).or_default().insert(line);
            }
        }
        let Ok(root) = root.canonicalize() else { return Self::default() };
        let lines_of = |(file, wanted): (&str, BTreeSet<u32>)| {
            let text = read(&root, file)?;
            let lines = text.lines().zip(1..).filter(|(_, number)| wanted.contains(number));
            Some((file.to_owned(), lines.map(|(line, number)| (number, untrusted::text_of(line))).collect()))
        };
        Self(wanted.into_iter().filter_map(lines_of).collect())
    }

    /// The line that a frame is in.
    pub(super) fn line(&self, frame: &Frame) -> Option<&str> {
        let line = self.0.get(frame.file.as_ref()?)?.get(&frame.line?)?;
        Some(line.trim_end())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn read(root: &Path, file: &str) -> Option<String> {
    // A link could lead out of the workspace.
    let path = Some(file).filter(|file| is_own(file)).and_then(|file| root.join(file).canonicalize().ok())?;
    let is_inside = path.starts_with(root) && path.extension().is_some_and(|ending| ending == "rs");
    let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
    (is_inside && metadata.len() <= MOST_BYTES).then(|| fs::read_to_string(path).ok()).flatten()
}
