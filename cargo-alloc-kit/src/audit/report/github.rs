//! The audit as annotations of lines: what was measured as warnings, the most first, hot lines without a rule as notices, and last
//! what must be known of the figures.
//! Hints are no annotations: nobody measured that they cost anything.

use super::words;
use crate::annotation::{Annotation, SHOWN, level, of_no_line, plain};
use crate::audit::model::{Audit, Entry, HotLine, Status};
use crate::untrusted;

/// `prefix` is the way from the repository's folder to this one.
pub(super) fn of(audit: &Audit, prefix: &str) -> String {
    let measured: Vec<Annotation> = audit.entries.iter().filter_map(of_entry).collect();
    let hot: Vec<Annotation> = audit.hot.iter().map(of_hot).collect();
    let notes = of_notes(audit);
    let room = SHOWN - usize::from(!notes.is_empty());
    let mut text = level("warning", "findings that were measured", &measured, prefix, SHOWN);
    text.push_str(&level("notice", "lines that allocate and match no rule", &hot, prefix, room));
    text.push_str(&notes);
    let hints = words::how_many(audit, "hint") + words::how_many(audit, "stale");
    text.push_str(&plain(&words::sentence(audit)));
    if hints > 0 {
        text.push_str(&plain(&format!("{hints} of them were not measured, and are no annotations")));
    }
    text
}

fn of_entry(entry: &Entry) -> Option<Annotation> {
    let Status::Measured { ambiguous, .. } = &entry.status else { return None };
    let finding = &entry.finding;
    let mut lines = vec![format!("{} ({}).", finding.message, words::said(entry))];
    if !entry.evidence.is_empty() {
        lines.push(format!("{}: {}", words::category(entry.category), entry.evidence.join("; ")));
    }
    lines.push(format!("fix: {}", finding.fix));
    if !ambiguous.is_empty() {
        lines.push(format!("not certain: {}", ambiguous.join("; ")));
    }
    if let Some(proposal) = &entry.proposal {
        lines.push(format!("then keep it: {}", proposal.annotation));
    }
    Some(Annotation {
        file: untrusted::text_of(&finding.file),
        line: finding.span.line,
        column: Some(finding.span.column),
        title: finding.rule.id.clone(),
        message: untrusted::text_of(&lines.join("\n")),
    })
}

fn of_hot(hot: &HotLine) -> Annotation {
    let mut message = format!(
        "`{}` allocated {} here, and no rule has a word on it",
        hot.function,
        words::amount(hot.cost)
    );
    if !hot.evidence.is_empty() {
        message.push('\n');
        message.push_str(&hot.evidence.join("; "));
    }
    Annotation {
        file: untrusted::text_of(&hot.file),
        // A line is counted from 1, and where none is known the file is meant.
        line: hot.line.max(1),
        column: None,
        title: "hot line".to_owned(),
        message: untrusted::text_of(&message),
    }
}

/// What must be known of the figures: of no line.
fn of_notes(audit: &Audit) -> String {
    if audit.notes.is_empty() {
        return String::new();
    }
    let texts: Vec<String> = audit.notes.iter().map(|note| untrusted::text_of(&note.text)).collect();
    of_no_line("notice", "what this audit does not show", &texts.join("\n"))
}
