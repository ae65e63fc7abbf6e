//! What a mutant is, and all of them.

use std::fs;
use std::path::Path;

use super::{
    of_counting, of_faults, of_functions, of_futures, of_regions, of_reports, of_signals, of_threads,
};

/// A way to break the crate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mutant {
    pub(crate) name: &'static str,
    /// From the workspace's folder.
    pub(crate) file: &'static str,
    /// What is replaced; it is once in the file.
    pub(crate) text: &'static str,
    pub(crate) instead: &'static str,
    /// The test programs that should notice, the fastest first; `counting --release`, or `hostile_programs stepped` for
    /// those of its tests that have this in their name.
    pub(crate) tests: &'static [&'static str],
}

impl Mutant {
    /// The text of its file, without and with it; of the workspace, or a copy of it.
    pub(crate) fn text_in(&self, workspace: &Path) -> Result<(String, String), String> {
        let Mutant { name, file, text, instead, .. } = *self;
        let original = fs::read_to_string(workspace.join(file))
            .map_err(|error| format!("`{name}` is stale: {file}: {error}"))?;
        match original.matches(text).count() {
            1 => {
                let mutated = original.replacen(text, instead, 1);
                Ok((original, mutated))
            }
            times => {
                Err(format!("`{name}` is stale: its text is {times} times in {file}, not once:\n{text}"))
            }
        }
    }
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
    "caught",
    "panic_place",
    "threads_loom",
    "programs",
    "modes",
    "report",
    "hostile_programs",
    "other_allocators",
    "new_user",
    "hostile_plugins",
    "hostile_builds",
    "referee",
    "differential",
];

/// All of them, by what they break.
pub(crate) fn all() -> Vec<Mutant> {
    [
        of_counting::MUTANTS,
        of_regions::MUTANTS,
        of_futures::MUTANTS,
        of_threads::MUTANTS,
        of_signals::MUTANTS,
        of_reports::MUTANTS,
        of_faults::MUTANTS,
        of_functions::MUTANTS,
    ]
    .concat()
}
