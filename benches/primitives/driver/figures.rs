//! What was found for each side of each workload.

use alloc_kit_benches::inputs::Random;

use crate::Result;
use crate::options::Options;
use crate::program::{self, Program};
use crate::support::callgrind;
use crate::support::progress::Progress;
use crate::support::statistics::quartiles;
use crate::workloads::Workload;

/// Of all workloads, in their order.
#[derive(Debug)]
pub(crate) struct Figures<'a> {
    of: &'a [Workload],
    pub(crate) workloads: Vec<Vec<Figure>>,
    /// What was to be looked at and could not be, and why.
    pub(crate) missing: Vec<String>,
}

/// Of one side; what was not looked at is missing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figure {
    /// Of an operation; quartiles.
    pub(crate) nanos: Option<[f64; 3]>,
    /// To alloc-kit's next to it; quartiles.
    pub(crate) ratio: Option<[f64; 3]>,
    /// Of an operation.
    pub(crate) allocations: Option<f64>,
    pub(crate) instructions: Option<f64>,
    /// Bytes before, with and after the large buffer.
    pub(crate) resident: Option<[f64; 3]>,
}

impl Figure {
    /// What is still there of the large buffer, in bytes.
    pub(crate) fn kept(&self) -> Option<f64> {
        self.resident.map(|[before, _, after]| after - before)
    }
}

impl<'a> Figures<'a> {
    pub(crate) fn new(of: &'a [Workload]) -> Self {
        let none = |workload: &Workload| vec![Figure::default(); workload.sides.len()];
        Self { of, workloads: of.iter().map(none).collect(), missing: Vec::new() }
    }

    pub(crate) fn count_allocations(&mut self, counting: &Program) -> Result<()> {
        for (workload, figures) in self.of.iter().zip(&mut self.workloads) {
            for (figure, allocations) in figures.iter_mut().zip(counting.allocations(workload)?) {
                figure.allocations = Some(allocations);
            }
        }
        Ok(())
    }

    pub(crate) fn look_at_memory(&mut self, program: &Program) -> Result<()> {
        if !program::tells_memory() {
            self.missing.push("Memory was not looked at: there is no /proc/self/status.".to_owned());
            return Ok(());
        }
        for (workload, figures) in self.of.iter().zip(&mut self.workloads) {
            for (side, figure) in workload.sides.iter().zip(figures) {
                figure.resident = if side.large { Some(program.resident(workload, side)?) } else { None };
            }
        }
        Ok(())
    }

    /// Of what runs on one thread.
    pub(crate) fn count_instructions(&mut self, program: &Program) -> Result<()> {
        if !callgrind::is_installed() {
            self.missing.push("No instructions were counted: valgrind is not installed.".to_owned());
            return Ok(());
        }
        for (workload, figures) in self.of.iter().zip(&mut self.workloads) {
            if workload.two_threads() {
                continue;
            }
            eprintln!("counting instructions: {}", workload.name);
            for (figure, instructions) in figures.iter_mut().zip(program.instructions(workload)?) {
                figure.instructions = Some(instructions);
            }
        }
        Ok(())
    }

    /// The rounds: in each, a process for each workload, in a shuffled order.
    pub(crate) fn time(&mut self, layouts: &[Program], options: &Options) -> Result<()> {
        let mut taken: Vec<Vec<Vec<(f64, bool)>>> = vec![Vec::new(); self.of.len()];
        let mut random = Random(0x000a_110c);
        let mut progress = Progress::new(options.rounds);
        for round in 0..options.rounds {
            let program = &layouts[round as usize % layouts.len()];
            for index in random.order(self.of.len()) {
                taken[index].push(program.time(&self.of[index], options.milliseconds, round)?);
            }
            progress.round_done();
        }
        for ((workload, figures), all) in self.of.iter().zip(&mut self.workloads).zip(&taken) {
            let ours = workload.ours();
            for (side, figure) in figures.iter_mut().enumerate() {
                let undisturbed = all.iter().filter(|round| round[side].1 && round[ours].1);
                let mut rounds: Vec<&Vec<(f64, bool)>> = undisturbed.collect();
                if rounds.is_empty() {
                    let (title, name) = (&workload.title, &workload.sides[side].name);
                    let why = "its threads never had a core each; on a machine with less to do they would";
                    self.missing.push(format!("{title}, {name}: {why}."));
                    rounds = all.iter().collect();
                }
                let nanos = rounds.iter().map(|round| round[side].0);
                figure.nanos = Some(quartiles(nanos.collect()));
                let ratios = rounds.iter().map(|round| round[side].0 / round[ours].0);
                figure.ratio = Some(quartiles(ratios.collect()));
            }
        }
        Ok(())
    }
}
