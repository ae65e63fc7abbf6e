//! The lines of a finding as compilers show them, with what they cost below.

use std::collections::HashMap;
use std::fs;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::audit::finding::Span;
use crate::untrusted::{line_of, text_of};

/// Of what is longer only the first line is shown.
const MOST_LINES: u32 = 6;

/// A line that has more is generated, and of no use to anybody.
const MOST_COLUMNS: usize = 400;

/// Files that are shown, each read once.
#[derive(Default)]
pub(super) struct Sources(HashMap<String, Option<Vec<String>>>);

impl Sources {
    /// The lines of a span; nothing if they are not there any more.
    pub(super) fn snippet(&mut self, file: &str, span: Span, message: &str, label: &str) -> Option<String> {
        let read = || fs::read_to_string(file).ok().map(|text| text.lines().map(text_of).collect());
        let lines: &Vec<String> = self.0.entry(file.to_owned()).or_insert_with(read).as_ref()?;
        let first = span.line.checked_sub(1)? as usize;
        let is_short = span.end_line - span.line < MOST_LINES;
        let last = if is_short { span.end_line as usize } else { first + 1 };
        let shown = lines.get(first..last)?;
        if shown.iter().any(|line| line.chars().count() > MOST_COLUMNS) {
            return None;
        }
        let source = shown.join("\n");
        let start = offset(&shown[0], span.column);
        let end = if is_short {
            let before: usize = shown[..shown.len() - 1].iter().map(|line| line.len() + 1).sum();
            before + offset(&shown[shown.len() - 1], span.end_column)
        } else {
            source.len()
        };
        let file = line_of(file);
        let annotation = AnnotationKind::Primary.span(start..end.max(start)).label(label);
        let snippet = Snippet::source(&source).line_start(first + 1).path(&file).annotation(annotation);
        let report = [Level::WARNING.no_name().primary_title(message).element(snippet)];
        Some(Renderer::styled().render(&report))
    }
}

/// The byte at which a column starts.
fn offset(line: &str, column: u32) -> usize {
    let column = column.saturating_sub(1) as usize;
    line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
}
