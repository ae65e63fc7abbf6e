//! From an image to verdicts.

mod catch;
mod context;
mod escape;
mod graph;
mod joined;
mod of_c;
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
use std::ops::RangeInclusive;

use super::image::Image;
use super::records::Records;
use super::verdict::Verdict;
use context::{Budget, Context};
use graph::Graph;
use panics::Panics;
use reach::Reach;

/// How many instructions are looked at for one function with what calls are given, and for all.
const MOST_INSTRUCTIONS: u64 = 400_000;
const MOST_INSTRUCTIONS_IN_ALL: u64 = 40_000_000;
/// The same once it is known that a function is not proven: all that can come of it then is a way to what allocates, which is near where
/// there is one. What there is for all is shared.
const AFTER_DOUBT: RangeInclusive<u64> = 1_000..=50_000;
const AFTER_DOUBT_IN_ALL: u64 = 4_000_000;

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
    let is_open = |reach: &Reach, id: usize| reach.is_open(id, question.forbid_frees);
    let open = ids.iter().filter(|id| is_open(&reach, **id)).count();
    let share = AFTER_DOUBT_IN_ALL / u64::try_from(open.max(1)).unwrap_or(u64::MAX);
    let after_doubt = share.clamp(*AFTER_DOUBT.start(), *AFTER_DOUBT.end());
    for id in ids {
        let left =
            MOST_INSTRUCTIONS.min(MOST_INSTRUCTIONS_IN_ALL.saturating_sub(effort.instructions_in_context));
        if left == 0 || !is_open(&reach, id) {
            verdicts.push(reach.verdict(&graph, id, question.forbid_frees));
            continue;
        }
        let budget = Budget { left, after_doubt };
        let context = Context::new(&mut graph, &mut panics, &mut reach, question.forbid_frees, budget);
        let (verdict, instructions) = context.verdict(id);
        effort.instructions_in_context += instructions;
        verdicts.push(verdict);
    }
    effort.functions = u64::try_from(graph.functions.len()).unwrap_or(u64::MAX);
    effort.instructions = graph.instructions;
    trusted::count(&graph, &mut effort);
    (verdicts, effort)
}
