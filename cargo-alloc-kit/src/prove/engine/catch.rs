//! Panics that are caught: what may come out of a call by unwinding, and where the caller goes on then.
//!
//! A panic allocates (what it carries is boxed), so a call that may panic where that is caught is one that may allocate. Panics that
//! nobody catches are cut elsewhere.

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, VecDeque};

use super::super::image::{Catch, CatchKind, Image};
use super::super::names::{self, Known};
use super::super::verdict::Step;
use super::graph::{self, Block, Body, Callee, End, Graph, Id, Named};
use super::panics;
use super::state::State;
use super::value::Value;

/// What is said where a chain ends in a panic.
pub(super) const PANIC: &str = "a panic that is caught";

/// How certain it is that a panic may come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Thrown {
    #[default]
    Never,
    /// Only out of what is not known, which is told as that.
    Doubtful,
    Known,
}

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

/// What throws in a function.
#[derive(Clone, Copy, Debug)]
struct Throw {
    at: u64,
    /// What is called there, if it is not the panic itself.
    callee: Option<Id>,
}

/// What panics may come out of, by the numbers of functions.
#[derive(Debug, Default)]
pub(super) struct Throws {
    known: Vec<Option<Throw>>,
    doubtful: Vec<bool>,
    unwinds: RefCell<HashMap<(bool, u64), bool>>,
}

impl Throws {
    /// What is known of the functions from the first one on, by their blocks as they are now.
    pub(super) fn extend(&mut self, graph: &Graph<'_>, first: Id) {
        let count = graph.functions.len();
        self.known.truncate(first);
        self.doubtful.truncate(first);
        let mut callers = vec![Vec::new(); count - first];
        for (id, body) in graph.functions.iter().enumerate().skip(first) {
            let (mut known, mut doubtful) = (None, false);
            for block in body.blocks.values() {
                doubtful |= is_doubtful(block);
                if is_doubtful(block) && block.is_allowed {
                    known = Some(Throw { at: block.at, callee: None });
                }
                for callee in leaving(block) {
                    match callee {
                        Callee::Function(callee) if graph.panics_by_name(callee) => {
                            known = Some(Throw { at: block.at, callee: None });
                        }
                        Callee::Function(callee) if callee >= first => {
                            callers[callee - first].push((id, block.at));
                        }
                        Callee::Function(callee) => {
                            doubtful |= self.doubtful[callee];
                            if self.known[callee].is_some() {
                                known = known.or(Some(Throw { at: block.at, callee: Some(callee) }));
                            }
                        }
                        Callee::Known(by_name, named) if self.unwinds(graph.image, by_name, named) => {
                            known = Some(Throw { at: block.at, callee: None });
                        }
                        Callee::Known(..) => {}
                    }
                }
            }
            self.known.push(known);
            self.doubtful.push(doubtful);
        }
        self.spread(first, &callers);
    }

    fn spread(&mut self, first: Id, callers: &[Vec<(Id, u64)>]) {
        let mut todo: VecDeque<Id> =
            (first..self.known.len()).filter(|id| self.known[*id].is_some()).collect();
        while let Some(callee) = todo.pop_front() {
            for (caller, at) in &callers[callee - first] {
                if self.known[*caller].is_none() {
                    self.known[*caller] = Some(Throw { at: *at, callee: Some(callee) });
                    todo.push_back(*caller);
                }
            }
        }
        let mut todo: Vec<Id> = (first..self.doubtful.len()).filter(|id| self.doubtful[*id]).collect();
        while let Some(callee) = todo.pop() {
            for (caller, _) in &callers[callee - first] {
                if !std::mem::replace(&mut self.doubtful[*caller], true) {
                    todo.push(*caller);
                }
            }
        }
    }

    /// Whether a panic may come out of a function.
    pub(super) fn of(&self, id: Id) -> Thrown {
        match (self.known[id], self.doubtful[id]) {
            (Some(_), _) => Thrown::Known,
            (None, true) => Thrown::Doubtful,
            (None, false) => Thrown::Never,
        }
    }

    pub(super) fn of_callee(&self, graph: &Graph<'_>, callee: Callee) -> Thrown {
        match callee {
            Callee::Function(id) if graph.panics_by_name(id) => Thrown::Known,
            Callee::Function(id) => self.of(id),
            Callee::Known(known, named) if self.unwinds(graph.image, known, named) => Thrown::Known,
            Callee::Known(..) => Thrown::Never,
        }
    }

    /// Whether one may come out of the call at the block's end.
    fn of_call(&self, graph: &Graph<'_>, block: &Block) -> Thrown {
        match &block.end {
            End::Call { callees, .. } => {
                callees.iter().map(|callee| self.of_callee(graph, *callee)).max().unwrap_or_default()
            }
            End::Doubt { .. } if block.is_allowed => Thrown::Known,
            End::Doubt { .. } => Thrown::Doubtful,
            _ => Thrown::Never,
        }
    }

    /// The calls from a function to what panics.
    pub(super) fn chain(&self, graph: &Graph<'_>, mut id: Id) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some(throw) = self.known[id] {
            steps.push(Step { function: graph.functions[id].start(), at: throw.at });
            match throw.callee {
                Some(callee) => id = callee,
                None => break,
            }
        }
        steps
    }

    /// Whether it is a panic that unwinds, by its name; `abort` for one does not.
    pub(super) fn unwinds(&self, image: &Image, known: Known, named: Named) -> bool {
        if known != Known::Panics {
            return false;
        }
        let key = match named {
            Named::Function(at) => (false, at),
            Named::Import(import) => (true, import.into()),
        };
        *self.unwinds.borrow_mut().entry(key).or_insert_with(|| match named {
            Named::Function(at) => {
                image.function(at).is_none_or(|function| image.names(function).any(names::unwinds))
            }
            Named::Import(import) => {
                image.imports.get(import as usize).is_none_or(|name| names::unwinds(name))
            }
        })
    }
}

/// A call of what is not known.
fn is_doubtful(block: &Block) -> bool {
    matches!(block.end, End::Doubt { .. })
        && block.catching.as_ref().is_none_or(|catching| catching.kind != CatchKind::All)
}

/// What is called so that a panic of it leaves the function.
fn leaving(block: &Block) -> impl Iterator<Item = Callee> {
    let stays = block.catching.as_ref().is_some_and(|catching| catching.kind == CatchKind::All);
    let side = if stays { block.side } else { None };
    side.into_iter().chain(panics::callees(block).filter(move |_| !stays))
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
    fn panics_by_name(&self, id: Id) -> bool {
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
