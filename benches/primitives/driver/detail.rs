//! A table for each workload, a row for each side.

use crate::figures::{Figure, Figures};
use crate::options::{Mode, Options};
use crate::support::cells::{self, ratio};
use crate::workloads::Workload;

const RATIOS: &str = "Ratios are to alloc-kit's, in the same process. One thread: the quickest sample of each process; two: the \
    time until both were done, by the number of operations of each.";
const ALLOCATIONS: &str = "Allocations and instructions: of an operation in the steady state; the first are counted by \
    alloc-kit's own allocator, in a build of their own, the others by callgrind.";
const KEPT: &str = "MB (10^6 bytes, resident): before, with and after one buffer of 100 MB, and what is kept of it while the helper \
    is still there; a process each.";

const BOUNDS: &str = "None of the peers has a bound in bytes by default; opool asks its user's `is_valid`, if there is one, whether to keep \
    a value.";

pub(crate) fn print(options: &Options, workload: &Workload, figures: &[Figure]) {
    let columns: Vec<Column> =
        Column::of(options.mode).iter().copied().filter(|column| column.is_in(figures)).collect();
    if columns.is_empty() {
        return;
    }
    println!("\n{} ({}): {}\n", workload.title, workload.name, workload.operation);
    let mut head = vec![String::new(), String::new()];
    head.extend(columns.iter().map(|column| column.title().to_owned()));
    let rows = workload.sides.iter().zip(figures).map(|(side, figure)| {
        let mut row = vec![side.kind.title().to_owned(), side.name.clone()];
        let cell = |column: &Column| column.cell(figure, options.markdown).unwrap_or_else(|| "-".to_owned());
        row.extend(columns.iter().map(cell));
        row
    });
    let table: Vec<Vec<String>> = [head].into_iter().chain(rows).collect();
    cells::print(&table, 2, options.markdown);
}

/// What a reader of the tables must know.
pub(crate) fn notes(options: &Options, figures: &Figures) -> Vec<String> {
    let mut notes = vec!["All sides of a workload were first seen to find the same.".to_owned()];
    if options.mode == Mode::All {
        let quartiles = if options.markdown { "" } else { " [and quartiles]" };
        let (rounds, layouts) = (options.rounds, options.layouts);
        notes.push(format!(
            "Nanoseconds of an operation, release profile, system allocator: medians{quartiles} of {rounds} rounds, a process \
             each; orders of functions: up to {layouts}."
        ));
        notes.extend([RATIOS, ALLOCATIONS].map(str::to_owned));
    }
    if matches!(options.mode, Mode::All | Mode::Memory) {
        notes.extend([KEPT, BOUNDS].map(str::to_owned));
    }
    notes.extend_from_slice(&figures.missing);
    notes
}

#[derive(Debug, Clone, Copy)]
enum Column {
    Nanos,
    Ratio,
    Allocations,
    Instructions,
    Before,
    With,
    After,
    Kept,
}

impl Column {
    fn of(mode: Mode) -> &'static [Self] {
        match mode {
            Mode::All => &[Self::Nanos, Self::Ratio, Self::Allocations, Self::Instructions, Self::Kept],
            Mode::Instructions => &[Self::Instructions],
            Mode::Memory => &[Self::Before, Self::With, Self::After, Self::Kept],
            Mode::Check => &[],
        }
    }

    fn is_in(self, figures: &[Figure]) -> bool {
        figures.iter().any(|figure| self.cell(figure, true).is_some())
    }

    fn title(self) -> &'static str {
        match self {
            Self::Nanos => "ns",
            Self::Ratio => "ratio",
            Self::Allocations => "allocations",
            Self::Instructions => "instructions",
            Self::Before => "MB before",
            Self::With => "with 100 MB",
            Self::After => "after",
            Self::Kept => "kept, MB",
        }
    }

    fn cell(self, figure: &Figure, brief: bool) -> Option<String> {
        let with_quartiles = |[lower, median, upper]: [f64; 3], show: fn(f64) -> String| {
            if brief { show(median) } else { format!("{} [{} {}]", show(median), show(lower), show(upper)) }
        };
        let resident = |moment: usize| figure.resident.map(|resident| megabytes(resident[moment]));
        match self {
            Self::Nanos => figure.nanos.map(|nanos| with_quartiles(nanos, nanoseconds)),
            Self::Ratio => figure.ratio.map(|quartiles| with_quartiles(quartiles, ratio)),
            Self::Allocations => figure.allocations.map(number),
            Self::Instructions => figure.instructions.map(number),
            Self::Before => resident(0),
            Self::With => resident(1),
            Self::After => resident(2),
            Self::Kept => figure.kept().map(megabytes),
        }
    }
}

/// In digits that mean something.
pub(crate) fn nanoseconds(nanos: f64) -> String {
    if nanos < 100.0 { format!("{nanos:.1}") } else { format!("{nanos:.0}") }
}

pub(crate) fn megabytes(bytes: f64) -> String {
    // Not `-0.0`.
    format!("{:.1}", (bytes / 1e6).max(0.0))
}

/// With two digits after the point where there is anything.
pub(crate) fn number(number: f64) -> String {
    let text = format!("{number:.2}");
    text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
}
