//! What a mutant is, and all of them.

use super::{of_counting, of_faults, of_functions, of_futures, of_regions, of_reports, of_threads};

/// A way to break the crate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mutant {
    pub(crate) name: &'static str,
    /// From the workspace's folder.
    pub(crate) file: &'static str,
    /// What is replaced; it is once in the file.
    pub(crate) text: &'static str,
    pub(crate) instead: &'static str,
    /// The test programs that should notice, the fastest first.
    pub(crate) tests: &'static [&'static str],
}

/// Every test program that judges; those that build packages of their own come last.
pub(crate) const TESTS: &[&str] = &[
    "unit",
    "counting",
    "counting --release",
    "budgets",
    "verdicts",
    "attributes",
    "unsafe_forms",
    "blocks",
    "exceptions",
    "growth",
    "faults",
    "infallible",
    "handles",
    "threads",
    "polls",
    "async_forms",
    "async_tokio",
    "modes",
    "report",
    "other_allocators",
    "new_user",
    "differential",
];

/// All of them, by what they break.
pub(crate) fn all() -> Vec<Mutant> {
    [
        of_counting::MUTANTS,
        of_regions::MUTANTS,
        of_futures::MUTANTS,
        of_threads::MUTANTS,
        of_reports::MUTANTS,
        of_faults::MUTANTS,
        of_functions::MUTANTS,
    ]
    .concat()
}
