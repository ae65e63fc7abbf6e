//! The figures of the load, as a table.

use crate::support::cells::{self, count};

/// What there is to say of one mode.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) panics: bool,
    pub(crate) seconds: u64,
    pub(crate) requests: u64,
    /// Verdicts that there had to be.
    pub(crate) planted: u64,
    /// Of them those that were said, with the right figures.
    pub(crate) right: u64,
    /// Verdicts that were said and had no reason.
    pub(crate) false_verdicts: u64,
    /// alloc-kit's own, after the first stretch and at the end.
    pub(crate) own_bytes: (i64, i64),
    /// Of the whole process.
    pub(crate) resident_kib: (u64, u64),
    /// All that does not hold.
    pub(crate) wrong: Vec<String>,
}

const HEAD: [&str; 8] = [
    "a broken budget",
    "seconds of load",
    "requests",
    "verdicts planted",
    "verdicts seen",
    "false",
    "own bytes, from .. to",
    "growth",
];

impl Figures {
    /// Prints those of all modes.
    pub(crate) fn print(all: &[Figures], markdown: bool) {
        let mut cells = vec![HEAD.map(str::to_owned).to_vec()];
        cells.extend(all.iter().map(Figures::row));
        cells::print(&cells, 1, markdown);
        println!();
        for Figures { panics, resident_kib: (from, to), .. } in all {
            let mode = if *panics { "panics" } else { "warns" };
            println!(
                "resident in the mode that {mode}: {} KiB after the first stretch, {} KiB at the end",
                count(from),
                count(to)
            );
        }
    }

    fn row(&self) -> Vec<String> {
        let (from, to) = self.own_bytes;
        vec![
            String::from(if self.panics { "panics" } else { "is told" }),
            count(self.seconds),
            count(self.requests),
            count(self.planted),
            count(self.right),
            count(self.false_verdicts),
            format!("{} .. {}", count(from), count(to)),
            count(to - from),
        ]
    }
}
