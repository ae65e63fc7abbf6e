//! The stacks of an audit as the flamegraphs of reports take them.

use crate::audit::model::Audit;
use crate::report::Weight;
use crate::report::stacks::{Of, Stack, Stacks};
use crate::untrusted;

/// Blocks that a profile does not know are none in the picture.
pub(super) fn of(audit: &Audit) -> Stacks {
    let mut commands: Vec<String> = audit
        .totals
        .iter()
        .map(|total| untrusted::text_of(&total.command))
        .filter(|command| !command.is_empty())
        .collect();
    commands.dedup();
    let stack = |of: &crate::audit::model::Stack| {
        let mut frames: Vec<String> = of.frames.iter().map(|frame| untrusted::text_of(frame)).collect();
        if frames.is_empty() {
            frames.push("(unknown)".to_owned());
        }
        Stack { frames, allocations: of.cost.blocks.unwrap_or_default(), bytes: of.cost.bytes }
    };
    Stacks { of: Of::Profiles(commands.join("; ")), all: audit.stacks.iter().map(stack).collect() }
}

/// The weights that there are figures of, bytes first.
pub(super) fn weights(audit: &Audit) -> Vec<Weight> {
    let has_blocks = audit.stacks.iter().any(|stack| stack.cost.blocks.is_some());
    if has_blocks { vec![Weight::Bytes, Weight::Allocations] } else { vec![Weight::Bytes] }
}
