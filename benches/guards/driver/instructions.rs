//! The instructions of the tasks, plain and guarded, by callgrind: those of 2N operations less those of N, by N.

use crate::Result;
use crate::build;
use crate::program::TASKS;
use crate::rows::Row;
use crate::support::callgrind;

/// Some guards do something special now and then.
const OPERATIONS: u64 = 4_096;

/// In which order a program does the tasks; see `guards/src/task.rs`.
const ORDER: [&str; 4] = ["call", "line", "polls", "futures"];

/// Instructions of one operation of a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instructions {
    pub(crate) plain: f64,
    pub(crate) guarded: f64,
}

/// What callgrind found: for each row the tasks, in the order of [`TASKS`]; or why there is nothing.
pub(crate) fn count(rows: &[&Row]) -> Result<Vec<[Option<Instructions>; 4]>> {
    if !callgrind::is_installed() {
        return Err("valgrind is not installed".to_owned());
    }
    let count = |(index, row): (usize, &&Row)| {
        eprintln!("counting instructions, {} of {}: {}", index + 1, rows.len(), row.title);
        of_row(row)
    };
    rows.iter().enumerate().map(count).collect()
}

#[expect(clippy::cast_precision_loss, reason = "all are far below 2^52")]
fn of_row(row: &Row) -> Result<[Option<Instructions>; 4]> {
    let arguments = [row.guard, "loop", &OPERATIONS.to_string()];
    let program = build::path(row, 0);
    let counted = callgrind::count(&program, &arguments, "*task::repeat*", Some("*task::part*"))?;
    let each = |once: u64, twice: u64| (twice as f64 - once as f64) / OPERATIONS as f64;
    let tasks: Vec<Instructions> = counted
        .as_chunks()
        .0
        .iter()
        .map(|&[plain, plain_twice, guarded, guarded_twice]| Instructions {
            plain: each(plain, plain_twice),
            guarded: each(guarded, guarded_twice),
        })
        .collect();
    if tasks.len() != if row.polls { 4 } else { 2 } {
        return Err(format!("{} did {} tasks under callgrind", row.title, tasks.len()));
    }
    Ok(TASKS.map(|task| tasks.get(ORDER.iter().position(|known| *known == task)?).copied()))
}
