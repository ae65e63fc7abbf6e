//! Builds the program in its variants, starts it, and reads its answers; see `../src/main.rs`.

use std::path::{Path, PathBuf};

use alloc_kit_benches::Workload;

use crate::Result;
use crate::options::{Allocator, Options};
use crate::support::program::{answers, numbers};
use crate::support::{callgrind, cargo};

/// The program in its variants.
#[derive(Debug)]
pub(crate) struct Programs {
    /// For each allocator, orders of functions.
    timed: Vec<(Allocator, Vec<PathBuf>)>,
    counting: PathBuf,
}

/// What a side's job allocates.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) allocations: f64,
    /// Those among them that grew something.
    pub(crate) reallocations: f64,
    pub(crate) bytes: f64,
    pub(crate) peak_bytes: f64,
    pub(crate) live_bytes: f64,
}

impl Programs {
    pub(crate) fn build(options: &Options) -> Result<Self> {
        let build = |features: &str, layouts: u32| cargo::layouts("wins", "wins", features, layouts);
        let timed = options
            .allocators
            .iter()
            .map(|&allocator| Ok((allocator, build(allocator.feature(), options.layouts)?)));
        Ok(Self { timed: timed.collect::<Result<_>>()?, counting: build("counting", 1)?.remove(0) })
    }

    /// Fails unless all sides find the same, at each size.
    pub(crate) fn compare_answers(&self, workload: &Workload, sizes: &[usize]) -> Result<()> {
        let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
        let arguments: Vec<&str> =
            ["equal", workload.id].into_iter().chain(sizes.iter().map(String::as_str)).collect();
        ask(self.plain(), &arguments).map(|_| ())
    }

    /// What the sides, of these names, allocate.
    pub(crate) fn counts(&self, workload: &Workload, names: &[&str], size: usize) -> Result<Vec<Counts>> {
        let answers = ask(&self.counting, &["count", workload.id, &size.to_string()])?;
        let counts = numbers(names.iter().copied(), &answers)?.into_iter().map(|numbers| {
            let [allocations, reallocations, bytes, peak_bytes, live_bytes] = numbers
                .try_into()
                .map_err(|found| format!("five counts were expected of {}: {found:?}", workload.id))?;
            Ok(Counts { allocations, reallocations, bytes, peak_bytes, live_bytes })
        });
        counts.collect()
    }

    /// Nanoseconds of each side's job, in a process of its own.
    pub(crate) fn nanos(
        &self,
        workload: &Workload,
        names: &[&str],
        allocator: Allocator,
        round: u32,
        milliseconds: u32,
    ) -> Result<Vec<f64>> {
        let (_, layouts) =
            self.timed.iter().find(|(known, _)| *known == allocator).expect("only what was built is timed");
        let program = &layouts[round as usize % layouts.len()];
        let [size, milliseconds, seed] =
            [workload.size.to_string(), milliseconds.to_string(), round.to_string()];
        let answers = ask(program, &["time", workload.id, &size, &milliseconds, &seed])?;
        Ok(numbers(names.iter().copied(), &answers)?.into_iter().map(|numbers| numbers[0]).collect())
    }

    /// Instructions of each side's job.
    pub(crate) fn instructions(&self, workload: &Workload, sides: usize) -> Result<Vec<u64>> {
        let arguments = ["loop", workload.id, &workload.size.to_string()];
        let mut counted = callgrind::count(self.plain(), &arguments, "*wins::once*", Some("*wins::part*"))?;
        if counted.len() < sides {
            return Err(format!("callgrind saw {} sides of {}", counted.len(), workload.id));
        }
        counted.truncate(sides);
        Ok(counted)
    }

    fn plain(&self) -> &Path {
        &self.timed[0].1[0]
    }
}

fn ask(program: &Path, arguments: &[&str]) -> Result<Vec<Vec<String>>> {
    answers(program, "wins-bench: ", arguments)
}
