//! Stacks with weights, from the outermost function to the allocation: what a flamegraph is drawn of.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::Weight;
use crate::record::Frame;
use crate::view::Platform;

/// What is drawn, and whose it is.
#[derive(Debug, Serialize)]
pub(crate) struct Stacks {
    /// `breaches`, or the program that a heap profile is of.
    pub(crate) of: Of,
    pub(crate) all: Vec<Stack>,
}

/// Where stacks are from.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Of {
    Breaches,
    /// A heap profile: the command that it is of.
    Dhat(String),
    /// Those of an audit: the commands.
    Profiles(String),
}

/// A stack.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Stack {
    /// From the outermost to the innermost.
    pub(crate) frames: Vec<String>,
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
}

impl Stacks {
    /// Those of all breaches: what was allocated beyond a limit, or was to be shown of it.
    pub(crate) fn of_breaches(platforms: &[Platform]) -> Self {
        let mut all = Vec::new();
        for platform in platforms {
            let breaches = platform.budgets.iter().flat_map(|budget| &budget.seen.breaches);
            // What was freed is no allocation.
            let places =
                breaches.flat_map(|breach| &breach.places).filter(|place| place.event != "deallocation");
            for place in places {
                let mut frames: Vec<String> = place.stack.iter().rev().map(frame).collect();
                if platforms.len() > 1 {
                    frames.insert(0, platform.name());
                }
                all.push(Stack { frames, allocations: place.times, bytes: place.bytes });
            }
        }
        all.retain(|stack| !stack.frames.is_empty());
        Self { of: Of::Breaches, all }
    }

    /// As `inferno-flamegraph` and others take them: frames by `;`, and the weight.
    pub(crate) fn folded(&self, weight: Weight) -> String {
        let mut lines: BTreeMap<String, u64> = BTreeMap::new();
        for stack in &self.all {
            let frames: Vec<String> =
                stack.frames.iter().map(|frame| frame.replace(';', ":").replace('\n', " ")).collect();
            let sum = lines.entry(frames.join(";")).or_default();
            *sum = sum.saturating_add(stack.weight(weight));
        }
        lines.iter().filter(|(_, sum)| **sum > 0).fold(String::new(), |mut text, (frames, sum)| {
            let _ = writeln!(text, "{frames} {sum}");
            text
        })
    }

    /// What is said where there is nothing to draw.
    pub(crate) fn why_empty(&self) -> &'static str {
        match self.of {
            Of::Breaches => {
                "no budget is broken, or the breaches were recorded without them (`--dhat` takes a heap profile)"
            }
            Of::Dhat(_) => "the heap profile has no allocation",
            Of::Profiles(_) => "no heap profile was given, or those that were have no figures of this kind",
        }
    }

    /// `breaches`, `a heap profile of ./app`
    pub(crate) fn title(&self) -> String {
        match &self.of {
            Of::Breaches => "breaches".to_owned(),
            Of::Dhat(command) => format!("a heap profile of {command}"),
            Of::Profiles(commands) if commands.is_empty() => "heap profiles".to_owned(),
            Of::Profiles(commands) => format!("heap profiles of {commands}"),
        }
    }
}

impl Stack {
    pub(crate) fn weight(&self, weight: Weight) -> u64 {
        match weight {
            Weight::Allocations => self.allocations,
            Weight::Bytes => self.bytes,
        }
    }
}

/// `app::parse (src/parse.rs:6)`: two calls in one function are two boxes, and one line is one.
fn frame(frame: &Frame) -> String {
    let function = if frame.function.is_empty() { "(unknown)" } else { &frame.function };
    match (&frame.file, frame.line) {
        (Some(file), Some(line)) => format!("{function} ({file}:{line})"),
        (Some(file), None) => format!("{function} ({file})"),
        (None, _) => function.to_owned(),
    }
}
