//! From an image to verdicts.

mod catch;
mod context;
#[cfg(test)]
mod dev;
mod escape;
mod graph;
mod joined;
mod panics;
mod reach;
mod references;
mod state;
mod statics;
mod step;
#[cfg(test)]
mod tests;
mod throws;
mod trusted;
mod value;
mod walk;
mod watched;

use std::collections::{BTreeMap, BTreeSet};

use super::image::Image;
use super::records::Records;
use super::verdict::Verdict;
use context::Context;
use graph::Graph;
use panics::Panics;
use reach::Reach;

/// How many instructions are looked at for one function with what calls are given, and for all.
const MOST_INSTRUCTIONS: u64 = 400_000;
const MOST_INSTRUCTIONS_IN_ALL: u64 = 40_000_000;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Question {
    /// Paths that only panic are judged as all others.
    pub(crate) include_panics: bool,
    /// Freeing is judged as allocating is.
    pub(crate) forbid_frees: bool,
    /// Functions that are taken to allocate nothing, by their start: the user's trust list.
    pub(crate) trusted: BTreeSet<u64>,
    /// Imports likewise, by their names.
    pub(crate) trusted_imports: BTreeSet<String>,
}

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Root {
    /// The function that starts there.
    Function(u64),
    /// An expression, from its `Kind::Begin` record there to each `Kind::End` of the same id.
    Region { begin: u64, id: u64 },
}

/// What the engine did, for `--verbose` and benches, and what it did not look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effort {
    pub(crate) functions: u64,
    pub(crate) instructions: u64,
    /// In calls that were looked at with what they were given.
    pub(crate) instructions_in_context: u64,
    /// Calls that were not followed because the callee is trusted, by its start.
    pub(crate) trusted_calls: BTreeMap<u64, u64>,
    /// Those of imports, by their names.
    pub(crate) trusted_import_calls: BTreeMap<String, u64>,
}

/// The verdicts of all roots, in their order. The allocator's recognition is not looked at here.
pub(crate) fn judge(
    image: &Image,
    records: &Records,
    roots: &[Root],
    question: &Question,
) -> (Vec<Verdict>, Effort) {
    let mut graph = Graph::new(image, records, question);
    let ids: Vec<_> = roots.iter().map(|root| graph.add(*root)).collect();
    graph.explore();
    let (mut panics, mut reach) = (Panics::default(), Reach::default());
    panics.extend(&graph);
    reach.extend(&graph, &panics);
    let mut effort = Effort::default();
    let mut verdicts = Vec::with_capacity(ids.len());
    for id in ids {
        let mut verdict = reach.verdict(&graph, id, question.forbid_frees);
        if matches!(verdict, Verdict::Unknown(..)) {
            let left = MOST_INSTRUCTIONS
                .min(MOST_INSTRUCTIONS_IN_ALL.saturating_sub(effort.instructions_in_context));
            let context = Context::new(&mut graph, &mut panics, &mut reach, question.forbid_frees, left);
            let (in_context, instructions) = context.verdict(id);
            effort.instructions_in_context += instructions;
            verdict = in_context;
        }
        verdicts.push(verdict);
    }
    effort.functions = u64::try_from(graph.functions.len()).unwrap_or(u64::MAX);
    effort.instructions = graph.instructions;
    trusted::count(&graph, &mut effort);
    (verdicts, effort)
}
