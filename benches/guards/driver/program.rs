//! Starts one program and reads its answer.

use crate::Result;
use crate::build;
use crate::rows::Row;
use crate::support::program::{name, output};

/// What is done plain and guarded, in the order of the table; see `guards/src/task.rs`.
pub(crate) const TASKS: [&str; 4] = ["call", "polls", "futures", "line"];

/// Nanoseconds of one operation of a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) plain: f64,
    pub(crate) guarded: f64,
}

impl Pair {
    /// What entering and leaving takes.
    pub(crate) fn guard(self) -> f64 {
        self.guarded - self.plain
    }
}

/// Times all tasks in one process, in the order of [`TASKS`]; those of futures may be missing.
pub(crate) fn time(row: &Row, layout: u32, milliseconds: &str) -> Result<[Option<Pair>; 4]> {
    let answers = answers(row, layout, &["time", milliseconds])?;
    Ok(TASKS.map(|task| {
        let words = answers.iter().find_map(|answer| answer.strip_prefix(task))?;
        let (plain, guarded) = words.trim().split_once(' ')?;
        Some(Pair { plain: plain.parse().ok()?, guarded: guarded.parse().ok()? })
    }))
}

/// Fails unless the row's guard sees an allocation in the very functions that are timed.
pub(crate) fn prove(row: &Row) -> Result<()> {
    let tasks = if row.polls { &["call", "polls"][..] } else { &["call"] };
    for task in tasks {
        let saw = answers(row, 0, &["prove", task])?.join(" ");
        if saw != row.proof {
            let (title, proof) = (row.title, row.proof);
            return Err(format!("{title} was to see an allocation in `{task}` ({proof}), and says: {saw}"));
        }
    }
    Ok(())
}

/// What a program prints for the driver, line by line.
fn answers(row: &Row, layout: u32, arguments: &[&str]) -> Result<Vec<String>> {
    let program = build::path(row, layout);
    let output = output(&program, &[&[row.guard], arguments].concat())?;
    let lines = output.lines().filter_map(|line| line.strip_prefix("guards-bench: "));
    let answers: Vec<String> = lines.map(str::to_owned).collect();
    if answers.is_empty() {
        return Err(format!("{} {arguments:?} gave no answer:\n{output}", name(&program)));
    }
    Ok(answers)
}
