//! Columns of text, as wide as what is in them.

use std::fmt::Write;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

/// A cell: its text, and how it looks.
pub(crate) struct Cell(pub(crate) String, pub(crate) Style);

/// Rows in columns, two spaces between them; those with `right` are aligned there.
pub(crate) fn aligned<const N: usize>(rows: &[[Cell; N]], right: &[bool; N]) -> String {
    let widths = widths(rows);
    rows.iter().fold(String::new(), |mut table, row| {
        let _ = writeln!(table, "{}", line(row, &widths, right));
        table
    })
}

/// How wide each column is.
pub(crate) fn widths<'a, const N: usize>(rows: impl IntoIterator<Item = &'a [Cell; N]>) -> [usize; N] {
    let mut widths = [0; N];
    for row in rows {
        for (width, Cell(text, _)) in widths.iter_mut().zip(row) {
            *width = text.width().max(*width);
        }
    }
    widths
}

/// A row as a line, without its end.
pub(crate) fn line<const N: usize>(cells: &[Cell; N], widths: &[usize; N], right: &[bool; N]) -> String {
    let mut line = String::new();
    // Spaces are only written in front of what follows, so that none are at the end.
    let mut spaces = 0;
    for ((Cell(text, style), width), right) in cells.iter().zip(widths).zip(right) {
        let space = width - text.width();
        let (before, after) = if *right { (space, 0) } else { (0, space) };
        if text.is_empty() {
            spaces += width + 2;
            continue;
        }
        spaces += before;
        let _ = write!(line, "{:spaces$}{style}{text}{style:#}", "");
        spaces = after + 2;
    }
    line
}
