//! The report for a terminal.

use std::fmt::Write;

use super::By;
use crate::audit::model::Audit;

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) top: usize,
    pub(super) all: bool,
    pub(super) by: By,
}

pub(super) fn of(audit: &Audit, look: Look) -> String {
    let mut text = String::new();
    for entry in audit.entries.iter().take(look.top) {
        let _ = writeln!(text, "{}:{} {}", entry.finding.file, entry.span().line, entry.finding.message);
    }
    text
}
