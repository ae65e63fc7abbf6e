//! The stacks for speedscope, in its own file format: frames that profiles share, and a profile of samples with weights by bytes,
//! and one by blocks as far as they are known.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::audit::model::{Audit, Stack};

pub(super) fn of(audit: &Audit) -> String {
    let mut frames: Vec<&str> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut samples: Vec<Vec<usize>> = Vec::with_capacity(audit.stacks.len());
    for stack in &audit.stacks {
        let of_stack = stack.frames.iter().map(|frame| {
            *known.entry(frame).or_insert_with(|| {
                frames.push(frame);
                frames.len() - 1
            })
        });
        samples.push(of_stack.collect());
    }
    let mut profiles = vec![profile(audit, &samples, ("bytes", "bytes"), |stack| Some(stack.cost.bytes))];
    if audit.stacks.iter().any(|stack| stack.cost.blocks.is_some()) {
        profiles.push(profile(audit, &samples, ("blocks", "none"), |stack| stack.cost.blocks));
    }
    let frames: Vec<Value> = frames.into_iter().map(|name| json!({ "name": name })).collect();
    let commands: Vec<&str> = audit.totals.iter().map(|total| total.command.as_str()).collect();
    let commands: Vec<&str> = commands.into_iter().filter(|command| !command.is_empty()).collect();
    let text = json!({
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "exporter": concat!("cargo-alloc-kit@", env!("CARGO_PKG_VERSION")),
        "name": if commands.is_empty() { "heap profiles".to_owned() } else { commands.join("; ") },
        "activeProfileIndex": 0,
        "shared": { "frames": frames },
        "profiles": profiles,
    });
    text.to_string() + "\n"
}

/// Samples without a weight are not drawn, and left out.
fn profile(
    audit: &Audit,
    samples: &[Vec<usize>],
    (name, unit): (&str, &str),
    weight: impl Fn(&Stack) -> Option<u64>,
) -> Value {
    let of = |(stack, sample)| weight(stack).filter(|weight| *weight > 0).map(|weight| (sample, weight));
    let (samples, weights): (Vec<&Vec<usize>>, Vec<u64>) =
        audit.stacks.iter().zip(samples).filter_map(of).unzip();
    let total = weights.iter().fold(0_u64, |sum, weight| sum.saturating_add(*weight));
    json!({
        "type": "sampled", "name": name, "unit": unit, "startValue": 0, "endValue": total,
        "samples": samples, "weights": weights,
    })
}
