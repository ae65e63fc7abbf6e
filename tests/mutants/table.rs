//! The table that is printed at the end.

use std::fmt;

use super::list::Mutant;
use super::suite::Outcome;

/// A mutant that was run.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) mutant: Mutant,
    pub(crate) outcome: Outcome,
    pub(crate) seconds: f64,
}

impl Row {
    pub(crate) fn killed_by(&self) -> String {
        self.outcome.to_string()
    }

    fn is_killed(&self) -> bool {
        matches!(self.outcome, Outcome::Killed { .. })
    }
}

/// All that were run.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn all_killed(&self) -> bool {
        self.rows.iter().all(Row::is_killed)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |row: &Row| {
            let file = row.mutant.file.replace("/src/", "/");
            [row.mutant.name.to_owned(), file, row.killed_by(), format!("{:.0}", row.seconds)]
        };
        let heading = ["mutant", "file", "killed by", "seconds"].map(str::to_owned);
        let rows: Vec<[String; 4]> = std::iter::once(heading).chain(self.rows.iter().map(shown)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths = [0, 1, 2, 3].map(width);
        for [mutant, file, killed_by, seconds] in &rows {
            let [first, second, third, last] = widths;
            writeln!(f, "{mutant:<first$}  {file:<second$}  {killed_by:<third$}  {seconds:>last$}")?;
        }
        let killed = self.rows.iter().filter(|row| row.is_killed()).count();
        writeln!(f, "{killed} of {} mutants were noticed", self.rows.len())
    }
}
