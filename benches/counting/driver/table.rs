//! The table and its notes.

use crate::allocators::Allocator;
use crate::instructions::Instructions;
use crate::options::Options;
use crate::rounds::Figure;
use crate::support::cells::{self, added, ratio};

const SYSTEM: &str = "`System`'s own row is the time of an operation. In release builds `passthrough` executes the \
    same instructions, so its row shows how far noise reaches.";
const WORKLOADS: &str = "w1: a `Box` of 64 bytes made and dropped. w2: a `Vec<u64>` pushed to 1,000. w3: 10,000 log \
    lines to strings, a map, sorted, formatted. w4: w1 on two threads at once. w5: a JSON document of 1 MB to a \
    `serde_json::Value`.";
const COUNTS: &str = "What each program counted was what was done, by the reference program's count.";
const INSTRUCTIONS: &str = "Instructions: what w1's allocation and its free take more than with `System`, by callgrind; \
    for `System`, all of them.";

/// All that was found.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(crate) options: &'a Options,
    pub(crate) allocators: &'a [&'a Allocator],
    /// Empty when only instructions were counted.
    pub(crate) figures: &'a [Vec<Figure>],
    pub(crate) instructions: &'a Instructions,
}

impl Table<'_> {
    pub(crate) fn print(&self) {
        cells::print(&self.cells(), 1, self.options.markdown);
    }

    /// What a reader must know; `layouts` is the number of function orders.
    pub(crate) fn notes(&self, layouts: u32) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.figures.is_empty() {
            let (rounds, profile) = (self.options.rounds, self.options.profile.name());
            let quartiles = if self.options.markdown { "" } else { " [and quartiles]" };
            notes.push(format!(
                "Ratios to plain `System` run next to it, {profile} profile: medians{quartiles} of {rounds} \
                 interleaved rounds, a process each; orders of functions: {layouts}."
            ));
            notes.extend([SYSTEM, WORKLOADS, COUNTS].map(str::to_owned));
        }
        notes.push(match self.instructions {
            Instructions::Counted(_) => INSTRUCTIONS.to_owned(),
            Instructions::Unknown(why) => format!("No instructions were counted: {why}."),
        });
        for allocator in self.allocators {
            notes.extend(allocator.note.map(|note| format!("- {}: {note}.", allocator.title)));
        }
        notes
    }

    fn cells(&self) -> Vec<Vec<String>> {
        let mut head = vec![String::new()];
        if !self.figures.is_empty() {
            head.extend(self.options.workloads.iter().map(|workload| (*workload).to_owned()));
        }
        if matches!(self.instructions, Instructions::Counted(_)) {
            head.push("instructions".to_owned());
        }
        let mut cells = vec![head];
        for (row, allocator) in self.allocators.iter().enumerate() {
            let mut line = vec![allocator.title.to_owned()];
            let figures = self.figures.get(row).into_iter().flatten();
            line.extend(figures.map(|figure| {
                if allocator.is_baseline() { time(figure.nanos) } else { self.ratio(figure.ratio) }
            }));
            if let Instructions::Counted(counted) = self.instructions {
                line.push(if allocator.is_baseline() {
                    format!("{:.0}", counted[row])
                } else {
                    added(counted[row] - counted[0])
                });
            }
            cells.push(line);
        }
        cells
    }

    fn ratio(&self, [lower, median, upper]: [f64; 3]) -> String {
        if self.options.markdown {
            ratio(median)
        } else {
            format!("{} [{} {}]", ratio(median), ratio(lower), ratio(upper))
        }
    }
}

fn time(nanos: f64) -> String {
    if nanos < 1e3 {
        format!("{nanos:.1} ns")
    } else if nanos < 1e6 {
        format!("{:.2} us", nanos / 1e3)
    } else {
        format!("{:.2} ms", nanos / 1e6)
    }
}
