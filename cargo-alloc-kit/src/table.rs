//! The table of budgets as text: columns as wide as what is in them.

use std::fmt::Write;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::record::Verdict;
use crate::shard::Budget;
use crate::shell::{BOLD, ERROR, FAINT, GOOD, WARNING};
use crate::view::Platform;

/// The keys of a budget, in the order in which they are shown.
const KEYS: [&str; 5] = ["allocations", "bytes", "peak_bytes", "live_bytes", "deallocations"];

/// A cell: its text, and how it looks.
pub(crate) struct Cell(pub(crate) String, pub(crate) Style);

/// The table of a platform's budgets: a row for each limit.
pub(crate) fn of(platform: &Platform) -> String {
    let head = ["function", "budget", "most used", "room left", "calls", "verdict"];
    let mut rows = vec![head.map(|name| Cell(name.to_owned(), FAINT))];
    for budget in &platform.budgets {
        rows.extend(rows_of(budget));
    }
    aligned(&rows, &[false, false, true, true, true, false])
}

fn rows_of(budget: &Budget) -> Vec<[Cell; 6]> {
    let plain = |text: String| Cell(text, Style::new());
    let limits = KEYS.iter().filter_map(|key| Some((*key, budget.site.budget.get(*key)?)));
    let mut rows = Vec::new();
    for (key, limit) in limits {
        let figure = |of: Option<&i64>| of.map_or("-".to_owned(), |figure| grouped(*figure));
        let is_first = rows.is_empty();
        let first = |cell: Cell| if is_first { cell } else { plain(String::new()) };
        let room = budget.seen.room.get(key);
        let room_style = if room.is_some_and(|room| *room < 0) { ERROR } else { Style::new() };
        rows.push([
            first(Cell(budget.name(), BOLD)),
            plain(if key == "allocations" { limit.clone() } else { format!("{key} = {limit}") }),
            plain(figure(budget.seen.most.get(key))),
            Cell(figure(room), room_style),
            first(plain(grouped(budget.seen.calls.cast_signed()))),
            first(verdict(budget)),
        ]);
    }
    rows
}

fn verdict(budget: &Budget) -> Cell {
    let seen = &budget.seen;
    let style = match seen.verdict {
        Verdict::Broken => ERROR,
        Verdict::Held => GOOD,
        Verdict::NotVerified | Verdict::NeverExercised => WARNING,
    };
    let why = seen.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    Cell(format!("{}{why}", seen.verdict.name()), style)
}

/// `12,345`
pub(crate) fn grouped(figure: i64) -> String {
    let digits = figure.unsigned_abs().to_string();
    let mut text = String::from(if figure < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Rows with columns of one width, two spaces between them; those of figures are aligned at the right.
pub(crate) fn aligned<const N: usize>(rows: &[[Cell; N]], right: &[bool; N]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, Cell(text, _)) in widths.iter_mut().zip(row) {
            *width = text.width().max(*width);
        }
    }
    let mut table = String::new();
    for row in rows {
        let mut line = String::new();
        for ((Cell(text, style), width), right) in row.iter().zip(widths).zip(right) {
            let space = " ".repeat(width - text.width());
            let (before, after) = if *right { (space.as_str(), "") } else { ("", space.as_str()) };
            let _ = write!(line, "{before}{style}{text}{style:#}{after}  ");
        }
        let _ = writeln!(table, "{}", line.trim_end());
    }
    table
}
