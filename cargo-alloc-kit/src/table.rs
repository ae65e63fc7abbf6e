//! The table of budgets as text: columns as wide as what is in them.

use std::fmt::Write;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::record::Verdict;
use crate::shard::Budget;
use crate::shell::{BOLD, ERROR, FAINT, GOOD, WARNING};
use crate::view::Platform;

/// The keys of a budget, in the order in which they are shown.
const KEYS: [&str; 5] = ["allocations", "bytes", "peak_bytes", "live_bytes", "deallocations"];
const WARMUP: &str = "warmup";

/// Columns narrower than this say nothing.
const NARROWEST: usize = 16;

/// A cell: its text, and how it looks.
struct Cell(String, Style);

/// How much is shown, and on how wide a terminal, if it is one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look {
    pub(crate) width: Option<usize>,
    /// With all figures, and places.
    pub(crate) all: bool,
}

/// The table of a platform's budgets: a row for each limit.
pub(crate) fn of(platform: &Platform) -> String {
    with(platform, Look::default())
}

/// The same as it is to look. Budgets that were never exercised have no figures, and are not in it.
pub(crate) fn with(platform: &Platform, look: Look) -> String {
    let shown = platform.budgets.iter().filter(|budget| budget.seen.verdict != Verdict::NeverExercised);
    let mut rows: Vec<Vec<Cell>> = shown.flat_map(|budget| rows_of(budget, look.all)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let names = COLUMNS.iter().chain(if look.all { &MORE[..] } else { &[] });
    rows.insert(0, names.clone().map(|(name, _)| Cell((*name).to_owned(), FAINT)).collect());
    let right: Vec<bool> = names.map(|(_, right)| *right).collect();
    if let Some(width) = look.width {
        fit(&mut rows, width);
    }
    aligned(&rows, &right)
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
const MORE: [(&str, bool); 6] = [
    ("judged", true),
    ("warmed up", true),
    ("not judged", true),
    ("broken", true),
    ("threads started", true),
    ("place", false),
];

fn rows_of(budget: &Budget, all: bool) -> Vec<Vec<Cell>> {
    let plain = |text: String| Cell(text, Style::new());
    let seen = &budget.seen;
    let mut rows = Vec::new();
    for (key, limit) in limits(budget) {
        let figure = |of: Option<&i64>| of.map_or("-".to_owned(), |figure| grouped(*figure));
        let is_first = rows.is_empty();
        let first = |cell: Cell| if is_first { cell } else { plain(String::new()) };
        let room = seen.room.get(key);
        let room_style = if room.is_some_and(|room| *room < 0) { ERROR } else { Style::new() };
        let mut row = vec![
            first(Cell(budget.name(), BOLD)),
            plain(limit),
            plain(figure(seen.most.get(key))),
            Cell(figure(room), room_style),
            first(plain(count(seen.calls))),
            first(verdict(budget)),
        ];
        if all {
            let figures = [seen.judged, seen.warmed_up, seen.not_judged, seen.broken, seen.threads_started];
            row.extend(figures.map(|figure| first(plain(count(figure)))));
            row.push(first(Cell(budget.place(), FAINT)));
        }
        rows.push(row);
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
    grouped(i64::try_from(figure).unwrap_or(i64::MAX))
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

/// Shortens functions and budgets until a row fits, if it can be had: the wider of the two first.
fn fit(rows: &mut [Vec<Cell>], width: usize) {
    let widths = widths(rows);
    let mut over = (widths.iter().sum::<usize>() + 2 * (widths.len() - 1)).saturating_sub(width);
    let mut most = [widths[0], widths[1]];
    while over > 0 && most.iter().any(|most| *most > NARROWEST) {
        let wider = usize::from(most[1] > most[0]);
        most[wider] -= 1;
        over -= 1;
    }
    for row in rows {
        for (Cell(text, _), most) in row.iter_mut().zip(most) {
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

fn widths(rows: &[Vec<Cell>]) -> Vec<usize> {
    let mut widths = vec![0; rows.first().map_or(0, Vec::len)];
    for row in rows {
        for (width, Cell(text, _)) in widths.iter_mut().zip(row) {
            *width = text.width().max(*width);
        }
    }
    widths
}

/// Rows with columns of one width, two spaces between them; those of figures are aligned at the right.
fn aligned(rows: &[Vec<Cell>], right: &[bool]) -> String {
    let widths = widths(rows);
    let mut table = String::new();
    for row in rows {
        let mut line = String::new();
        // Spaces are only written in front of what follows, so that none are at the end.
        let mut spaces = 0;
        for ((Cell(text, style), width), right) in row.iter().zip(&widths).zip(right) {
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
        let _ = writeln!(table, "{line}");
    }
    table
}
