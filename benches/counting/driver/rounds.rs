//! The rounds: in each, every allocator does every workload once, by turns in a shuffled order, and each time `System`
//! does the same right before or right after. What else happens on the machine comes and goes within seconds.

use alloc_kit_benches::inputs::Random;

use crate::Result;
use crate::allocators::Allocator;
use crate::build::Programs;
use crate::options::Options;
use crate::program::{self, Reference};
use crate::support::progress::Progress;
use crate::support::statistics::quartiles;

/// What the rounds found for one allocator and one workload.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// Nanoseconds an operation: the median of the rounds.
    pub(crate) nanos: f64,
    /// The quartiles of the ratio to `System` next to it.
    pub(crate) ratio: [f64; 3],
}

/// The figures of all allocators (the outer vector) on all workloads (the inner one), in the options' order.
pub(crate) fn run(
    programs: &Programs,
    allocators: &[&Allocator],
    options: &Options,
    layouts: u32,
) -> Result<Vec<Vec<Figure>>> {
    if allocators.iter().any(|allocator| allocator.name == "divan") {
        program::check_divan(programs)?;
    }
    let Some((system, others)) = allocators.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Err("there is nothing to compare with `System`".to_owned());
    };
    let workloads: Vec<Work> =
        options.workloads.iter().map(|name| Work::new(programs, options, name)).collect::<Result<_>>()?;

    // The nanoseconds of each of the others, and of `System` next to it.
    let mut pairs = vec![vec![Vec::new(); workloads.len()]; others.len()];
    let mut random = Random(0x000a_110c);
    let mut progress = Progress::new(options.rounds);
    for round in 0..options.rounds {
        let layout = round % layouts;
        for (column, work) in workloads.iter().enumerate() {
            for row in random.order(others.len()) {
                let first = random.below(2) == 0;
                let before = if first { Some(work.nanos(system, layout)?) } else { None };
                let own = work.nanos(others[row], layout)?;
                let beside = before.map_or_else(|| work.nanos(system, layout), Ok)?;
                pairs[row][column].push((own, beside));
            }
        }
        progress.round_done();
    }

    let all_of_system = |column: usize| {
        let nanos = pairs.iter().flat_map(|row| row[column].iter().map(|(_, system)| *system)).collect();
        Figure { nanos: quartiles(nanos)[1], ratio: [1.0; 3] }
    };
    let of_other = |pairs: &Vec<(f64, f64)>| Figure {
        nanos: quartiles(pairs.iter().map(|(own, _)| *own).collect())[1],
        ratio: quartiles(pairs.iter().map(|(own, system)| own / system).collect()),
    };
    let mut figures = vec![(0..workloads.len()).map(all_of_system).collect()];
    figures.extend(pairs.iter().map(|row| row.iter().map(of_other).collect()));
    Ok(figures)
}

/// A workload in the rounds.
struct Work<'a> {
    programs: &'a Programs,
    name: &'a str,
    milliseconds: String,
    reference: Reference,
}

impl<'a> Work<'a> {
    fn new(programs: &'a Programs, options: &Options, name: &'a str) -> Result<Self> {
        let milliseconds = (options.milliseconds * program::patience(name)).to_string();
        Ok(Self { programs, name, milliseconds, reference: program::reference(programs, name)? })
    }

    /// What one process takes for an operation.
    fn nanos(&self, allocator: &Allocator, layout: u32) -> Result<f64> {
        let path = self.programs.path(allocator.variant, allocator.program, layout);
        let answer = program::run(&path, &[allocator.mode, "time", self.name, &self.milliseconds])?;
        program::check(allocator, self.name, &answer, self.reference)?;
        Ok(answer.nanos)
    }
}
