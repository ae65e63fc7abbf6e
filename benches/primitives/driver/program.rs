//! Starts the program and reads its answers.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::support::callgrind;
use crate::support::program::{answers, numbers};
use crate::workloads::{Side, Workload};

/// How large the large buffer is.
pub(crate) const LARGE_BYTES: u64 = 100_000_000;

/// Whether the system says how much memory a process has, as Linux does.
pub(crate) fn tells_memory() -> bool {
    Path::new("/proc/self/status").exists()
}

/// One build of the program.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
}

impl Program {
    /// The workloads that it has.
    pub(crate) fn list(&self) -> Result<Vec<Workload>> {
        Workload::parse(&self.answers(&["list"])?)
    }

    /// Fails unless all sides of the workload find the same.
    pub(crate) fn equal(&self, workload: &Workload) -> Result<()> {
        self.answers(&["equal", &workload.name]).map(|_| ())
    }

    /// Nanoseconds of each side's operation, and whether each of its threads had a core.
    pub(crate) fn time(&self, workload: &Workload, milliseconds: u32, seed: u32) -> Result<Vec<(f64, bool)>> {
        let (milliseconds, seed) = (milliseconds.to_string(), seed.to_string());
        let answers = self.answers(&["time", &workload.name, &milliseconds, &seed])?;
        of_sides(workload, &answers, |figures| Some((*figures.first()?, *figures.get(1)? > 0.0)))
    }

    /// Allocations of each side's operation.
    pub(crate) fn allocations(&self, workload: &Workload) -> Result<Vec<f64>> {
        let answers = self.answers(&["count", &workload.name])?;
        of_sides(workload, &answers, |figures| Some(figures.first()? / figures.get(1)?))
    }

    /// Instructions of each side's operation.
    #[expect(clippy::cast_precision_loss, reason = "all are far below 2^52")]
    pub(crate) fn instructions(&self, workload: &Workload) -> Result<Vec<f64>> {
        let (measured, part) = ("*harness::meter::measured*", "*harness::meter::part*");
        let operations = of_sides(workload, &self.answers(&["loop", &workload.name])?, |figures| {
            figures.first().copied()
        })?;
        let counted = callgrind::count(&self.path, &["loop", &workload.name], measured, Some(part))?;
        if counted.len() < operations.len() {
            return Err(format!("callgrind saw {} sides of {}", counted.len(), workload.name));
        }
        Ok(counted.iter().zip(operations).map(|(&counted, operations)| counted as f64 / operations).collect())
    }

    /// Resident bytes before, with and after a large buffer went through.
    pub(crate) fn resident(&self, workload: &Workload, side: &Side) -> Result<[f64; 3]> {
        let answers = self.answers(&["large", &workload.name, &side.name, &LARGE_BYTES.to_string()])?;
        let words = answers.first().map(|words| words.iter().map(|word| word.parse().ok()));
        let numbers: Option<Vec<f64>> = words.and_then(Iterator::collect);
        let resident = numbers.and_then(|numbers| numbers.try_into().ok());
        resident.ok_or_else(|| format!("{} says of its memory: {answers:?}", side.name))
    }

    fn answers(&self, arguments: &[&str]) -> Result<Vec<Vec<String>>> {
        answers(&self.path, "primitives-bench: ", arguments)
    }
}

/// A figure for each side, of answers that are the side's name and numbers.
fn of_sides<T>(
    workload: &Workload,
    answers: &[Vec<String>],
    figure: impl Fn(&[f64]) -> Option<T>,
) -> Result<Vec<T>> {
    let numbers = numbers(workload.sides.iter().map(|side| side.name.as_str()), answers)?;
    let figures = numbers.iter().map(|numbers| {
        figure(numbers).ok_or_else(|| format!("too few figures of {}: {answers:?}", workload.name))
    });
    figures.collect()
}
