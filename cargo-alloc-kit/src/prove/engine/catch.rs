//! Panics that are caught: where a caller goes on when one comes out of a call.
//!
//! A panic allocates (what it carries is boxed), so a call that may panic where that is caught is one that may allocate. Panics that
//! nobody catches are cut elsewhere.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::super::image::{Catch, CatchKind, Image};
use super::super::names::Known;
use super::graph::{self, Block, Body, End, Graph, Id};
use super::state::State;
use super::throws::Thrown;
use super::value::Value;

/// What is said where a chain ends in a panic.
pub(super) const PANIC: &str = "a panic that is caught";

/// Where a panic goes that comes out of the call at the end of a block.
#[derive(Clone, Debug)]
pub(super) struct Catching {
    /// `None`: not known.
    pub(super) pad: Option<u64>,
    pub(super) kind: CatchKind,
    /// What is known there.
    pub(super) state: Option<State>,
    /// Whether one does, as far as is known yet.
    pub(super) thrown: Thrown,
}

impl Graph<'_> {
    /// The landing pad of a call, if it is one to go on at.
    pub(super) fn catching(&mut self, id: Id, returns_to: u64, state: &State) -> Option<Box<Catching>> {
        let image = self.image;
        let catch = self.catch_of(id, returns_to)?;
        let state = caught(state.clone(), image, catch);
        Some(Box::new(Catching {
            pad: catch.pad,
            kind: catch.kind,
            state: Some(state),
            thrown: Thrown::Never,
        }))
    }

    pub(super) fn catch_of(&mut self, id: Id, returns_to: u64) -> Option<&Catch> {
        let (image, watches, range) = (self.image, self.watches, self.functions[id].range);
        let catches = self.catches.entry(range.0).or_insert_with(|| {
            let mut catches = image.catches(range);
            // Who only watches what is stored goes everywhere.
            catches.retain(|catch| watches || catch.kind != CatchKind::Cleanup);
            catches
        });
        catches.iter().find(|catch| catch.has(returns_to))
    }

    /// Notes what a block's call is caught by. Once it is known that panics may come, its pad is gone to each time.
    pub(super) fn catch(&mut self, id: Id, start: u64, catching: Option<Box<Catching>>) {
        let watches = self.watches;
        let block = self.block(id, start);
        let before = block.catching.take();
        let thrown = before.as_ref().map_or(Thrown::Never, |before| before.thrown);
        block.catching = catching.map(|catching| Box::new(Catching { thrown, ..*catching }));
        if block.catching.is_none() {
            return;
        }
        if before.is_none() {
            self.catchers.push((id, start));
        }
        if watches || thrown != Thrown::Never {
            self.go_to_pad(id, start);
        }
    }

    /// Goes on where panics are caught of which it has turned out that they may come. Whether there was one.
    pub(super) fn catch_thrown(&mut self, first: Id) -> bool {
        let mut throws = std::mem::take(&mut self.throws);
        throws.extend(self, first);
        let mut found = Vec::new();
        for (id, start) in &self.catchers {
            let block = &self.functions[*id].blocks[start];
            let Some(catching) = &block.catching else { continue };
            let now = throws.of_call(self, block);
            if now > catching.thrown {
                found.push((*id, *start, now));
            }
        }
        self.throws = throws;
        for (id, start, now) in &found {
            if let Some(catching) = &mut self.block(*id, *start).catching {
                catching.thrown = *now;
            }
            self.go_to_pad(*id, *start);
        }
        !found.is_empty()
    }

    /// From a block whose call may panic on to where that is caught.
    pub(super) fn go_to_pad(&mut self, id: Id, start: u64) {
        let Some(catching) = &self.block(id, start).catching else { return };
        if let (Some(pad), Some(state)) = (catching.pad, catching.state.clone()) {
            self.on(id, start, pad, state, true);
        }
    }

    /// Whether it is one of those that panic that is looked at all the same.
    pub(super) fn panics_by_name(&self, id: Id) -> bool {
        self.question.include_panics && self.known_by_name(self.functions[id].start()) == Some(Known::Panics)
    }
}

/// Whether a panic may come out of its call of which it is not known where it goes.
pub(super) fn is_unknown(block: &Block) -> bool {
    block.catching.as_ref().is_some_and(|catching| catching.pad.is_none() && catching.thrown != Thrown::Never)
}

/// What is known at a landing pad, from what was at the call: the unwinder restores what functions give back as it was, and the stack
/// pointer, but for what was pushed for the call.
pub(super) fn caught(mut state: State, image: &Image, catch: &Catch) -> State {
    graph::gives_away(&mut state, image);
    graph::after_call(&mut state, image);
    let (stack, bytes) = (image.isa.stack_pointer(), catch.pushed_bytes);
    if let Value::Frame { frame, at, or_else } = *state.get(stack)
        && let Ok(bytes) = i64::try_from(bytes)
    {
        state.set(stack, Value::Frame { frame, at: at.plus(bytes), or_else });
    }
    state
}

/// The blocks that are reached without a panic out of what is not known. `None`: all.
pub(super) fn reached(body: &Body) -> Option<BTreeSet<u64>> {
    let by_doubt = |block: &Block| {
        let catching = block.catching.as_ref()?;
        (catching.thrown == Thrown::Doubtful).then_some(catching.pad).flatten()
    };
    if !body.blocks.values().any(|block| by_doubt(block).is_some()) {
        return None;
    }
    let mut reached = BTreeSet::new();
    let mut todo = vec![body.start()];
    while let Some(start) = todo.pop() {
        if let Some(block) = body.blocks.get(&start)
            && reached.insert(start)
        {
            let pad = by_doubt(block);
            let next = match block.end {
                End::Call { next, .. } | End::Doubt { next, .. } => next,
                _ => None,
            };
            // The pad may be where it goes on anyway.
            todo.extend(block.edges.iter().filter(|edge| Some(**edge) != pad || Some(**edge) == next));
        }
    }
    Some(reached)
}
