//! Starts one program, reads its answer, and holds what it counted against the reference.

use std::path::Path;

use crate::Result;
use crate::allocators::{Allocator, Variant};
use crate::build::Programs;
use crate::support::program::{name, output};

/// What the workloads are called; see `counting/src/workloads.rs`.
pub(crate) const WORKLOADS: [&str; 5] = ["w1", "w2", "w3", "w4", "w5"];

/// How many times as long a workload is sampled as the quickest ones: an operation takes milliseconds.
pub(crate) fn patience(workload: &str) -> u32 {
    match workload {
        "w3" => 2,
        "w5" => 3,
        _ => 1,
    }
}

/// What a program answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) operations: u64,
    pub(crate) nanos: f64,
    /// The kind of count, and the count or counts.
    counted: (String, Vec<u64>),
}

/// What one operation of a workload does, by the reference program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference {
    allocations: u64,
    calls: u64,
}

/// Runs a program to its end.
pub(crate) fn run(program: &Path, arguments: &[&str]) -> Result<Answer> {
    let output = output(program, arguments)?;
    parse(&output).ok_or_else(|| format!("{} {arguments:?} gave no answer:\n{output}", name(program)))
}

/// What `workload` does in one operation.
pub(crate) fn reference(programs: &Programs, workload: &str) -> Result<Reference> {
    let program = programs.path(Variant::Plain, "with_reference", 0);
    let seen = |operations: &str| -> Result<(u64, u64, u64)> {
        let answer = run(&program, &["active", "loop", workload, operations])?;
        match answer.counted.1.as_slice() {
            [allocations, calls] => Ok((answer.operations, *allocations, *calls)),
            _ => Err(format!("the reference counted {:?}", answer.counted)),
        }
    };
    let (few, allocations, calls) = seen("2")?;
    let (more, more_allocations, more_calls) = seen("4")?;
    let extra = more - few;
    Ok(Reference {
        allocations: (more_allocations - allocations) / extra,
        calls: (more_calls - calls) / extra,
    })
}

/// Fails unless the allocator counted what the reference says that the operations do.
pub(crate) fn check(
    allocator: &Allocator,
    workload: &str,
    answer: &Answer,
    reference: Reference,
) -> Result<()> {
    if !allocator.answers() {
        return Ok(());
    }
    let (kind, counts) = &answer.counted;
    let expected = match kind.as_str() {
        "allocations" => reference.allocations * answer.operations,
        "calls" => reference.calls * answer.operations,
        "probe" => 1 << 20,
        _ => return Err(format!("{} was to count on {workload}, and says: {kind}", allocator.title)),
    };
    let counted = counts.first().copied().unwrap_or_default();
    // Starting threads and reading the counts allocate a little.
    if counted.abs_diff(expected) > 1_000 + expected / 1_000 {
        return Err(format!(
            "{} counted {counted} {kind} on {workload} where {expected} were made",
            allocator.title
        ));
    }
    Ok(())
}

/// Divan's counts are seen by its runner only: fails unless it prints the allocation that its benchmark makes.
pub(crate) fn check_divan(programs: &Programs) -> Result<()> {
    let output = output(&programs.path(Variant::Plain, "with_divan", 0), &["proof", "loop", "w1", "1"])?;
    if output.contains("alloc:") && output.contains("48 B") {
        Ok(())
    } else {
        Err(format!("divan's runner counts nothing:\n{output}"))
    }
}

fn parse(output: &str) -> Option<Answer> {
    let line = output.lines().find_map(|line| line.strip_prefix("counting-bench: "))?;
    let mut words = line.split(' ');
    let operations = words.next()?.parse().ok()?;
    let nanos = words.next()?.parse().ok()?;
    let kind = words.next()?.to_owned();
    let counts = words.map(|word| word.parse().ok()).collect::<Option<Vec<u64>>>()?;
    Some(Answer { operations, nanos, counted: (kind, counts) })
}
