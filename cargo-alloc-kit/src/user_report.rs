//! A report that the user asks test processes for: they write it where this command reads it, and it is handed on.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{self, PathBuf};

use crate::exit::Failure;

/// The file that `ALLOC_KIT_REPORT` names.
#[derive(Debug)]
pub(crate) struct UserReport {
    path: PathBuf,
}

impl UserReport {
    pub(crate) const VARIABLE: &str = "ALLOC_KIT_REPORT";

    /// The one that the environment asks for. A relative path is one of this command's folder.
    pub(crate) fn asked_for() -> Result<Option<Self>, Failure> {
        let Some(path) = env::var_os(Self::VARIABLE).filter(|path| !path.is_empty()) else { return Ok(None) };
        let report = Self { path: path::absolute(&path).unwrap_or_else(|_| path.into()) };
        // Before the tests run. What opens for writing alone may wait for its reader: a pipe.
        if report.path.exists() && !report.path.is_file() {
            return Ok(Some(report));
        }
        report.open().map_err(|error| report.failure(&error))?;
        Ok(Some(report))
    }

    /// Puts what the test processes wrote behind what it has.
    pub(crate) fn append(&self, records: &[u8]) -> Result<(), Failure> {
        if records.is_empty() {
            return Ok(());
        }
        let mut text = records.to_owned();
        if text.last() != Some(&b'\n') {
            text.push(b'\n');
        }
        self.open().and_then(|mut file| file.write_all(&text)).map_err(|error| self.failure(&error))
    }

    fn open(&self) -> io::Result<File> {
        OpenOptions::new().append(true).create(true).open(&self.path)
    }

    fn failure(&self, error: &io::Error) -> Failure {
        Failure::unusable(format!("cannot write to {}={}: {error}", Self::VARIABLE, self.path.display()))
    }
}
