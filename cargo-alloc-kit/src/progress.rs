//! What is known so far, from the records that are there already.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::blocks::{counted, counted_as};
use crate::record::{Process, Record, Site, Verdict};
use crate::record_file::Line;

/// A file of records that grows.
#[derive(Debug)]
pub(crate) struct Progress {
    records: PathBuf,
    /// How much of it was read, in whole lines.
    read: u64,
    processes: BTreeSet<Process>,
    budgets: BTreeSet<Site>,
    broken: BTreeSet<Site>,
    status: Option<String>,
}

impl Progress {
    pub(crate) fn of(records: &Path) -> Self {
        Self {
            records: records.to_owned(),
            read: 0,
            processes: BTreeSet::new(),
            budgets: BTreeSet::new(),
            broken: BTreeSet::new(),
            status: None,
        }
    }

    /// Reads on, and says what is known; nothing before the first process has reported.
    pub(crate) fn update(&mut self) -> Option<&str> {
        let before = self.read;
        // What can't be read now is read at the end, and said then.
        if let Some(lines) = self.new_lines() {
            for line in lines.split(|byte| *byte == b'\n') {
                for record in Line::of(line).unwrap_or_default().records {
                    self.add(record);
                }
            }
        }
        if self.read > before {
            self.status = Some(self.text());
        }
        self.status.as_deref()
    }

    fn new_lines(&mut self) -> Option<Vec<u8>> {
        let mut file = File::open(&self.records).ok()?;
        file.seek(SeekFrom::Start(self.read)).ok()?;
        let mut lines = Vec::new();
        file.read_to_end(&mut lines).ok()?;
        let whole = lines.iter().rposition(|byte| *byte == b'\n')? + 1;
        lines.truncate(whole);
        self.read += whole as u64;
        Some(lines)
    }

    fn add(&mut self, record: Record) {
        let Record::Function(function) = record else { return };
        if function.verdict == Verdict::Broken {
            self.broken.insert(function.site.clone());
        }
        self.budgets.insert(function.site);
        self.processes.insert(function.process);
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{:>12} {} in {}",
            "Checked",
            counted(self.budgets.len() as u64, "budget"),
            counted_as(self.processes.len() as u64, "test process", "test processes")
        );
        match self.broken.len() {
            0 => text += ", none broken so far",
            broken => drop(write!(text, ", {broken} broken so far")),
        }
        text
    }
}
