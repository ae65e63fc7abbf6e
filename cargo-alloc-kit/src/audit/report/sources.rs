//! The text of the files that findings and hot lines are in, for what is shown of them and for what tells them apart.

use std::collections::BTreeMap;
use std::fs;

use crate::audit::model::Audit;
use crate::audit::read::MOST_BYTES;

/// Lines by file, as the files are now, which is as they were scanned.
#[derive(Debug, Default)]
pub(super) struct Sources(BTreeMap<String, Vec<String>>);

impl Sources {
    /// Those of an audit. What cannot be read any more is left out.
    pub(super) fn of(audit: &Audit) -> Self {
        let mut sources = Self::default();
        let findings = audit.entries.iter().map(|entry| &*entry.finding.file);
        for file in findings.chain(audit.hot.iter().map(|hot| hot.file.as_str())) {
            if sources.0.contains_key(file) {
                continue;
            }
            let is_small = fs::metadata(file).is_ok_and(|known| known.is_file() && known.len() <= MOST_BYTES);
            let text = if is_small { fs::read_to_string(file).unwrap_or_default() } else { String::new() };
            sources.add(file, &text);
        }
        sources
    }

    pub(super) fn add(&mut self, file: &str, text: &str) {
        self.0.insert(file.to_owned(), text.lines().map(str::to_owned).collect());
    }

    /// The lines with their numbers, from the first to the last one that there is.
    pub(super) fn lines(&self, file: &str, first: u32, last: u32) -> Vec<(u32, &str)> {
        let of_file = self.0.get(file).map_or(&[][..], Vec::as_slice);
        let numbered = of_file.iter().zip(1..).filter(|(_, number)| (first..=last).contains(number));
        numbered.map(|(line, number)| (number, line.as_str())).collect()
    }

    pub(super) fn line(&self, file: &str, line: u32) -> Option<&str> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        self.0.get(file)?.get(index).map(String::as_str)
    }
}
