//! What was found for each side of each workload.

use alloc_kit_benches::inputs::Random;
use alloc_kit_benches::{Kind, Side, Workload};

use crate::Result;
use crate::options::{Allocator, Options};
use crate::program::{Counts, Programs};
use crate::support::callgrind;
use crate::support::progress::Progress;
use crate::support::statistics::quartiles;

/// Sizes at which answers are compared beside the workload's own.
const SMALL: [usize; 4] = [1, 2, 10, 333];
/// Sizes at which allocations are counted, to see how they grow.
const GROWTH: [usize; 4] = [10, 100, 1_000, 10_000];

/// Of all workloads.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) workloads: Vec<Found>,
    /// What was to be looked at and could not be, and why.
    pub(crate) missing: Vec<String>,
}

/// Of one.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) workload: &'static Workload,
    /// In the workload's order; the first is the naive one.
    pub(crate) sides: Vec<Figure>,
    /// Sizes, and the allocations there of the naive way and alloc-kit's.
    pub(crate) growth: Vec<(usize, [f64; 2])>,
}

/// Of one side.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    /// Nothing, until they are counted.
    pub(crate) counts: Counts,
    pub(crate) instructions: Option<u64>,
    /// Under each allocator that there was.
    pub(crate) times: Vec<(Allocator, Times)>,
}

/// Of the rounds; quartiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) nanos: [f64; 3],
    /// How many times as long the naive way takes.
    pub(crate) gain: [f64; 3],
}

impl Figures {
    pub(crate) fn new(workloads: &[&'static Workload]) -> Result<Self> {
        let found = workloads.iter().map(|workload| Found::new(workload));
        Ok(Self { workloads: found.collect::<Result<_>>()?, missing: Vec::new() })
    }

    /// Fails unless all ways of a job find the same.
    pub(crate) fn compare_answers(&self, programs: &Programs) -> Result<()> {
        eprintln!("comparing the answers of {} workloads", self.workloads.len());
        for found in &self.workloads {
            programs.compare_answers(found.workload, &[&SMALL[..], &[found.workload.size]].concat())?;
        }
        Ok(())
    }

    /// Fails unless each way allocates what it says.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "these are counts")]
    pub(crate) fn count_allocations(&mut self, programs: &Programs) -> Result<()> {
        eprintln!("counting allocations");
        let mut wrong = Vec::new();
        for found in &mut self.workloads {
            let (workload, names) = (found.workload, found.names());
            let sides = (workload.sides)(1);
            let counts = programs.counts(workload, &names, workload.size)?;
            for ((figure, side), counts) in found.sides.iter_mut().zip(sides).zip(counts) {
                figure.counts = counts;
                if !side.may_allocate(counts.allocations as u64) {
                    let (id, said) = (workload.id, side.allocations.unwrap_or_default());
                    let limit = if side.kind == Kind::Naive { "at least" } else { "at most" };
                    wrong.push(format!("{id}, {}: {}, said {limit} {said}", side.name, counts.allocations));
                }
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(format!("allocations:\n{}", wrong.join("\n"))) }
    }

    /// How allocations grow with the size of the input.
    pub(crate) fn count_growth(&mut self, programs: &Programs) -> Result<()> {
        for found in &mut self.workloads {
            eprintln!("counting allocations by the size of the input: {}", found.workload.id);
            let (names, kit) = (found.names(), found.kit_index());
            for size in GROWTH {
                let counts = programs.counts(found.workload, &names, size)?;
                found.growth.push((size, [counts[0].allocations, counts[kit].allocations]));
            }
        }
        Ok(())
    }

    pub(crate) fn count_instructions(&mut self, programs: &Programs) -> Result<()> {
        if !callgrind::is_installed() {
            self.missing.push("No instructions were counted: valgrind is not installed.".to_owned());
            return Ok(());
        }
        for found in &mut self.workloads {
            eprintln!("counting instructions: {}", found.workload.id);
            let counted = programs.instructions(found.workload, found.sides.len())?;
            for (figure, instructions) in found.sides.iter_mut().zip(counted) {
                figure.instructions = Some(instructions);
            }
        }
        Ok(())
    }

    /// The rounds: in each, a process for each workload and allocator, in a shuffled order.
    pub(crate) fn time(&mut self, programs: &Programs, options: &Options) -> Result<()> {
        let all = |found: usize| options.allocators.iter().map(move |&allocator| (found, allocator));
        let processes: Vec<(usize, Allocator)> = (0..self.workloads.len()).flat_map(all).collect();
        let mut taken: Vec<Vec<Vec<f64>>> = vec![Vec::new(); processes.len()];
        let mut random = Random(0x000a_110c);
        let mut progress = Progress::new(options.rounds);
        for round in 0..options.rounds {
            for process in random.order(processes.len()) {
                let (found, allocator) = processes[process];
                let found = &self.workloads[found];
                let nanos =
                    programs.nanos(found.workload, &found.names(), allocator, round, options.milliseconds)?;
                taken[process].push(nanos);
            }
            progress.round_done();
        }
        for ((found, allocator), rounds) in processes.into_iter().zip(taken) {
            for (side, figure) in self.workloads[found].sides.iter_mut().enumerate() {
                let times = Times {
                    nanos: quartiles(rounds.iter().map(|round| round[side]).collect()),
                    gain: quartiles(rounds.iter().map(|round| round[0] / round[side]).collect()),
                };
                figure.times.push((allocator, times));
            }
        }
        Ok(())
    }
}

impl Found {
    /// Fails for a workload that compares nothing.
    fn new(workload: &'static Workload) -> Result<Self> {
        let sides: Vec<Figure> = (workload.sides)(1).iter().map(Figure::new).collect();
        let is_whole = sides.first().is_some_and(|first| first.kind == Kind::Naive)
            && sides.iter().any(|side| side.kind == Kind::Kit);
        if !is_whole {
            return Err(format!("{} has no naive way as its first, or none of alloc-kit's", workload.id));
        }
        Ok(Self { workload, sides, growth: Vec::new() })
    }

    /// What the others are compared with.
    pub(crate) fn naive(&self) -> &Figure {
        &self.sides[0]
    }

    /// The first of alloc-kit's.
    pub(crate) fn kit(&self) -> &Figure {
        &self.sides[self.kit_index()]
    }

    /// The quickest of its kind.
    pub(crate) fn quickest(&self, kind: Kind, allocator: Allocator) -> Option<Times> {
        let times =
            self.sides.iter().filter(|side| side.kind == kind).filter_map(|side| side.under(allocator));
        times.min_by(|one, other| one.nanos[1].total_cmp(&other.nanos[1]))
    }

    fn kit_index(&self) -> usize {
        self.sides.iter().position(|side| side.kind == Kind::Kit).expect("seen when it was made")
    }

    fn names(&self) -> Vec<&'static str> {
        self.sides.iter().map(|side| side.name).collect()
    }
}

impl Figure {
    fn new(side: &Side) -> Self {
        Self {
            kind: side.kind,
            name: side.name,
            counts: Counts::default(),
            instructions: None,
            times: Vec::new(),
        }
    }

    /// Its times under an allocator.
    pub(crate) fn under(&self, allocator: Allocator) -> Option<Times> {
        self.times.iter().find(|(known, _)| *known == allocator).map(|(_, times)| *times)
    }
}
