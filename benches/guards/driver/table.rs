//! The table and its notes.

use crate::Result;
use crate::instructions::Instructions;
use crate::options::Options;
use crate::program::TASKS;
use crate::rounds::{Figure, Figures};
use crate::rows::{ASYNC_FORMS, Row};
use crate::support::cells::{self, added, ratio};

const PLAIN: &str = "The first row is the work without a guard; the others are what the guard adds to it. Of the line, \
    it is the whole guarded call as a ratio to the plain one, unless only instructions were counted.";
const WORK: &str = "call: a function that adds up four numbers. poll: one poll of a future that awaits, through \
    `dyn Future`. async call: an `async fn` that is ready at once, made, polled and dropped. line: a function that \
    takes a line of 99 bytes of a log apart. None of them allocates.";
const NONE: &str = "-: the crate guards no futures poll by poll.";
const NOT_YET: &str =
    "alloc-kit's attributes were not put on `async fn`s (`ASYNC_FORMS` in guards/driver/rows.rs).";
const PROOF: &str = "Each guard saw the allocation that the same functions make when told to.";
const INSTRUCTIONS: &str = "Instructions: by callgrind, those of 8,192 operations less those of 4,096.";

/// What the columns are called, in the order of [`TASKS`].
const COLUMNS: [&str; 4] = ["call", "poll", "async call", "line"];
/// The task of which the table has the whole.
const LINE: usize = 3;

/// All that was found.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(crate) options: &'a Options,
    pub(crate) rows: &'a [&'a Row],
    /// Nothing when only instructions were counted.
    pub(crate) figures: Option<Figures>,
    pub(crate) instructions: Result<Vec<[Option<Instructions>; 4]>>,
}

impl Table<'_> {
    pub(crate) fn print(&self) {
        cells::print(&self.cells(), 2, self.options.markdown);
    }

    /// What a reader must know; `layouts` is the number of function orders.
    pub(crate) fn notes(&self, layouts: u32) -> Vec<String> {
        let mut notes = Vec::new();
        if self.figures.is_some() {
            let quartiles = if self.options.markdown { "" } else { " [and quartiles]" };
            notes.push(format!(
                "Nanoseconds, and ratios to alloc-kit's `#[no_alloc]` run next to it, release profile: medians{quartiles} \
                 of {} interleaved rounds, a process each; orders of functions: {layouts}.",
                self.options.rounds
            ));
        }
        notes.extend([PLAIN, WORK, NONE].map(str::to_owned));
        notes.extend((!ASYNC_FORMS).then(|| NOT_YET.to_owned()));
        notes.push(PROOF.to_owned());
        notes.push(match &self.instructions {
            Ok(_) => INSTRUCTIONS.to_owned(),
            Err(why) => format!("No instructions were counted: {why}."),
        });
        for row in self.rows {
            notes.extend(row.note.map(|note| format!("- {}: {note}.", row.title)));
        }
        notes
    }

    fn cells(&self) -> Vec<Vec<String>> {
        let mut head = vec![String::new(), "counts or judges".to_owned()];
        let mut plain = vec!["no guard".to_owned(), String::new()];
        for (task, column) in COLUMNS.iter().enumerate() {
            if let Some(figures) = &self.figures {
                head.push((*column).to_owned());
                plain.push(figures.plain[task].map_or("-".to_owned(), |nanos| format!("{nanos:.1} ns")));
                if task != LINE {
                    head.push("ratio".to_owned());
                    plain.push(String::new());
                }
            }
            if let Some(rows) = self.instructions_of(task) {
                head.push(if self.figures.is_some() { "instr." } else { column }.to_owned());
                let of_plain = rows.iter().find_map(|row| row[task]);
                plain.push(of_plain.map_or("-".to_owned(), |counted| format!("{:.0}", counted.plain)));
            }
        }
        let rows = self.rows.iter().enumerate().map(|(index, row)| {
            let mut line = vec![row.title.to_owned(), row.judges.to_owned()];
            line.extend((0..TASKS.len()).flat_map(|task| self.task(index, task)));
            line
        });
        [head, plain].into_iter().chain(rows).collect()
    }

    /// The cells of one guard and task.
    fn task(&self, row: usize, task: usize) -> Vec<String> {
        let dash = || "-".to_owned();
        let mut cells = Vec::new();
        if let Some(figures) = &self.figures {
            let figure = figures.rows[row][task];
            if task == LINE {
                cells.push(figure.map_or_else(dash, |figure| self.quartiles(figure.whole, ratio)));
            } else {
                let nanos = |figure: Figure| self.quartiles(figure.guard, |nanos| format!("{nanos:.1}"));
                cells.push(figure.map_or_else(dash, nanos));
                let of_baseline = figure.and_then(|figure| figure.ratio);
                cells.push(of_baseline.map_or_else(dash, |[_, median, _]| format!("{median:.2}")));
            }
        }
        if let Some(rows) = self.instructions_of(task) {
            let more = |counted: Instructions| added(counted.guarded - counted.plain);
            cells.push(rows[row][task].map_or_else(dash, more));
        }
        cells
    }

    /// The instructions of all rows, where they are shown: of the whole line the ratio says more.
    fn instructions_of(&self, task: usize) -> Option<&[[Option<Instructions>; 4]]> {
        self.instructions.as_deref().ok().filter(|_| task != LINE || self.figures.is_none())
    }

    fn quartiles(&self, [lower, median, upper]: [f64; 3], show: impl Fn(f64) -> String) -> String {
        if self.options.markdown {
            show(median)
        } else {
            format!("{} [{} {}]", show(median), show(lower), show(upper))
        }
    }
}
