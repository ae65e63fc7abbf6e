//! What a result presupposes, as text: what is trusted, what is an exception, and what holds of all verdicts.

use std::fmt::Write;

use super::result::Proof;
use super::show::Look;
use super::words::{self, wrapped};
use crate::blocks::{counted, counted_as};
use crate::shell::BOLD;
use crate::untrusted::line_of;

/// How wide lines of prose are where there is no terminal.
pub(super) const WIDTH: usize = 120;

/// What the user has said, every time.
pub(super) fn trusted(proof: &Proof) -> String {
    let mut text = String::new();
    if !proof.trust.all.is_empty() {
        let _ = writeln!(text, "\n{BOLD}Trusted, not looked at{BOLD:#}:");
    }
    for entry in &proof.trust.all {
        let of = counted(entry.functions, "function");
        let calls = counted_as(entry.calls, "call was not followed", "calls were not followed");
        let _ = writeln!(text, "  {}: {of}, {calls} ({})", line_of(&entry.function), line_of(&entry.reason));
    }
    let mut exceptions: Vec<String> = proof
        .judged
        .iter()
        .flat_map(|of| &of.exceptions)
        .map(|site| {
            format!("  {}:{} ({})", site.file, site.line, site.allowed.as_deref().unwrap_or_default())
        })
        .map(|line| line_of(&line))
        .collect();
    exceptions.sort();
    exceptions.dedup();
    if !exceptions.is_empty() {
        let _ = writeln!(
            text,
            "\n{BOLD}Exceptions in the source, not looked at{BOLD:#}:\n{}",
            exceptions.join("\n")
        );
    }
    text
}

pub(super) fn assumptions(proof: &Proof, look: Look) -> String {
    let mut text = format!("\n{BOLD}Verified in the binary, if{BOLD:#}:\n");
    for assumption in words::assumptions(&proof.asked) {
        let _ = writeln!(text, "  - {}", prose(assumption, look, "    "));
    }
    text
}

/// A text in lines, with what it is indented by.
pub(super) fn prose(text: &str, look: Look, indent: &str) -> String {
    wrapped(text, look.width.unwrap_or(WIDTH).min(WIDTH).saturating_sub(indent.len()), indent)
}
