//! The table of budgets as text: columns as wide as what is in them.

use std::fmt::Write;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::blocks::counted;
use crate::columns::{self, Cell};
use crate::record::Verdict;
use crate::shard::{Budget, Seen};
use crate::shell::{BOLD, ERROR, FAINT, GOOD, WARNING};
use crate::view::Platform;

/// The keys of a budget, in the order in which they are shown.
const KEYS: [&str; 5] = ["allocations", "bytes", "peak_bytes", "live_bytes", "deallocations"];
const WARMUP: &str = "warmup";

/// A function and a budget in fewer columns say nothing.
const NARROWEST: [usize; 2] = [14, 10];

enum Row {
    Cells(Box<[Cell; 6]>),
    /// Across all columns.
    Note(String),
}

/// How much is shown, and on how wide a terminal, if it is one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look {
    pub(crate) width: Option<usize>,
    /// With all figures, and places: on a line of their own below the budget.
    pub(crate) all: bool,
}

/// A platform's budgets, a row for each limit. Those that were never exercised have no figures, and are not in it.
pub(crate) fn of(platform: &Platform, look: Look) -> String {
    let was_called = |budget: &&Budget| budget.seen.verdict != Verdict::NeverExercised;
    let mut rows: Vec<Row> =
        platform.budgets.iter().filter(was_called).flat_map(|budget| rows_of(budget, look)).collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.insert(0, Row::Cells(Box::new(COLUMNS.map(|(name, _)| Cell(name.to_owned(), FAINT)))));
    if let Some(width) = look.width {
        fit(&mut rows, width);
    }
    aligned(&rows)
}

/// Columns, and whether they are aligned at the right.
const COLUMNS: [(&str, bool); 6] = [
    ("function", false),
    ("budget", false),
    ("most used", true),
    ("room left", true),
    ("calls", true),
    ("verdict", false),
];

fn rows_of(budget: &Budget, look: Look) -> Vec<Row> {
    let plain = |text: String| Cell(text, Style::new());
    let seen = &budget.seen;
    let mut rows = Vec::new();
    for (key, limit) in limits(budget) {
        let figure = |of: Option<&i64>| of.map_or("-".to_owned(), |figure| grouped(*figure));
        let is_first = rows.is_empty();
        let first = |cell: Cell| if is_first { cell } else { plain(String::new()) };
        let room = seen.room.get(key);
        let room_style = if room.is_some_and(|room| *room < 0) { ERROR } else { Style::new() };
        rows.push(Row::Cells(Box::new([
            first(Cell(budget.name(), BOLD)),
            plain(limit),
            plain(figure(seen.most.get(key))),
            Cell(figure(room), room_style),
            first(plain(count(seen.calls))),
            first(verdict(budget)),
        ])));
    }
    if look.all {
        let Seen { judged, warmed_up, not_judged, broken, threads_started, .. } = seen;
        let mut figures = vec![format!("{} judged", count(*judged))];
        let others = [(warmed_up, "warmed up"), (not_judged, "not judged"), (broken, "broken")];
        figures.extend(others.map(|(figure, what)| format!("{} {what}", count(*figure))));
        figures.push(format!("{} started", counted(*threads_started, "thread")));
        let figures = figures.join(", ");
        rows.push(Row::Note(format!("  {FAINT}{}  {figures}{FAINT:#}", budget.place())));
    }
    rows
}

/// Keys and how they are shown: `2`, `bytes = 64`. One that a later library knows comes last.
fn limits(budget: &Budget) -> Vec<(&str, String)> {
    let all = &budget.site.budget;
    let known = KEYS.iter().filter_map(|key| all.get_key_value(*key));
    let others = all.iter().filter(|(key, _)| !KEYS.contains(&key.as_str()) && *key != WARMUP);
    let mut limits: Vec<(&str, String)> = known
        .chain(others)
        .map(|(key, limit)| {
            let shown = if key == KEYS[0] { limit.clone() } else { format!("{key} = {limit}") };
            (key.as_str(), shown)
        })
        .collect();
    if let (Some(warmup), Some((_, last))) = (all.get(WARMUP), limits.last_mut()) {
        // No limit, and so without a row.
        let _ = write!(last, ", {WARMUP} = {warmup}");
    }
    limits
}

fn verdict(budget: &Budget) -> Cell {
    let style = match budget.seen.verdict {
        Verdict::Broken => ERROR,
        Verdict::Held => GOOD,
        Verdict::NotVerified | Verdict::NeverExercised => WARNING,
    };
    Cell(budget.seen.verdict.name().to_owned(), style)
}

/// `12,345` of a count.
pub(crate) fn count(figure: u64) -> String {
    let digits = figure.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `-12,345`
pub(crate) fn grouped(figure: i64) -> String {
    let sign = if figure < 0 { "-" } else { "" };
    format!("{sign}{}", count(figure.unsigned_abs()))
}

/// Shortens functions and budgets until a row fits, if it can be had: the wider of the two first.
fn fit(rows: &mut [Row], width: usize) {
    let widths = widths(rows);
    let mut over = (widths.iter().sum::<usize>() + 2 * (widths.len() - 1)).saturating_sub(width);
    let mut most = [widths[0], widths[1]];
    while over > 0 {
        let room = [0, 1].map(|column| most[column].saturating_sub(NARROWEST[column]));
        if room == [0, 0] {
            break;
        }
        most[usize::from(room[1] > room[0])] -= 1;
        over -= 1;
    }
    for row in rows {
        let Row::Cells(cells) = row else { continue };
        for (Cell(text, _), most) in cells.iter_mut().zip(most) {
            *text = shortened(text, most);
        }
    }
}

/// A text of at most so many columns, with its middle left out: both ends of a path say something.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let (front, back) = (kept / 2, kept - kept / 2);
    let up_to = |chars: &mut dyn Iterator<Item = char>, most: usize| {
        let mut width = 0;
        let mut part = Vec::new();
        for c in chars {
            width += c.width().unwrap_or(0);
            if width > most {
                break;
            }
            part.push(c);
        }
        part
    };
    let start = up_to(&mut text.chars(), front);
    let end = up_to(&mut text.chars().rev(), back);
    start.into_iter().chain(['…']).chain(end.into_iter().rev()).collect()
}

fn widths(rows: &[Row]) -> [usize; 6] {
    columns::widths(rows.iter().filter_map(|row| match row {
        Row::Cells(cells) => Some(&**cells),
        Row::Note(_) => None,
    }))
}

fn aligned(rows: &[Row]) -> String {
    let widths = widths(rows);
    let right = COLUMNS.map(|(_, right)| right);
    rows.iter().fold(String::new(), |mut table, row| {
        let _ = match row {
            Row::Cells(cells) => writeln!(table, "{}", columns::line(cells, &widths, &right)),
            Row::Note(note) => writeln!(table, "{note}"),
        };
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_whatever_they_are() {
        assert_eq!([0, 999, 1_000, u64::MAX].map(count), ["0", "999", "1,000", "18,446,744,073,709,551,615"]);
        assert_eq!([-1, -1_000, i64::MIN].map(grouped), ["-1", "-1,000", "-9,223,372,036,854,775,808"]);
    }
}
