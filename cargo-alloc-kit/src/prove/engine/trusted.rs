//! Calls that were not followed because the user trusts what they call.

use super::Effort;
use super::graph::{Callee, End, Graph, Named};

/// Counts them: each instruction once, of all functions that were looked at.
pub(super) fn count(graph: &Graph<'_>, effort: &mut Effort) {
    for block in graph.functions.iter().flat_map(|body| body.blocks.values()) {
        let called = match &block.end {
            End::Call { callees, .. } => callees.as_slice(),
            _ => &[],
        };
        for callee in called.iter().chain(&block.side) {
            match callee {
                Callee::Known(_, Named::Function(at)) if graph.question.trusted.contains(at) => {
                    *effort.trusted_calls.entry(*at).or_default() += 1;
                }
                Callee::Known(_, Named::Import(import)) => {
                    let name = graph.image.imports.get(*import as usize);
                    if let Some(name) = name.filter(|name| graph.question.trusted_imports.contains(*name)) {
                        *effort.trusted_import_calls.entry(name.clone()).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
    }
}
